"""What follows from the facts of all readers together: what runs, and how to ask whether it is well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from cdkit.api import EnvVar, Fact, Port, Probe, Project, Source
from cdkit_manifests.recognise.writing import folders_written_by

_ASKED = ("readiness", "liveness")
_PROBES = (*_ASKED, "startup")
READER = "conclusion"


def conclude(facts: Sequence[Fact], looked_for: tuple[str, ...]) -> Project:
    """The project that facts tell of.

    Args:
        facts: the facts of all readers, in the order of the readers.
        looked_for: the files that the readers know.
    """
    if not any(fact.source.file for fact in facts):
        return Project.of(facts, [_nothing_found(looked_for)], looked_for)
    known = _with_a_port(Project.of(_with_one_environment(facts)))
    said = known.fact("kind")
    kind = said or _kind(known)
    concluded = [*([] if said else [kind]), *_probes(known, kind.value), *_writable(known)]
    usable = [fact for fact in _flat(known) if not _lacks_a_port(fact, known)]
    whole = Project.of([*usable, *concluded], looked_for=looked_for)
    return msgspec.structs.replace(whole, warnings=tuple(_warnings(known, whole)))


def _flat(project: Project) -> Iterator[Fact]:
    return (fact for group in project.candidates.values() for fact in group)


def _with_one_environment(facts: Sequence[Fact]) -> list[Fact]:
    """Variables of several readers go together; of one that several name the surest stands."""
    groups = Project.of(fact for fact in facts if fact.name == "env").candidates.get("env", ())
    if len(groups) < 2:  # noqa: PLR2004 -- one needs no merging
        return list(facts)
    variables: dict[str, EnvVar] = {}
    for variable in (variable for fact in groups for variable in fact.value):
        if variables.get(variable.name, EnvVar(variable.name)).value is None:
            variables[variable.name] = variable
    source = Source(note=" and ".join(dict.fromkeys(str(fact.source) for fact in groups)))
    merged = msgspec.structs.replace(groups[0], value=tuple(variables.values()), source=source)
    return [*(fact for fact in facts if fact.name != "env"), merged]


def _with_a_port(project: Project) -> Project:
    """Where a health check asks a port, something listens there, if nobody says more."""
    asked = [fact for name in _PROBES if (fact := project.fact(name)) is not None and fact.value.port]
    if project.fact("ports") or not asked:
        return project
    ports = (Port(asked[0].value.port),)
    return Project.of([*_flat(project), Fact("ports", ports, asked[0].source, "derived", READER)])


def _kind(known: Project) -> Fact:
    ports = known.fact("ports")
    if ports is not None:
        return Fact("kind", "web", Source(note=f"the ports ({ports.source})"), "derived", READER)
    return Fact("kind", "worker", Source(note="no port was found"), "assumed", READER)


def _probes(known: Project, kind: str) -> list[Fact]:
    """A connection to the first port, for whatever no better question was found."""
    ports = known.fact("ports")
    first = next((port for port in ports.value if port.protocol == "TCP"), None) if ports else None
    if ports is None or first is None or kind in {"job", "cron"}:
        return []
    source = Source(note=f"port {first.number}, as no better question was found")
    probe = Probe(kind="tcp", port=first.number)
    return [Fact(name, probe, source, ports.confidence, READER) for name in _ASKED if _question(known, name) is None]


def _writable(known: Project) -> list[Fact]:
    """The folders that its frameworks write to, beside those of the image that it is built on."""
    frameworks = known.fact("frameworks")
    folders = folders_written_by(frameworks.value, known.get("workdir", "")) if frameworks else ()
    return [Fact("writable", folders, frameworks.source, "derived", READER)] if frameworks and folders else []


def _question(known: Project, name: str) -> Fact | None:
    fact = known.fact(name)
    return None if fact is None or _lacks_a_port(fact, known) else fact


def _lacks_a_port(fact: Fact, known: Project) -> bool:
    """Whether a question is for a port that nobody knows."""
    return fact.name in _PROBES and fact.value.kind != "exec" and not fact.value.port and not known.fact("ports")


def _warnings(known: Project, whole: Project) -> Iterable[str]:
    kind = whole.get("kind")
    ports = whole.fact("ports")
    lacking = [fact for fact in _flat(known) if _lacks_a_port(fact, known)]
    if lacking:
        yield f"{lacking[0].shown} is served ({lacking[0].source}), but no port is known, so it is not asked."
    if kind in {"web", "static"} and ports is None:
        yield "It answers requests, but no port was found; say `port`, or EXPOSE it in the Dockerfile."
    if ports is not None and ports.confidence == "assumed":
        yield f"The port {_first(ports.value)} is assumed ({ports.source}); say `port` where it is another one."
    yield from _warnings_of_probes(whole, kind)


def _warnings_of_probes(whole: Project, kind: str) -> Iterable[str]:
    if kind in {"job", "cron"}:
        return
    asked = [fact for name in _ASKED if (fact := whole.fact(name)) is not None]
    if not asked:
        yield "No health route and no port was found, so no probe is written: a pod counts as ready as soon as it runs."
    elif all(fact.reader == READER for fact in asked):
        yield "No health route was found, so the probes only see whether the port is open; say `health` where one is."


def _first(ports: Sequence[Port]) -> int:
    return ports[0].number


def _nothing_found(looked_for: Sequence[str]) -> str:
    return (
        f"Nothing says what the project is: none of {', '.join(looked_for)} was found. "
        "Say `name` and `port` under `with:`, or in `cdkit.yaml`."
    )
