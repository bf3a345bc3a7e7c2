"""Measurements, run by hand: `make bench PART=…`. Not collected by pytest."""
