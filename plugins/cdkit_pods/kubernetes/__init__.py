"""Test pods on Kubernetes."""
