"""The files that tell of a run when it has ended. Each function gives one."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from cdkit.errors import InvalidInput
from cdkit.report.collected import Collected

LOG = "/dev/stdout"
"""Where Drone's runner wants a card that it takes out of the log."""


class ReportFile(msgspec.Struct, frozen=True):
    """A file that tells of a run.

    Attributes:
        path: where it is.
        write: writes it when the run has ended.
    """

    path: Path
    write: Callable[[Collected], None]


def write_summary(path: Path) -> ReportFile:
    """A file of its own with the summary in Markdown."""

    def write(run: Collected) -> None:
        from cdkit.report.summary import summary

        _write(path, summary(run).encode())

    return ReportFile(path, write)


def write_annotation(path: Path) -> ReportFile:
    """A file of its own with the summary in Markdown, which Buildkite's agent gets too, together with the outputs."""

    def write(run: Collected) -> None:
        from cdkit.cli.buildkite import tell_agent
        from cdkit.report.summary import summary

        text = summary(run)
        _write(path, text.encode())
        tell_agent(run, text)

    return ReportFile(path, write)


def append_summary(path: Path) -> ReportFile:
    """The summary in Markdown, behind what earlier steps of the job have said."""

    def write(run: Collected) -> None:
        from cdkit.report.summary import LARGEST, summary

        taken = path.stat().st_size if path.exists() else 0
        _append(path, summary(run, max(LARGEST - taken, 0)))

    return ReportFile(path, write)


def append_outputs(path: Path) -> ReportFile:
    """The outputs, as GITHUB_OUTPUT takes them."""

    def write(run: Collected) -> None:
        from cdkit.report.handed_on import github_output

        _append(path, github_output(run, f"cdkit-{secrets.token_hex(16)}"))

    return ReportFile(path, write)


def write_dotenv(path: Path) -> ReportFile:
    """A file of its own with the outputs as variables."""

    def write(run: Collected) -> None:
        from cdkit.report.handed_on import dotenv

        _write(path, dotenv(run).encode())

    return ReportFile(path, write)


def append_dotenv(path: Path) -> ReportFile:
    """The outputs as variables, behind those of earlier steps."""

    def write(run: Collected) -> None:
        from cdkit.report.handed_on import dotenv

        _append(path, dotenv(run))

    return ReportFile(path, write)


def write_result(path: Path) -> ReportFile:
    """A file with the output that it is named after, as Tekton takes it; none where there is no such output."""

    def write(run: Collected) -> None:
        from cdkit.report.handed_on import result

        if value := result(run, path.name):
            _write(path, value.encode())

    return ReportFile(path, write)


def write_card(path: Path, template: str, place: str) -> ReportFile:
    """A file with the run as a card; Drone gets it too.

    Args:
        path: the file.
        template: the address of the Adaptive Card that shows it.
        place: where Drone wants it: a file, or `LOG`.
    """

    def write(run: Collected) -> None:
        from cdkit.report.card import card, in_the_log

        content = card(run, template)
        _write(path, content)
        if place == LOG:
            sys.stdout.write(in_the_log(content))
        else:
            _write(Path(place), content)

    return ReportFile(path, write)


def write_junit(path: Path) -> ReportFile:
    """A file of its own with the steps as JUnit test cases."""

    def write(run: Collected) -> None:
        from cdkit.report.junit import junit

        _write(path, junit(run))

    return ReportFile(path, write)


def write_html(path: Path) -> ReportFile:
    """A file of its own with the run as a page of HTML."""

    def write(run: Collected) -> None:
        from cdkit.report.html import html

        _write(path, html(run).encode())

    return ReportFile(path, write)


KINDS: dict[str, Callable[[Path], ReportFile]] = {
    "html": write_html,
    "markdown": write_summary,
    "junit": write_junit,
    "dotenv": write_dotenv,
}
"""The files that `--report KIND=FILE` asks for."""


def asked_for(reports: Sequence[str]) -> list[ReportFile]:
    """The reports that `--report` asks for.

    Raises:
        InvalidInput: one is not of the form KIND=FILE, or of an unknown kind.
    """
    files = []
    for report in reports:
        kind, _, file = report.partition("=")
        if kind not in KINDS or not file:
            known = " or ".join(f"{name}=FILE" for name in KINDS)
            raise InvalidInput(f"--report does not take {report!r}.", remedy=f"Write {known}.")
        files.append(KINDS[kind](Path(file)))
    return files


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; only its owner can read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    unfinished.replace(path)


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(text)
