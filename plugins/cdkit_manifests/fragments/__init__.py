"""Fragments: partial manifests that a project keeps beside its code, and whole ones that come with what it uses."""
