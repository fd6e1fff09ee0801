"""What developers run: the local stack, robots that use the pages, the commands of the Makefile. Never shipped."""
