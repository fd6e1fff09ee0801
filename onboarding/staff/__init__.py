"""Pages of customer success, a folder a page."""
