"""What several pages of the portal use."""
