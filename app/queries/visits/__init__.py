"""A courier's day: its doors, and all a phone needs for them."""
