"""The merged report as a JUnit file that any server reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from msgspec.structs import replace

from cdkit.api import TestCase, WorldFailed, junit_counts, junit_suite

MASK = "***"


def write_junit(cases: Iterable[TestCase], path: Path, holds_secret: Callable[[str], bool] = lambda _: False) -> None:
    """Write the tests of a step as one JUnit file, a suite for each group.

    Args:
        cases: the tests, with their final outcomes.
        path: the file; its folder has to be there.
        holds_secret: says of a text whether it has to be masked (`StepContext.holds_secret`).

    Raises:
        WorldFailed: the file cannot be written.
    """
    from xml.etree.ElementTree import tostring

    masked = [_masked(case, holds_secret) for case in cases]
    counts = " ".join(f'{name}="{value}"' for name, value in junit_counts(masked).items())
    try:
        with path.open("wb") as file:
            file.write(f"<?xml version='1.0' encoding='utf-8'?>\n<testsuites {counts}>\n".encode())
            for name, suite in _suites(masked).items():
                file.write(tostring(junit_suite(name, suite), encoding="utf-8") + b"\n")
            file.write(b"</testsuites>\n")
    except OSError as error:
        message = f"The merged report of the tests, {str(path)!r}, cannot be written: {error.strerror}."
        raise WorldFailed(message) from error


def _suites(cases: Iterable[TestCase]) -> Mapping[str, list[TestCase]]:
    suites: dict[str, list[TestCase]] = {}
    for case in cases:
        shard = f" (shard {case.shard})" if case.shard is not None else ""
        suites.setdefault(f"{case.group}{shard}", []).append(case)
    return suites


def _masked(case: TestCase, holds_secret: Callable[[str], bool]) -> TestCase:
    texts = {name: getattr(case, name) for name in ("name", "group", "message", "details", "file")}
    secret = {name: text for name, text in texts.items() if text and holds_secret(text)}
    return replace(case, **{name: _without_lines(text, holds_secret) for name, text in secret.items()})


def _without_lines(text: str, holds_secret: Callable[[str], bool]) -> str:
    """A text that holds a secret, with a mask for each line that does; for all of it when none does by itself."""
    lines = text.split("\n")
    shown = [MASK if holds_secret(line) else line for line in lines]
    joined = "\n".join(shown)
    return MASK if shown == lines or holds_secret(joined) else joined
