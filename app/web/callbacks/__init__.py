"""What outside systems push to us: each proves itself by a signature or by an address that nobody guesses, none has a session."""

from __future__ import annotations

from app.web.callbacks import bank, carrier, messages

blueprints = [bank.bp, carrier.bp, messages.bp]
