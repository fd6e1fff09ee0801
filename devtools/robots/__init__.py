"""Programs that use the pages as people do."""
