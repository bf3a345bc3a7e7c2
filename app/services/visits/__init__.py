"""One try at a door: collected, delivered or not, and the courier's run around it."""
