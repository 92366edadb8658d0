"""What is known of a project, each fact with the place that it comes from."""

from __future__ import annotations

from typing import Any

import msgspec


class Fact(msgspec.Struct, frozen=True):
    """One thing that a project says about itself.

    Attributes:
        name: which thing: `name`, `version`, `description`, `license`, `port`, `health`, `replicas`, `user`.
        value: what it says.
        source: the file, and the key or line in it, for a person.
    """

    name: str
    value: Any
    source: str

    def __str__(self) -> str:
        return f"{self.name} {self.value} <- {self.source}"


class Project(msgspec.Struct, frozen=True):
    """The facts of a project by name. Of several sources of one fact the first one that was read stands."""

    facts: dict[str, Fact]

    @classmethod
    def of(cls, *sources: list[Fact]) -> Project:
        """Put the facts of several readers together, the most telling reader first."""
        facts: dict[str, Fact] = {}
        for fact in (fact for source in sources for fact in source):
            facts.setdefault(fact.name, fact)
        return cls(facts)

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a fact, or the default where nothing is known."""
        fact = self.facts.get(name)
        return default if fact is None else fact.value
