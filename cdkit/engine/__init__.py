"""Checks, previews and executes a pipeline. Everything that happens becomes an event."""
