"""One deployment, whole or not at all: what `apply`, `rolling-update` and `rollback` share."""
