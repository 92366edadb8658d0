"""What a Dockerfile says of the image that comes of it."""
