"""Validation offline: what an API server of some version would say, and what it would not say although it is wrong."""
