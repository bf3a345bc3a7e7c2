"""What happened to each envelope: chains, seals, scans of unknown ones, incidents, and the signed days."""
