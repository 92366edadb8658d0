"""A run in the way of each build server: foldable groups, annotations at files and lines, hidden values."""
