"""What staff may ask for. Each function is one transaction that checks who asks."""
