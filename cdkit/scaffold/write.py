"""A draft as YAML with comments."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from yaml.nodes import ScalarNode
from yaml.resolver import Resolver

from cdkit.scaffold.draft import Draft, DraftStep

_PLAIN = re.compile(r"[A-Za-z$./][A-Za-z0-9$./_=@{}' -]*")
"""Text that means itself in YAML without quotes, unless it reads like a number or a constant."""

HEAD = """\
# Made by `cdkit init` from what is here; it is yours now.
#   cdkit validate   says whether it is right
#   cdkit plan       tells what a run would change
#   cdkit run        does it
"""

ENVIRONMENTS = """\
# Where to deploy to; choose with `cdkit run --env staging`.
# environments:
#   staging:
#     context: my-kube-context
#     namespace: default
"""


def written(draft: Draft) -> str:
    """The text of the file."""
    deploys = any(step.uses == "rolling-update" for step in draft.steps)
    head = f"{HEAD}name: {scalar(draft.name)}\n"
    steps = "\n".join("".join(f"{line}\n" for line in _step_lines(step)) for step in draft.steps)
    return "\n".join([head, *([ENVIRONMENTS] if deploys else []), f"steps:\n{steps}"])


def scalar(text: str) -> str:
    """A text as YAML reads it back."""
    if _PLAIN.fullmatch(text) and text == text.strip() and _reads_as_text(text):
        return text
    return json.dumps(text)


def _reads_as_text(text: str) -> bool:
    tag: str = Resolver().resolve(ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    return tag == "tag:yaml.org,2002:str"


def _step_lines(step: DraftStep) -> Iterator[str]:
    yield f"  # {step.why}"
    if step.missing:
        yield f"  # Not yet, for it needs {step.missing}"
    before = "  # " if step.missing else "  "
    yield from (before + line for line in _body(step))


def _body(step: DraftStep) -> Iterator[str]:
    yield f"{step.name}:"
    yield f"  uses: {step.uses}"
    if step.needs:
        yield f"  needs: [{', '.join(step.needs)}]"
    if step.when:
        yield f"  when: {scalar(step.when)}"
    yield "  with:"
    yield from (f"    {name}: {scalar(value)}" for name, value in step.options.items())
