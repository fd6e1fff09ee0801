"""Why something does not go on: what a code means, who can end it, and the words for each reader."""
