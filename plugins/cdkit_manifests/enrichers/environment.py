"""Environment variables: values, and where others get theirs from."""

from __future__ import annotations

import re
from typing import Any

from cdkit.api import Source
from cdkit_manifests.draft import Draft, Place
from cdkit_manifests.settings.parts import EnvFrom, EnvSource
from cdkit_manifests.wish import Wish

_LEGAL = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
"""What every version of Kubernetes takes as the name of a variable."""
_DOCKERFILE = "Dockerfile"


def enrich(wish: Wish, draft: Draft) -> None:
    """Write what was said, and what the project's metadata sets for running it."""
    # Variables that Kubernetes makes of Services take the application's own names: ROCKET_PORT is no port then.
    draft.pod.put("enableServiceLinks", value=False)
    _from_metadata(wish, draft)
    write_variables(wish, draft, draft.container, wish.settings.env, ("env",))
    for source in wish.settings.env_from:
        _write_all_of(wish, draft, source)


def write_variables(
    wish: Wish, draft: Draft, container: Place, variables: dict[str, str | EnvSource], path: tuple[str, ...]
) -> None:
    """Write variables into a container.

    Args:
        wish: knows where each was said.
        draft: is told what is wrong.
        container: the container.
        variables: by name.
        path: where in the settings they stand.
    """
    for name, value in variables.items():
        source = wish.source(*path, name)
        if not _LEGAL.fullmatch(name):
            draft.refuse(f"{name!r} cannot be the name of an environment variable.", source)
        written = _reference(draft, name, value, source) if isinstance(value, EnvSource) else {"value": value}
        if "\0" in str(written.get("value", "")):
            draft.refuse(f"The value of {name!r} holds a zero byte, which no environment can.", source)
        container.append("env", {"name": name, **written}, source)


def _reference(draft: Draft, name: str, said: EnvSource, source: Source | None) -> dict[str, Any]:
    key = {"key": said.key or name} | ({} if said.optional is None else {"optional": said.optional})
    ways: dict[str, dict[str, Any]] = {}
    if said.value is not None:
        ways["value"] = {"value": said.value}
    if said.config:
        ways["config"] = {"configMapKeyRef": {"name": draft.data_name("ConfigMap", said.config), **key}}
    if said.secret:
        ways["secret"] = {"secretKeyRef": {"name": draft.data_name("Secret", said.secret), **key}}
    if said.field:
        ways["field"] = {"fieldRef": {"fieldPath": said.field}}
    if said.resource:
        ways["resource"] = {"resourceFieldRef": {"resource": said.resource}}
    if len(ways) != 1:
        found = " and ".join(f"`{way}`" for way in ways) or "none of them"
        message = f"{name!r} takes one of `value`, `config`, `secret`, `field` and `resource`; it has {found}."
        draft.refuse(message, source)
        return {}
    ((way, written),) = ways.items()
    return written if way == "value" else {"valueFrom": written}


def _write_all_of(wish: Wish, draft: Draft, said: EnvFrom) -> None:
    source = wish.source("env_from")
    if bool(said.config) == bool(said.secret):
        draft.refuse("An entry of `env_from` takes either `config` or `secret`.", source)
        return
    field, kind, name = (
        ("configMapRef", "ConfigMap", said.config) if said.config else ("secretRef", "Secret", said.secret)
    )
    reference: dict[str, Any] = {"name": draft.data_name(kind, name)}
    if said.optional is not None:
        reference["optional"] = said.optional
    entry: dict[str, Any] = {field: reference}
    if said.prefix:
        entry["prefix"] = said.prefix
    draft.container.append("envFrom", entry, source)


def _from_metadata(wish: Wish, draft: Draft) -> None:
    """What a compose file sets is needed in a cluster too; what a Dockerfile sets is in the image already."""
    for fact in wish.project.candidates.get("env", ()):
        if fact.source.file.rpartition("/")[2].startswith(_DOCKERFILE):
            continue
        for variable in fact.value:
            said = variable.name in wish.settings.env
            if said or not _LEGAL.fullmatch(variable.name):
                continue
            if variable.value is not None:
                draft.container.append("env", {"name": variable.name, "value": variable.value}, fact.source)
            elif not wish.settings.env_from:
                draft.warn(f"It reads {variable.name} ({fact.source}), and nothing sets it; say it under `env`.")
