"""Showing what happens: one file a way of showing it. Reporters get events without secrets, in their order."""
