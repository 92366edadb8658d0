"""What a user says of a test pod under `with:`, and its translation to a `PodSpec`."""
