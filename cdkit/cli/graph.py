"""`cdkit graph`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from cdkit.cli.arguments import pipeline_options
from cdkit.cli.terminal import style_of
from cdkit.cli.wiring import load_pipeline
from cdkit.report.graph import GraphFormat, GraphStep, graph_lines


@click.command("graph")
@pipeline_options
@click.option(
    "--format", "form", type=click.Choice(["text", "mermaid", "dot"]), default="text", show_default=True, help="How."
)
def command(file: str, environment: str, assignments: Sequence[str], form: GraphFormat) -> None:
    """Show which step waits for which.

    As text, steps that can run at once stand under one number. Mermaid is what GitHub and GitLab draw in Markdown;
    DOT is for Graphviz.
    """
    pipeline = load_pipeline(file, environment, assignments)
    steps = [GraphStep(step.name, step.kind.name, step.depends_on) for step in pipeline.steps.values()]
    sys.stdout.writelines(f"{line}\n" for line in graph_lines(steps, form, style_of(sys.stdout)))
