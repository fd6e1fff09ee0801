"""The calls of Graph that we use, one module for each kind of resource."""
