"""What an installation tells of itself: figures, lines of a log. Never whom it is about (docs/decisions/logs-without-names.md)."""
