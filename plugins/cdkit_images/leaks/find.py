"""Looking for secrets in what a build is given: its arguments, its Dockerfile and the files that it can see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from cdkit_images.context import ContextEntry
from cdkit_images.dockerfile import Dockerfile
from cdkit_images.leaks.kinds import kind_of
from cdkit_images.leaks.values import is_secret, known_token

MOST_BYTES = 1 << 18
"""So much of a file is looked at; files with logins and keys are small."""


class Leak(msgspec.Struct, frozen=True):
    """A secret that would stay in the image.

    Attributes:
        where: the name of a build argument, or the path of a file in the context.
        what: what it looks like, for a person.
        source: where it was found.
        line: its line in the Dockerfile; 0 elsewhere.
    """

    where: str
    what: str
    source: str
    line: int = 0


def find_leaks(
    context: Path, entries: Iterable[ContextEntry], dockerfile: Dockerfile, args: Mapping[str, str]
) -> Iterator[Leak]:
    """Every secret that is found. Only files whose name says that they may hold one are read.

    Args:
        context: the folder of the context.
        entries: what of it the build can see.
        dockerfile: the Dockerfile.
        args: the build arguments.
    """
    for name, value in args.items():
        if what := known_token(value) or ("a secret, by its name" if is_secret(name, value) else ""):
            yield Leak(name, what, "argument")
    for instruction in dockerfile.instructions:
        if what := known_token(str(instruction)):
            yield Leak(dockerfile.file, what, "instruction", instruction.line)
    for entry in entries:
        kind = kind_of(entry.path) if entry.kind == "file" else None
        if kind is not None and kind.holds(_beginning(context / entry.path)):
            yield Leak(entry.path, kind.what, "file")


def _beginning(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES).decode(errors="replace")
    except OSError:
        # The build itself says best that it cannot be read.
        return ""
