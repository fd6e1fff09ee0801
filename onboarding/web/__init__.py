"""What pages of every audience share."""
