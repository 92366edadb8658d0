"""The settings of an application: properties and YAML as one list of keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from cdkit.api import EnvVar, ProjectFolder, Source
from cdkit_manifests.reading.data_file import DataFile
from cdkit_manifests.reading.properties_file import read_properties
from cdkit_manifests.reading.yaml_file import read_yaml
from cdkit_manifests.recognise.commands import HIGHEST_PORT

_PLACEHOLDER = re.compile(r"\$\{([^${}:]+)(?::-?([^${}]*))?\}")
_VARIABLE = re.compile(r"\$\{([A-Z][A-Z0-9_]+)\}")
_DEEPEST = 8


class Setting(msgspec.Struct, frozen=True):
    """A value, as it is written, and its place."""

    value: str
    source: Source


class Settings:
    """The settings of an application by key; of a key the letter case counts nothing, nor do dashes in it.

    Args:
        pairs: keys, values and places; of a key that is there twice the first one counts.
    """

    def __init__(self, pairs: Iterable[tuple[str, str, Source]]) -> None:
        self._settings: dict[str, Setting] = {}
        for key, value, source in pairs:
            self._settings.setdefault(_plain(key), Setting(value, source))

    def find(self, *keys: str) -> Setting | None:
        """The first of some keys that is set to something that is known, placeholders put in."""
        for key in keys:
            setting = self._settings.get(_plain(key))
            value = self._resolve(setting.value, _DEEPEST) if setting else ""
            if setting and value:
                return Setting(value, setting.source)
        return None

    def word(self, *keys: str) -> str:
        """The value of the first of some keys that is set; else nothing."""
        setting = self.find(*keys)
        return setting.value if setting else ""

    def is_true(self, key: str) -> bool:
        """Whether a key is set to true."""
        return self.word(key).lower() in {"true", "yes", "on"}

    def is_false(self, key: str) -> bool:
        """Whether a key is set to false."""
        return self.word(key).lower() in {"false", "no", "off"}

    def port(self, *keys: str) -> tuple[int, Source] | None:
        """A port, and where it stands; None where there is none, or one that is not known."""
        setting = self.find(*keys)
        if setting and setting.value.isdigit() and 0 < int(setting.value) <= HIGHEST_PORT:
            return int(setting.value), setting.source
        return None

    def required_variables(self) -> tuple[EnvVar, ...]:
        """The variables of the environment that values are made of and that have no default."""
        found = (name for setting in self._settings.values() for name in _VARIABLE.findall(setting.value))
        return tuple(EnvVar(name) for name in dict.fromkeys(found) if _plain(name) not in self._settings)

    def first_source(self) -> Source | None:
        """The place of the first setting whose value is made of variables."""
        return next((one.source for one in self._settings.values() if _VARIABLE.search(one.value)), None)

    def _resolve(self, text: str, depth: int) -> str:
        """The text with placeholders put in, from other settings and defaults; empty where one is not known."""
        for _ in range(_DEEPEST if depth else 0):
            match = _PLACEHOLDER.search(text)
            if match is None:
                return text
            other = self._settings.get(_plain(match[1]))
            value = self._resolve(other.value, depth - 1) if other else ""
            value = value or (match[2] or "")
            if not value and match[2] is None:
                return ""
            text = f"{text[: match.start()]}{value}{text[match.end() :]}"
        return ""


def read_settings(
    folder: ProjectFolder, files: Iterable[str], accept: Callable[[DataFile], bool] = lambda _: True
) -> Settings:
    """The settings of some files; the first one's first.

    Args:
        folder: the project.
        files: files of properties or YAML, from the project's folder; what is not there is left out.
        accept: whether a document of a YAML file counts.

    Raises:
        InvalidInput: a file is no YAML.
    """
    return Settings(pair for file in files for pair in _pairs(folder, file, accept))


def _pairs(folder: ProjectFolder, file: str, accept: Callable[[DataFile], bool]) -> Iterator[tuple[str, str, Source]]:
    if not folder.has(file):
        return
    if file.endswith(".properties"):
        properties = read_properties(folder, file)
        for key, value in properties.values.items():
            yield key, value, properties.source(key)
        return
    for document in filter(accept, read_yaml(folder, file)):
        for keys, value in _leaves(document.data, ()):
            yield ".".join(keys), value, document.source(*keys)


def _leaves(data: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    for key, value in data.items():
        keys = (*path, str(key))
        if isinstance(value, Mapping):
            yield from _leaves(value, keys)
        elif isinstance(value, list):
            yield keys, ",".join(str(item) for item in value if not isinstance(item, Mapping | list))
        elif value is not None:
            yield keys, str(value).lower() if isinstance(value, bool) else str(value)


def _plain(key: str) -> str:
    return re.sub(r"[-_]", "", key).lower()
