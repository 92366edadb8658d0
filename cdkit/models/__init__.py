"""Frozen data that every room may know; no behaviour beyond showing itself."""
