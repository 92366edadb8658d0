"""What a project says about itself: facts, each with the place that it comes from and how sure it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import msgspec

Confidence = Literal["declared", "derived", "assumed"]
"""How sure a fact is, the surest first.

`declared`: the project says it in so many words. `derived`: it follows from what the project says. `assumed`: it is
what a framework or a tool does when nobody says otherwise.
"""

Kind = Literal["web", "worker", "job", "cron", "static"]
"""What runs: a service that answers requests, one that does not, a thing that ends, one by the clock, or files."""

PortProtocol = Literal["TCP", "UDP", "SCTP"]
"""As Kubernetes has it."""

_ORDER: dict[Confidence, int] = {"declared": 0, "derived": 1, "assumed": 2}


class Source(msgspec.Struct, frozen=True):
    """Where a fact comes from.

    Attributes:
        file: the file, by its path from the project's folder; empty where it is no file.
        line: the line in it, from 1; 0 where it is the whole file.
        note: what in it says so (`gunicorn`, `project.name`, `EXPOSE`).
    """

    file: str = ""
    line: int = 0
    note: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{self.note} in {place}" if self.note and place else self.note or place


class Port(msgspec.Struct, frozen=True):
    """A port that the application listens on.

    Attributes:
        number: 1 to 65535.
        name: what it is for (`http`, `management`, `metrics`); empty where that is not known.
        protocol: what is spoken there.
    """

    number: int
    name: str = ""
    protocol: PortProtocol = "TCP"

    def __str__(self) -> str:
        protocol = "" if self.protocol == "TCP" else f"/{self.protocol.lower()}"
        return f"{self.number}{protocol} ({self.name})" if self.name else f"{self.number}{protocol}"


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """How to ask a running application whether it is well. What is None was not said.

    Attributes:
        kind: a GET request, a connection, or a command in the container.
        path: of `http`, the path, beginning with a slash.
        port: of `http` and `tcp`; None for the application's first port.
        scheme: of `http`.
        command: of `exec`, the program and its arguments.
        initial_delay: seconds before the first question.
        period: seconds between two questions.
        timeout: seconds to wait for an answer.
        failures: how many in a row count.
    """

    kind: Literal["http", "tcp", "exec"]
    path: str = ""
    port: int | None = None
    scheme: Literal["HTTP", "HTTPS"] = "HTTP"
    command: tuple[str, ...] = ()
    initial_delay: int | None = None
    period: int | None = None
    timeout: int | None = None
    failures: int | None = None

    def __str__(self) -> str:
        port = f" on port {self.port}" if self.port else ""
        asked = {"exec": f"exec {' '.join(self.command)}", "http": f"{self.scheme} {self.path}{port}"}
        timing = {
            "after": self.initial_delay,
            "every": self.period,
            "within": self.timeout,
        }
        said = [f"{word} {seconds} s" for word, seconds in timing.items() if seconds is not None]
        said += [] if self.failures is None else [f"{self.failures} times"]
        return ", ".join([asked.get(self.kind, f"TCP{port}"), *said])


class Metrics(msgspec.Struct, frozen=True):
    """Where the application gives figures to Prometheus.

    Attributes:
        path: the path, beginning with a slash.
        port: None for the application's first port.
    """

    path: str = "/metrics"
    port: int | None = None

    def __str__(self) -> str:
        return f"{self.path} on port {self.port}" if self.port else self.path


class EnvVar(msgspec.Struct, frozen=True):
    """An environment variable that the application reads.

    Attributes:
        name: the variable.
        value: what the project sets it to where it is not told otherwise; None where somebody has to say it, and for
            whatever may be a secret.
    """

    name: str
    value: str | None = None

    def __str__(self) -> str:
        return self.name if self.value is None else f"{self.name}={self.value}"


class ProcessType(msgspec.Struct, frozen=True):
    """One of the processes that a project is made of, as a Procfile has it.

    Attributes:
        name: `web`, `worker`, `release`.
        command: a line for a shell.
    """

    name: str
    command: str

    def __str__(self) -> str:
        return f"{self.name}: {self.command}"


FACTS: dict[str, Any] = {
    "name": str,
    "version": str,
    "description": str,
    "license": str,
    "homepage": str,
    "documentation": str,
    "icon": str,
    "vendor": str,
    "repository": str,
    "commit": str,
    "language": str,
    "frameworks": tuple[str, ...],
    "kind": Kind,
    "schedule": str,
    "replicas": int,
    "ports": tuple[Port, ...],
    "liveness": Probe,
    "readiness": Probe,
    "startup": Probe,
    "metrics": Metrics,
    "user": int | str,
    "volumes": tuple[str, ...],
    "writable": tuple[str, ...],
    "env": tuple[EnvVar, ...],
    "depends_on": tuple[str, ...],
    "command": tuple[str, ...],
    "args": tuple[str, ...],
    "workdir": str,
    "stop_signal": str,
    "domain": str,
    "processes": tuple[ProcessType, ...],
}
"""Every fact by its name, and the type of its value. `docs/manifests.md` says what each is and who reads it."""


class Fact(msgspec.Struct, frozen=True):
    """One thing that a project says about itself.

    Attributes:
        name: one of `FACTS`.
        value: what it says; of the type in `FACTS`.
        source: where.
        confidence: how sure that is.
        reader: who read it; filled in by whoever calls the reader.
    """

    name: str
    value: Any
    source: Source
    confidence: Confidence = "declared"
    reader: str = ""

    @property
    def shown(self) -> str:
        """The value for a person, on one line."""
        values = self.value if isinstance(self.value, tuple) else (self.value,)
        return " ".join(", ".join(map(str, values)).split())

    def __str__(self) -> str:
        return f"{self.name} {self.shown} <- {self.source}"


class Project(msgspec.Struct, frozen=True):
    """The facts of a project.

    Attributes:
        candidates: by a fact's name all that was read, the one that stands first: the surest, and of equally sure ones
            that of the first reader.
        warnings: what a person should know about what was not found.
        looked_for: the files that readers know; for a person whose project has none of them.
    """

    candidates: dict[str, tuple[Fact, ...]]
    warnings: tuple[str, ...] = ()
    looked_for: tuple[str, ...] = ()

    @classmethod
    def of(cls, facts: Iterable[Fact], warnings: Iterable[str] = (), looked_for: Iterable[str] = ()) -> Project:
        """Put the facts of all readers together, in the order of the readers."""
        found: dict[str, list[Fact]] = {}
        for fact in facts:
            found.setdefault(fact.name, []).append(fact)
        ordered = {name: tuple(sorted(group, key=_doubt)) for name, group in found.items()}
        return cls({name: ordered[name] for name in sorted(ordered, key=_place)}, tuple(warnings), tuple(looked_for))

    @property
    def facts(self) -> dict[str, Fact]:
        """The fact that stands, by name, in the order of `FACTS`."""
        return {name: group[0] for name, group in self.candidates.items()}

    def fact(self, name: str) -> Fact | None:
        """A fact with its source, or None where nothing is known."""
        group = self.candidates.get(name)
        return group[0] if group else None

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a fact, or the default where nothing is known."""
        fact = self.fact(name)
        return default if fact is None else fact.value


def _doubt(fact: Fact) -> int:
    return _ORDER[fact.confidence]


def _place(name: str) -> int:
    names = list(FACTS)
    return names.index(name) if name in FACTS else len(names)
