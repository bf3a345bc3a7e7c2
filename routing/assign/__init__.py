"""Which office serves which stop, before any route is known (CP-SAT)."""
