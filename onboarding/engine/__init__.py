"""Compares the desired state with what is there, applies what was approved, and keeps the verdicts."""
