"""Which files there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cdkit.cli.integrations.github import action
from cdkit.cli.integrations.gitlab import component
from cdkit.cli.integrations.jenkins import help_page
from cdkit.cli.integrations.reference import page
from cdkit.cli.integrations.schema import schema
from cdkit.step import Step

FILES: Mapping[str, Callable[[Mapping[str, type[Step]]], str]] = {
    "action.yml": action,
    "templates/cdkit/template.yml": component,
    "vars/cdkit.txt": help_page,
    "docs/settings.md": page,
    "docs/cdkit.schema.json": schema,
}
"""Each file's path in the repository, and what makes its text. The first three stand where their server looks."""
