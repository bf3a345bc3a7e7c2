"""Plans, routes and their progress as coordinators read them."""
