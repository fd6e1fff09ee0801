"""One module for each slice of Graph that we use."""
