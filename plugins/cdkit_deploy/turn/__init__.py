"""One deployment at a time, and in order: the Lease of an application in an environment, and git's history."""
