"""Who holds what, what proves it, and what a person must look at."""
