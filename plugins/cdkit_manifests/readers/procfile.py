"""Procfile: the processes of an application, a line each.

https://devcenter.heroku.com/articles/procfile
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdkit.api import EnvVar, Fact, Port, ProcessType, ProjectFolder, Source
from cdkit_manifests.recognise.commands import listening

FILE = "Procfile"
_LINE = re.compile(r"\s*([A-Za-z0-9_-]+)\s*:\s*(\S.*)")


def read(folder: ProjectFolder) -> Iterator[Fact]:
    """The processes, and where the web process listens."""
    found = [
        (ProcessType(match[1], match[2].strip()), Source(FILE, number, match[1]))
        for number, line in enumerate(folder.text(FILE).splitlines(), start=1)
        if (match := _LINE.fullmatch(line))
    ]
    if not found:
        return
    yield Fact("processes", tuple(process for process, _ in found), Source(FILE, found[0][1].line))
    lasting = [(process, source) for process, source in found if process.name != "release"]
    web = next((one for one in lasting if one[0].name == "web"), None)
    if web is None:
        if lasting:
            yield Fact("kind", "worker", Source(FILE, lasting[0][1].line, f"{lasting[0][0].name}, and no web"))
        return
    yield Fact("kind", "web", web[1])
    yield from _listening(*web)


def _listening(process: ProcessType, source: Source) -> Iterator[Fact]:
    heard = listening(process.command, {})
    if heard is None or not heard.port:
        return
    told = Source(source.file, source.line, heard.program or source.note)
    yield Fact("ports", (Port(heard.port, heard.port_name),), told, "declared" if heard.is_said else "derived")
    needed: tuple[EnvVar, ...] = heard.env
    if needed:
        yield Fact("env", needed, told, "derived")
