"""The world as steps see it: one Protocol a file. `cdkit.clients` is the real one, `cdkit.testing` holds fakes."""
