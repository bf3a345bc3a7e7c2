"""What a citizen is told, and the code that proves the hand-over at the door."""
