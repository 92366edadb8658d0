"""What to say about a secret, and how to do it right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cdkit.api import Position, Problem
from cdkit_images.dockerignore import parse_dockerignore
from cdkit_images.leaks.find import Leak

_MOUNT = (
    "give it to the step as `secrets: {NAME: ${{ secrets.NAME }}}`, and to the instruction that needs it as "
    "`RUN --mount=type=secret,id=NAME`"
)


def leak_problems(leaks: Iterable[Leak], allowed: Sequence[str]) -> Iterator[Problem]:
    """A problem for each secret that is not allowed.

    Args:
        leaks: what was found.
        allowed: names of arguments and paths of files that hold no secret, as in a `.dockerignore`.
    """
    rules = parse_dockerignore("\n".join(allowed), "allow_secrets")
    for leak in leaks:
        if leak.where not in allowed and not rules.ignores(leak.where):
            yield _problem(leak)


def _problem(leak: Leak) -> Problem:
    allow = f"If it is none, write `allow_secrets: [{leak.where}]`."
    if leak.source == "argument":
        message = f"The build argument {leak.where} holds {leak.what}; it would stay readable in the image's history."
        return Problem(message, None, f"Leave the argument out: {_MOUNT}. {allow}")
    if leak.source == "instruction":
        message = f"The Dockerfile holds {leak.what}; it would stay readable in the image's history."
        return Problem(message, Position(leak.where, leak.line, 1), f"Take it out: {_MOUNT}. {allow}")
    message = f"{leak.where} in the build context holds {leak.what}, and the Dockerfile copies it into the image."
    return Problem(message, None, f"Leave it out with .dockerignore; where the build needs it, {_MOUNT}. {allow}")
