"""What plugins bring beside steps is asked when a step wants to know, and nothing of it is left out in silence."""

from __future__ import annotations

from typing import Any

import pytest

from cdkit.api import Fact, ManifestDraft, ManifestEnricher, ManifestWish, ProjectFolder, ProjectReader
from cdkit.errors import StepBroken
from cdkit.plugin.extensions import PluginExtensions
from cdkit.plugin.hookspecs import hookimpl
from cdkit.plugin.manager import load_steps


def reader(name: Any, order: int = 0) -> ProjectReader:
    def read(folder: ProjectFolder) -> list[Fact]:
        return []

    return ProjectReader(name, (), read, order)


class Plugin:
    """An entry point; what it loads brings the given readers."""

    def __init__(self, name: str, *readers: Any, error: Exception | None = None) -> None:
        self.name = name
        self.asked = 0
        self._readers = list(readers)
        self._error = error

    def load(self) -> object:
        return self

    @hookimpl
    def cdkit_register_project_readers(self) -> list[Any]:
        self.asked += 1
        if self._error:
            raise self._error
        return self._readers


def names(*plugins: Plugin) -> list[str]:
    return [reader.name for reader in load_steps(plugins).extensions.project_readers()]


def test_readers_come_in_their_own_order_whatever_their_plugins_are_called() -> None:
    assert names(Plugin("a", reader("late", 90), reader("b")), Plugin("z", reader("a"))) == ["a", "b", "late"]


def test_a_plugin_is_asked_only_when_a_step_wants_to_know() -> None:
    plugin = Plugin("a", reader("x"))
    registry = load_steps([plugin])
    assert plugin.asked == 0
    registry.extensions.project_readers()
    assert plugin.asked == 1


def test_without_plugins_there_is_nothing() -> None:
    assert PluginExtensions().project_readers() == []


@pytest.mark.parametrize(
    ("plugin", "told"),
    [
        (Plugin("acme", error=OSError("no licence")), "cdkit_register_project_readers: OSError: no licence."),
        (Plugin("acme", "text"), "it gave 'text', which is no ProjectReader."),
        (Plugin("acme", reader("x"), reader("x")), "another one brings 'x' already."),
    ],
)
def test_a_plugin_that_cannot_say_what_it_brings_is_an_error_with_its_name(plugin: Plugin, told: str) -> None:
    with pytest.raises(StepBroken) as raised:
        names(plugin)
    assert raised.value.message.startswith("The plugin 'acme' cannot be used: ")
    assert told in raised.value.message


class EnrichingPlugin:
    """An entry point; what it loads brings the given enrichers."""

    def __init__(self, name: str, *enrichers: Any) -> None:
        self.name = name
        self._enrichers = list(enrichers)

    def load(self) -> object:
        return self

    @hookimpl
    def cdkit_register_manifest_enrichers(self) -> list[Any]:
        return self._enrichers


def enricher(name: str, order: int = 500) -> ManifestEnricher:
    def enrich(wish: ManifestWish, draft: ManifestDraft) -> None:
        draft.warn(name)

    return ManifestEnricher(name, "writes something", enrich, order)


def test_enrichers_come_in_their_own_order_too() -> None:
    plugins = [EnrichingPlugin("a", enricher("late", 900), enricher("b")), EnrichingPlugin("z", enricher("a"))]
    found = load_steps(plugins).extensions.manifest_enrichers()
    assert [item.name for item in found] == ["a", "b", "late"]


def test_something_else_than_an_enricher_is_an_error_that_names_the_plugin() -> None:
    with pytest.raises(
        StepBroken, match=r"The plugin 'bad' cannot be used: .* it gave 5, which is no ManifestEnricher"
    ):
        load_steps([EnrichingPlugin("bad", 5)]).extensions.manifest_enrichers()
