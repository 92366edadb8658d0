"""Counts visits: quickly in Redis, for ever in PostgreSQL."""
