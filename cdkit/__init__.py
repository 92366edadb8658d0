"""cdkit: one pipeline file, run the same way from every build server and from a laptop."""

__version__ = "0.1.0"
