"""Looks at a project, and drafts a pipeline file for it: languages -> look -> draft -> write. No file of it is run."""
