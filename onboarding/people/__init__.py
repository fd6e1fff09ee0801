"""Everybody who is, was or should be in Haiilo."""
