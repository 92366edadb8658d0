"""Waiting until a service is ready."""
