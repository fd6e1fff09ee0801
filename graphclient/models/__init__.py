"""Graph's objects as frozen dataclasses: only the fields that we use, unknown ones are ignored."""
