"""The browser's trip to Microsoft and back."""
