"""Sending requests to Microsoft: bounds, retries, paging, batches, and what the answers mean."""
