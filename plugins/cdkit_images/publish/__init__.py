"""Bringing an image to the names under which registries are to serve it."""
