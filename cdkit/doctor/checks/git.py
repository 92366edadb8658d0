"""The program git, and the checkout."""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.doctor.finding import Finding
from cdkit.doctor.place import Place


def check(place: Place) -> Iterator[Finding]:
    """There is git, a repository, and its whole history. Without them a run does not know its commit."""
    if place.find_program("git") is None:
        yield Finding("git", "remark", "There is no git on PATH: runs do not know their commit.", "Install git.")
        return
    code, said = _git(place, "rev-parse", "--is-shallow-repository")
    if code and any("dubious ownership" in line for line in said):
        remedy = f"git config --global --add safe.directory {place.workspace}"
        yield Finding("git", "wrong", "The checkout belongs to another account, and git does not read it.", remedy)
    elif code:
        message = "This is not a git repository: runs do not know their commit."
        yield Finding("git", "remark", message, "Run cdkit in a checkout where a step or a manifest wants the commit.")
    elif said == ["true"]:
        message = "The checkout is shallow: tags and the default branch may not be known."
        yield Finding(
            "git", "remark", message, "Let the build server fetch all, or use `git fetch --unshallow --tags`."
        )
    else:
        _, version = _git(place, "--version")
        yield Finding("git", "well", f"{' '.join(version)}, a repository with its whole history")


def _git(place: Place, *arguments: str) -> tuple[int, list[str]]:
    lines: list[str] = []
    code = place.world.processes().run(
        ["git", *arguments],
        directory=str(place.workspace),
        env={**place.environ, "LC_ALL": "C"},
        on_line=lambda line, _: lines.append(line),
        cancellation=place.cancellation,
    )
    return code, lines
