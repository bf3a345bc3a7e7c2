"""What desks and counters see: what lies here, what comes, and the day's book."""
