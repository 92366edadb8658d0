"""The Docker engine, by the `docker` package."""
