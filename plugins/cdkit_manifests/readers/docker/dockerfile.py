"""What the image of a Dockerfile says: its ports, its user, its health check, its labels."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from cdkit.api import Fact, Port, PortProtocol, ProjectFolder, Source
from cdkit_manifests.readers.docker.health import probe_of
from cdkit_manifests.readers.docker.instructions import exec_form, instructions
from cdkit_manifests.readers.docker.stages import Said, Stage, stage_of, stages
from cdkit_manifests.reading.malformed import malformed
from cdkit_manifests.recognise.base_images import base_image, user_of_image
from cdkit_manifests.recognise.commands import HIGHEST_PORT, Listening, listening

_SHELL = ["/bin/sh", "-c"]
_EXPOSED = re.compile(r"(\d{1,5})(?:/(tcp|udp|sctp))?", re.IGNORECASE)
_PROTOCOLS: dict[str, PortProtocol] = {"tcp": "TCP", "udp": "UDP", "sctp": "SCTP"}
_OCI = "org.opencontainers.image."
_LABELS = {
    "title": "name",
    "version": "version",
    "description": "description",
    "licenses": "license",
    "url": "homepage",
    "documentation": "documentation",
    "vendor": "vendor",
    "source": "repository",
}
"""https://specs.opencontainers.org/image-spec/annotations/#pre-defined-annotation-keys"""
_ASP_NET = ("ASPNETCORE_HTTP_PORTS", "ASPNETCORE_URLS")


def read(folder: ProjectFolder) -> Iterator[Fact]:
    """What the image says.

    Raises:
        InvalidInput: it has no `FROM`, or not the stage that is asked for.
    """
    file = folder.dockerfile
    text = folder.text(file)
    if not text.strip():
        return
    found = stages(instructions(text))
    stage = stage_of(found, folder.stage)
    if stage is None:
        raise malformed(file, "A Dockerfile must have a FROM.")
    if folder.stage and stage.name.lower() != folder.stage.lower():
        names = ", ".join(stage.name for stage in found if stage.name) or "none has a name"
        raise malformed(file, f"It has no stage {folder.stage!r} ({names}).")
    yield from _Image(file, stage).facts()


class _Image:
    """Gives the facts of one stage."""

    def __init__(self, file: str, stage: Stage) -> None:
        self._file = file
        self._stage = stage
        self._base = base_image(stage.base.value)

    def facts(self) -> Iterator[Fact]:
        """All of them."""
        stage = self._stage
        yield from self._commanded()
        yield from self._based()
        yield from self._user()
        yield from self._health()
        yield from self._labels()
        if stage.volumes:
            paths = tuple(dict.fromkeys(said.value for said in stage.volumes))
            yield Fact("volumes", paths, self._source(stage.volumes[0], "VOLUME"))
        if stage.workdir:
            yield Fact("workdir", stage.workdir.value, self._source(stage.workdir, "WORKDIR"))
        if stage.stop_signal:
            yield Fact("stop_signal", stage.stop_signal.value, self._source(stage.stop_signal, "STOPSIGNAL"))

    def _source(self, said: Said, note: str) -> Source:
        return Source(self._file, said.line, note)

    def _commanded(self) -> Iterator[Fact]:
        """What the command tells, and the ports that are exposed."""
        heard = self._listening()
        exposed = list(self._exposed())
        if heard is not None:
            said = self._stage.command or self._stage.entrypoint or self._stage.base
            source = self._source(said, heard.program or "the command")
            yield Fact("kind", heard.kind, source, "derived")
            if heard.env:
                yield Fact("env", heard.env, source, "derived")
            if heard.port and heard.port not in {port.number for port, _ in exposed}:
                yield Fact(
                    "ports",
                    (Port(heard.port, heard.port_name),),
                    source,
                    "declared" if heard.is_said else "derived",
                )
        if exposed:
            first = heard.port if heard else 0
            ports = sorted((port for port, _ in exposed), key=lambda port: port.number != first)
            named = (
                msgspec.structs.replace(ports[0], name=heard.port_name) if first and heard else ports[0],
                *ports[1:],
            )
            yield Fact("ports", tuple(named), self._source(exposed[0][1], "EXPOSE"))

    def _listening(self) -> Listening | None:
        stage = self._stage
        entrypoint, command = self._words(stage.entrypoint), self._words(stage.command)
        # An entry point often only prepares what the command does.
        return listening([*entrypoint, *command], stage.environ) or listening(command, stage.environ)

    def _words(self, said: Said | None) -> list[str]:
        if said is None:
            return []
        return exec_form(said.value) or [*_SHELL, said.value]

    def _exposed(self) -> Iterator[tuple[Port, Said]]:
        seen = set()
        for said in self._stage.exposed:
            match = _EXPOSED.fullmatch(said.value)
            if match and 0 < int(match[1]) <= HIGHEST_PORT:
                port = Port(int(match[1]), protocol=_PROTOCOLS[(match[2] or "tcp").lower()])
                if port not in seen:
                    seen.add(port)
                    yield port, said

    def _based(self) -> Iterator[Fact]:
        """What the image below brings, where this one says nothing else."""
        base, source = self._base, self._source(self._stage.base, f"FROM {self._stage.base.value}")
        for name in _ASP_NET:
            match = re.search(r"(\d{2,5})(?:/?;|/?$)", self._stage.environ.get(name, ""))
            if match:
                yield Fact("ports", (Port(int(match[1]), "http"),), Source(self._file, note=f"ENV {name}"))
        if base.kind:
            yield Fact("kind", base.kind, source, "derived")
        if base.writable:
            yield Fact("writable", base.writable, source, "derived")
        if base.port and not self._stage.exposed:
            yield Fact("ports", (Port(base.port, base.port_name),), source, "derived")

    def _user(self) -> Iterator[Fact]:
        said = self._stage.user
        if said is None:
            if self._base.user is not None:
                source = self._source(self._stage.base, f"FROM {self._stage.base.value}")
                yield Fact("user", self._base.user, source, "derived")
            return
        name = said.value.partition(":")[0]
        source = self._source(said, "USER")
        if name.isdigit():
            yield Fact("user", int(name), source)
        elif name == "root":
            yield Fact("user", 0, source)
        else:
            number = self._stage.users.get(name, user_of_image(self._stage.base.value, name))
            if number is not None:
                told = Source(self._file, said.line, f"USER {name}, which is {number},")
                yield Fact("user", number, told, "declared")
            elif not name.startswith("$"):
                yield Fact("user", name, source)

    def _health(self) -> Iterator[Fact]:
        said = self._stage.healthcheck
        probe = probe_of(said.value, self._words_of_shell()) if said else None
        if said is None or probe is None:
            return
        source = self._source(said, "HEALTHCHECK")
        yield Fact("liveness", probe, source)
        # How seldom Docker asks is too seldom for whether a pod may get requests.
        yield Fact("readiness", msgspec.structs.replace(probe, initial_delay=None, period=None, failures=None), source)

    def _words_of_shell(self) -> list[str]:
        return (exec_form(self._stage.shell.value) if self._stage.shell else None) or _SHELL

    def _labels(self) -> Iterator[Fact]:
        for label, name in _LABELS.items():
            said = self._stage.labels.get(f"{_OCI}{label}")
            if said and said.value and "$" not in said.value:
                yield Fact(name, said.value, self._source(said, f"LABEL {_OCI}{label}"))
