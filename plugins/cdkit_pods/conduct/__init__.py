"""Carries a test pod from its start to its verdict: the order of its parts, what ends it, and what is left of it."""
