"""Programs that run with the product in their own process, because what a visit costs is spent there."""
