"""app.json: what a platform is told of an application.

https://devcenter.heroku.com/articles/app-json-schema
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cdkit.api import EnvVar, Fact, ProjectFolder
from cdkit_manifests.reading.data_file import as_word
from cdkit_manifests.reading.json_file import read_json
from cdkit_manifests.recognise.secrets import may_be_secret

FILE = "app.json"
_WORDS = {
    "name": ("name",),
    "description": ("description",),
    "homepage": ("website",),
    "repository": ("repository",),
    "icon": ("logo",),
}


def read(folder: ProjectFolder) -> Iterator[Fact]:
    """What it says of the application. React Native has a file of the same name, which says other things.

    Raises:
        InvalidInput: it is no JSON.
    """
    document = read_json(folder, FILE)
    if "expo" in document.data or "displayName" in document.data:
        return
    yield from document.word_facts(_WORDS)
    variables = tuple(_variable(name, value) for name, value in document.table("env").items())
    if variables:
        yield Fact("env", variables, document.source("env"))


def _variable(name: str, given: object) -> EnvVar:
    told = given if isinstance(given, Mapping) else {"value": given}
    value = as_word(told.get("value"))
    hidden = not value or "generator" in told or may_be_secret(name, value)
    return EnvVar(name) if hidden else EnvVar(name, value)
