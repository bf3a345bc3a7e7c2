"""Book a visit and change it: may it be, when, at what price, and the errands that come of it."""
