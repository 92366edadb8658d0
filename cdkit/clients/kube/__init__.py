"""One Kubernetes cluster over its JSON API; the `kubernetes` package gives configuration, credentials and TLS."""
