"""Files that go into a test pod, and those that come out of it."""
