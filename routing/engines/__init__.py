"""Engines behind one interface. Each answers with orders of jobs; ``routing.evaluate`` says what they are worth."""
