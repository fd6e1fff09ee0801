"""Frozen slices of Graph's objects: only the fields that we use, unknown ones ignored."""
