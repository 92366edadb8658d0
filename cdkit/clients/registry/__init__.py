"""A client of image registries, by the distribution specification."""
