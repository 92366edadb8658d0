"""Enrichers: one module a concern. Each takes the wish and adds to the draft, one after the other in a fixed order."""

CONTROLLER = "controller"
"""The one that cannot be left out: all others write to what it makes."""
