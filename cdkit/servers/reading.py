"""Reading a build server's environment: each fact with the variable that says it, and those not to be believed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

LARGEST_EVENT = 25 * 2**20
"""Bytes. GitHub itself sends no larger payload."""


SCHEDULED = "scheduled"
"""The field that says that a timer caused the build; its candidates hold the word by which a server says so."""


class Candidate(msgspec.Struct, frozen=True):
    """One possible value of a field of the build.

    Attributes:
        field: the name of the field of `Build`.
        value: what the source says.
        source: where it stands, for a person: a variable, a key of the event, git.
        rejected: why it is not the value although it looks like it; empty for one that may be taken.
    """

    field: str
    value: str
    source: str
    rejected: str = ""


Candidates = Iterator[Candidate]


class Reading:
    """The environment of a build.

    Args:
        environ: the environment variables.
        root: where absolute paths start, for a test that brings its own files.
    """

    def __init__(self, environ: Mapping[str, str], root: Path = Path("/")) -> None:
        self._environ = environ
        self._root = root
        self.event_of = cache(self._event_of)

    def value(self, variable: str) -> str:
        """What a variable says; the empty string when it is not set."""
        return self._environ.get(variable, "")

    def says(self, variable: str, *values: str) -> bool:
        """Whether a variable is set to one of the values, whatever their case; with none, whether it is set at all."""
        if not values:
            return variable in self._environ
        return self.value(variable).lower() in values

    def has_folder(self, path: str) -> bool:
        """Whether there is a folder of an absolute path."""
        return (self._root / path.lstrip("/")).is_dir()

    def take(self, field: str, *variables: str) -> Candidates:
        """The variables that are set, each as a value of a field; the first is the best."""
        for variable in variables:
            if self.value(variable):
                yield Candidate(field, self.value(variable), variable)

    def made(self, field: str, value: str, source: str) -> Candidates:
        """A value that is made of something; none when it is empty."""
        if value:
            yield Candidate(field, value, source)

    def reject(self, field: str, variable: str, why: str) -> Candidates:
        """A variable that must not be believed, where it is set."""
        if self.value(variable):
            yield Candidate(field, self.value(variable), variable, why)

    def timer(self, variable: str, *words: str) -> Candidates:
        """That a timer caused the build, where a variable holds one of the words for it."""
        if self.says(variable, *words):
            yield Candidate(SCHEDULED, self.value(variable), variable)

    def branch_of_ref(self, field: str, variable: str) -> Candidates:
        """The branch in a variable that holds `refs/heads/BRANCH`, or the branch itself."""
        ref = self.value(variable)
        if ref and not ref.startswith(("refs/tags/", "refs/pull/")):
            yield Candidate(field, ref.removeprefix("refs/heads/"), variable)

    def tag_of_ref(self, variable: str) -> Candidates:
        """The tag in a variable that holds `refs/tags/TAG`."""
        if self.value(variable).startswith("refs/tags/"):
            yield Candidate("tag", self.value(variable).removeprefix("refs/tags/"), variable)

    def number_in(self, field: str, pattern: str, variable: str) -> Candidates:
        """The first group of a pattern in a variable: the 7 in `refs/pull/7/merge`."""
        if match := re.search(pattern, self.value(variable)):
            yield Candidate(field, match[1], variable)

    def in_event(self, field: str, variable: str, *keys: str) -> Candidates:
        """A value of the JSON file that a variable names; nothing when there is none."""
        value: Any = self.event_of(variable)
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, str | int) and not isinstance(value, bool) and value:
            yield Candidate(field, str(value), f"{'.'.join(keys)} in {variable}")

    def _event_of(self, variable: str) -> Mapping[str, Any]:
        path = Path(self.value(variable))
        try:
            if not self.value(variable) or path.stat().st_size > LARGEST_EVENT:
                return {}
            event = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return event if isinstance(event, dict) else {}
