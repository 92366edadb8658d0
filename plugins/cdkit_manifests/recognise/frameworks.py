"""Which libraries make a project what it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from cdkit.api import Fact, Kind, Port, Source


class Framework(msgspec.Struct, frozen=True):
    """A library by which a kind of application is known.

    Attributes:
        library: its name in a list of dependencies.
        name: what people call it.
        kind: what is made with it; None where that says nothing.
        port: where it listens when nobody says otherwise; 0 where it has no port of its own.
    """

    library: str
    name: str
    kind: Kind | None = "web"
    port: int = 0


def framework_facts(
    language: str, dependencies: Mapping[str, Source], known: Sequence[Framework], place: Source
) -> Iterator[Fact]:
    """The language of a project, its frameworks, and what follows from them.

    Args:
        language: the language, in small letters.
        dependencies: where each library is named.
        known: the frameworks of the language, the most telling first.
        place: what says that the project is written in the language.
    """
    yield Fact("language", language, place, "derived")
    found = [framework for framework in known if framework.library in dependencies]
    if not found:
        return
    names = tuple(dict.fromkeys(framework.name for framework in found))
    yield Fact("frameworks", names, dependencies[found[0].library], "derived")
    kinds = [framework for framework in found if framework.kind is not None]
    if kinds:
        yield Fact("kind", kinds[0].kind, dependencies[kinds[0].library], "derived")
    listeners = [framework for framework in found if framework.port]
    if listeners:
        yield assumed_port(listeners[0].port, dependencies[listeners[0].library])


def assumed_port(number: int, source: Source) -> Fact:
    """The port where something listens when nobody says otherwise."""
    told = msgspec.structs.replace(source, note=f"the default of {source.note}")
    return Fact("ports", (Port(number, "http"),), told, "assumed")
