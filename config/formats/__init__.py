"""Dates as our readers write them, where that is another way than Django's for the language."""
