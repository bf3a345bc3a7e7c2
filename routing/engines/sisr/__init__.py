"""Our own search: slack induction by string removals, compiled from the C++ beside this file (docs/search.md)."""
