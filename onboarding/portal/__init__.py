"""Pages of the customer's admin, a folder a page."""
