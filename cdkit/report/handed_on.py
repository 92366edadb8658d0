"""What the steps handed on, in the files from which build servers take it to later steps and jobs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from cdkit.redact import MASK
from cdkit.report.collected import Collected

ALWAYS = ("digest", "image", "url", "revision")
"""Outputs that have a name of their own; each is of the last step that gives one."""

LARGEST_DOTENV = 5000
"""Bytes. GitLab takes 5,120, and fails the job that has more."""

LARGEST_RESULT = 900
"""Bytes. All results of a Tekton task, with what Tekton writes around them, share 4,096."""

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9]+")


def named_outputs(run: Collected) -> dict[str, str]:
    """The outputs with names of their own, and `outputs`: those of all steps as JSON.

    A value that is masked is none, for a later step would use the mask.
    """
    steps = {step: _without_masked(outputs) for step, outputs in run.outputs.items()}
    named: dict[str, str] = {}
    for outputs in steps.values():
        named |= {name: str(outputs[name]) for name in ALWAYS if outputs.get(name)}
    return named | {"outputs": msgspec.json.encode(steps).decode()}


def github_output(run: Collected, delimiter: str) -> str:
    """Lines for the file that GITHUB_OUTPUT names.

    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#multiline-strings

    Args:
        run: the run, ended.
        delimiter: ends each value; nobody else may be able to guess it.
    """
    return "".join(f"{name}<<{delimiter}\n{value}\n{delimiter}\n" for name, value in named_outputs(run).items())


def dotenv(run: Collected) -> str:
    """Lines for GitLab's `artifacts:reports:dotenv`, and for a shell's `source`: `IMAGE_DIGEST=sha256:...`.

    https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsdotenv
    The file knows no quotes: a value that would need some is left out, and so is what is too much for GitLab.
    """
    text = ""
    for name, value in variables(run):
        if not _is_plain(value):
            continue
        line = f"{name}={value}\n"
        if len(text.encode()) + len(line.encode()) <= LARGEST_DOTENV:
            text += line
    return text


def variables(run: Collected) -> Iterator[tuple[str, str]]:
    """The texts and numbers that steps handed on, each with its name as a variable: `IMAGE_DIGEST`."""
    for step, outputs in run.outputs.items():
        for name, value in _without_masked(outputs).items():
            if isinstance(value, str | int | float):
                yield variable_name(f"{step}_{name}"), str(value)


def result(run: Collected, name: str) -> str:
    """An output with a name of its own as a Tekton result; empty where there is none, or it is too long for one.

    https://tekton.dev/docs/pipelines/tasks/#emitting-results
    """
    value = named_outputs(run).get(name, "")
    return value if len(value.encode()) <= LARGEST_RESULT else ""


def variable_name(words: str) -> str:
    """Words as the name of an environment variable."""
    name = _NOT_IN_NAMES.sub("_", words).upper()
    return f"_{name}" if name[:1].isdigit() else name


def _is_plain(value: str) -> bool:
    return bool(value) and value.isprintable() and not set(value) & set(" \"'`$\\#;&|<>()")


def _without_masked(outputs: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in outputs.items() if MASK not in str(value)}
