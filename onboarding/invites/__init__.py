"""Personal links, and the limit of tries."""
