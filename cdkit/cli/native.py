"""A run shown in the way of the build server that runs us, and the files that this server reads."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import msgspec

from cdkit.engine.stream import Reporter
from cdkit.errors import SecretLeaked
from cdkit.report.native.dialect import Dialect

if TYPE_CHECKING:
    from cdkit.cli.report_files import ReportFile
    from cdkit.engine.session import Session
    from cdkit.report.collected import Collected
    from cdkit.report.native.dialect import Note

SHORTEST_HIDDEN = 4
"""Letters. A server that masks shorter ones hides half of every line."""

MARKS_OF_A_SERVER = ("CI", "TF_BUILD", "TEAMCITY_VERSION", "JENKINS_URL", "GITHUB_ACTIONS", "GITLAB_CI", "DRONE")
"""Where none of these is set, no server has to be looked for."""

TEKTON_RESULTS = Path("/tekton/results")
"""The folder by which Tekton is known, which sets no variables, and in which it looks for results."""

CARD_TEMPLATE = "CDKIT_CARD_TEMPLATE"
"""The address of the Adaptive Card that shows a run on Drone's pages: `container/drone-card.json`, or one's own."""

REPORTS = Path(".cdkit") / "reports"
"""Where a server's own configuration picks reports up: below the folder of the pipeline file; of GitLab's job."""


def server_name(environ: Mapping[str, str] = os.environ) -> str:
    """The short name of the build server that runs us; `local` for none."""
    if not any(environ.get(mark) for mark in MARKS_OF_A_SERVER) and not TEKTON_RESULTS.is_dir():
        return "local"
    from cdkit.servers.detect import name_of_server

    return name_of_server(environ)


def dialect_of(server: str) -> Dialect | None:
    """The commands that a server understands in our output; None for one that understands none."""
    match server:
        case "github" | "gitea" | "forgejo":
            from cdkit.report.native.github import GitHub

            return GitHub(secrets.token_hex(16))
        case "gitlab":
            from cdkit.report.native.gitlab import GitLab

            return GitLab()
        case "azure":
            from cdkit.report.native.azure import Azure

            return Azure()
        case "teamcity":
            from cdkit.report.native.teamcity import TeamCity

            return TeamCity()
        case "buildkite":
            from cdkit.report.native.buildkite import Buildkite

            return Buildkite()
    return None


class Native(msgspec.Struct, frozen=True):
    """The way in which a run is shown where it runs.

    Attributes:
        dialect: the commands that the build server understands; None where there is none, or none that does.
        files: those that are written when the run has ended.
    """

    dialect: Dialect | None = None
    files: tuple[ReportFile, ...] = ()

    @classmethod
    def here(cls, workspace: Path, output: str) -> Native:
        """The way of the server that runs us.

        Args:
            workspace: the folder of the pipeline file.
            output: `text`, or `json`, in which nothing else may stand.
        """
        server = server_name()
        dialect = dialect_of(server) if output == "text" else None
        return cls(dialect, tuple(files_of(server, workspace)))

    def writing(self, files: Iterable[ReportFile]) -> Native:
        """The same, with further files."""
        return Native(self.dialect, (*self.files, *files))

    def reporters(self) -> list[Reporter]:
        """Those that write the files, and then tell the server of all that; none where there is nothing to write."""
        if not self.files:
            return []
        from cdkit.report.collected import AtTheEnd

        return [AtTheEnd([*(file.write for file in self.files), self._tell])]

    def _tell(self, run: Collected) -> None:
        """Hand on by commands what the server does not read from a file."""
        from cdkit.report.handed_on import variables

        if self.dialect is None:
            return
        lines = [line for name, value in variables(run) for line in self.dialect.hand_on(name, value)]
        lines += [line for file in self.files for line in self.dialect.attach(file.path)]
        sys.stdout.writelines(f"{line}\n" for line in lines)

    def hide(self, values: Iterable[str], out: TextIO) -> None:
        """Have the server mask secrets, also in what later steps of the job print."""
        for value in values:
            if self.dialect is not None and len(value) >= SHORTEST_HIDDEN:
                out.writelines(f"{line}\n" for line in self.dialect.hide(value))
        out.flush()

    def search(self, session: Session) -> None:
        """Look for secrets in all that the run has written.

        Raises:
            SecretLeaked: there is one.
        """
        if found := session.leaks(file.path for file in self.files):
            names = ", ".join(map(str, found))
            raise SecretLeaked(f"A secret of this pipeline stands in what the run has written: {names}.")

    def shielded(self, lines: Iterable[str], notes: Iterable[Note] = ()) -> Iterator[str]:
        """Lines with somebody else's words, so that nothing in them is a command; and notes of ours."""
        if self.dialect is None:
            yield from lines
            return
        yield from self.dialect.begin()
        yield from map(self.dialect.shielded, lines)
        for note in notes:
            yield from self.dialect.note(note)
        yield from self.dialect.end()


def files_of(
    server: str, workspace: Path, environ: Mapping[str, str] = os.environ, results: Path = TEKTON_RESULTS
) -> list[ReportFile]:
    """The files that a server reads.

    Args:
        server: its short name.
        workspace: the folder of the pipeline file.
        environ: names the files of GitHub's kind.
        results: the folder in which Tekton looks for results.
    """
    from cdkit.cli import report_files as files

    match server:
        case "github" | "gitea" | "forgejo":
            given = ((files.append_summary, "GITHUB_STEP_SUMMARY"), (files.append_outputs, "GITHUB_OUTPUT"))
            return [report(Path(environ[variable])) for report, variable in given if environ.get(variable)]
        case "gitlab":
            # The job's configuration looks below the folder where it starts, wherever the pipeline file is.
            folder = Path.cwd() / REPORTS
            return [files.write_dotenv(folder / "outputs.env"), files.write_junit(folder / "junit.xml")]
        case "drone":
            return list(_files_of_drone(workspace, environ))
        case "azure":
            folder = workspace / REPORTS
            return [files.write_summary(folder / "summary.md"), files.write_junit(folder / "junit.xml")]
        case "tekton":
            from cdkit.report.handed_on import ALWAYS

            return [files.write_result(results / name) for name in ALWAYS]
        case "buildkite":
            folder = workspace / REPORTS
            return [files.write_annotation(folder / "summary.md"), files.write_junit(folder / "junit.xml")]
        case "jenkins" | "woodpecker" | "circleci" | "bitbucket" | "teamcity":
            return [files.write_junit(workspace / REPORTS / "junit.xml")]
    return []


def _files_of_drone(workspace: Path, environ: Mapping[str, str]) -> Iterator[ReportFile]:
    from cdkit.cli import report_files as files

    if output := environ.get("DRONE_OUTPUT"):
        yield files.append_dotenv(Path(output))
    template, place = environ.get(CARD_TEMPLATE), environ.get("DRONE_CARD_PATH")
    if template and place:
        yield files.write_card(workspace / REPORTS / "card.json", template, place)
