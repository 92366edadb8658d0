"""The help page of the Jenkins step `cdkit`; Jenkins shows it under 'Global Variables Reference'.

https://www.jenkins.io/doc/book/pipeline/shared-libraries/#defining-global-variables
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape

from cdkit.cli.integrations.options import Input, inputs_of_run, inputs_of_step
from cdkit.step import Step

OF_THE_STEP: Mapping[str, str] = {
    "credentials": "Secrets for the run: a map of variables to ids of secret texts, or bindings of `withCredentials`.",
    "unstable": "Exit codes that make the build unstable and do not fail it; [8] when left out.",
    "program": "Where cdkit is on the node; `cdkit` when left out.",
}
"""What `vars/cdkit.groovy` keeps for itself, and does not hand on to cdkit."""


def help_page(steps: Mapping[str, type[Step]]) -> str:
    """The page, in HTML."""
    parts = [
        "<p><code>cdkit()</code> runs the pipeline of <code>cdkit.yaml</code>; with <code>step</code>, one step.</p>",
        "<p><code>cdkit.stages()</code> runs a pipeline, and then shows each of its steps as a stage.</p>",
    ]
    parts += ["<h4>With all of them</h4>", *_list(Input(name, "one", told) for name, told in OF_THE_STEP.items())]
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
