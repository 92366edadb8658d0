"""Runs a pipeline again whenever its sources change."""
