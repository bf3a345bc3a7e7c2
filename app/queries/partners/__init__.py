"""What went to outside systems and came back, and what an agency or a subscriber may look at."""
