"""Time, waiting and stopping: everything that a test must be able to hold in its hand."""
