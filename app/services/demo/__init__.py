"""A demonstration: invented people, real places, a yesterday, and a day to plan."""
