"""The help page of the Jenkins step `cdkit`; Jenkins shows it under 'Global Variables Reference'.

https://www.jenkins.io/doc/book/pipeline/shared-libraries/#defining-global-variables
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape

from cdkit.cli.integrations.options import Input, inputs_of_run, inputs_of_step
from cdkit.step import Step


def help_page(steps: Mapping[str, type[Step]]) -> str:
    """The page, in HTML."""
    parts = [
        "<p><code>cdkit()</code> runs the pipeline of <code>cdkit.yaml</code>; with <code>step</code>, one step.</p>"
    ]
    parts += ["<h4>A run</h4>", *_list(inputs_of_run())]
    for name, step in steps.items():
        parts += [f"<h4><code>step: '{escape(name)}'</code></h4>", *_list(inputs_of_step(step))]
    return "\n".join(parts) + "\n"


def _list(inputs: Iterable[Input]) -> Iterator[str]:
    yield "<dl>"
    for item in inputs:
        required = ", required" if item.required else ""
        yield f"<dt><code>{escape(item.name)}</code>{required}</dt><dd>{escape(item.told)}</dd>"
    yield "</dl>"
