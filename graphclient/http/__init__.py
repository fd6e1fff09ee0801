"""Requests to Microsoft: bounded, sent again where that is harmless, and what their answers mean."""
