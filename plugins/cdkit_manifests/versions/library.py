"""The schemas of Kubernetes' own types, a file for each version, as the package kubernetes-validate brings them.

Only its files are used: its function gives the first mistake of an object, and reads two files for each.
"""

from __future__ import annotations

from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

from cdkit.api import StepBroken, decode_json
from cdkit_manifests.versions.version import KubernetesVersion

_FOLDER = "kubernetes-json-schema"
_STRICT = "v*-local-strict"
"""Of the variants of a version the one that knows no fields but those of its types."""

Group = str
Kind = tuple[Group, str, str]
"""API group, version and kind."""


@cache
def known_versions() -> tuple[KubernetesVersion, ...]:
    """The versions that there are schemas of, the oldest first."""
    return tuple(sorted(KubernetesVersion.parse(path.name) for path in _folder().glob(_STRICT)))


@cache
def definitions(version: KubernetesVersion) -> dict[str, Any]:
    """The document that holds all types of a version, under `$defs`."""
    (path,) = _folder().glob(f"v{version}.*-local-strict/_definitions.json")
    document: dict[str, Any] = decode_json(path.read_bytes())
    return document


@cache
def kinds(version: KubernetesVersion) -> dict[Kind, str]:
    """The name of the type of each kind that a version serves."""
    found = {}
    for name, schema in definitions(version)["$defs"].items():
        for kind in schema.get("x-kubernetes-group-version-kind", ()):
            found[kind["group"], kind["version"], kind["kind"]] = name
    return found


def nearest(version: KubernetesVersion) -> KubernetesVersion:
    """The version whose schemas serve for a version: itself, else the oldest or the newest that there is."""
    known = known_versions()
    return min(max(version, known[0]), known[-1])


@cache
def _folder() -> Path:
    # To import the package would cost 80 ms, most of it for what is not used. `importlib.util` would not find it where
    # the cluster's client has hidden it from the kubernetes package, which would import it.
    found = PathFinder.find_spec("kubernetes_validate")
    if found is None or not found.submodule_search_locations:
        raise StepBroken("The package kubernetes-validate, which holds the schemas of Kubernetes, is not installed.")
    return Path(found.submodule_search_locations[0]) / _FOLDER
