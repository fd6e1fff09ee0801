"""Speed, each as a ratio to something measured in the same run: a slow machine fails no more than a fast one."""
