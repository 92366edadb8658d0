"""A small web service that greets."""

__version__ = "1.0.0"
