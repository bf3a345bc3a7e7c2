"""What the outside tells us: agencies, the one-stop exchange, the carrier; checked, then taken over."""
