"""Test pods on a Docker engine: containers that share one network namespace, as in a pod."""
