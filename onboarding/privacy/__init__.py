"""Retention and erasure of names."""
