"""Everything that may go wrong, done to the whole product on purpose; `make faults` judges what came of it."""
