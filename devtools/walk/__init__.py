"""Every failure mode walked through the product's own pages, and what these say held against the far side's truth."""
