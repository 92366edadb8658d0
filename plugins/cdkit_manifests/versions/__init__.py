"""Versions of Kubernetes: which one manifests are for, and what each of them knows."""
