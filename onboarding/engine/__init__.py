"""Compare what is desired with what is there, apply what was approved, and keep the verdicts."""
