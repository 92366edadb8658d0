"""Objects against the types of a Kubernetes version: no unknown field, none of a wrong type, none missing."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any

from cdkit.api import Manifest
from cdkit_manifests.fields import Field, FieldPath
from cdkit_manifests.finding import Finding
from cdkit_manifests.identity import step_name
from cdkit_manifests.versions.library import definitions, kinds, known_versions
from cdkit_manifests.versions.version import KubernetesVersion

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

RULE = "schema"
METADATA = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
REMEDY = "Correct the field where it comes from; `kubectl explain` tells what it takes."

_NEEDS_SPEC = frozenset(
    {
        "CronJob",
        "DaemonSet",
        "Deployment",
        "HorizontalPodAutoscaler",
        "Ingress",
        "Job",
        "PersistentVolumeClaim",
        "Pod",
        "PodDisruptionBudget",
        "Service",
        "StatefulSet",
    }
)
"""Kinds that are nothing without a `spec`, which the schemas do not say."""

_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
}


def schema_findings(item: Manifest, version: KubernetesVersion) -> Iterator[Finding]:
    """What is wrong with an object's form. Of custom resources only the metadata are known.

    Args:
        item: the object.
        version: the version; one of those that there are schemas of.
    """
    group, _, name = item["apiVersion"].rpartition("/")
    kind = kinds(version).get((group, name, item["kind"]))
    if kind is None and group in _own_groups():
        what = f"is {item['apiVersion']!r}, and Kubernetes {version} has no {item['kind']} there"
        yield _finding(item, ("apiVersion",), what, _known_elsewhere(item["kind"], version))
        return
    where: FieldPath = () if kind else ("metadata",)
    errors = _validator(version, kind or METADATA).iter_errors(item if kind else item["metadata"])
    # A field that is missing is told of once for each that is.
    yield from dict.fromkeys(finding for error in errors for finding in _findings(item, where, error))
    if kind and item["kind"] in _NEEDS_SPEC and "spec" not in item:
        yield _finding(item, ("spec",), "is missing")


@cache
def _validator(version: KubernetesVersion, name: str) -> Validator:
    # The import takes 45 ms: not every command validates.
    from jsonschema.validators import Draft202012Validator

    registry, address = _registry(version)
    validator: Validator = Draft202012Validator({"$ref": f"{address}#/$defs/{name}"}, registry=registry)
    return validator


@cache
def _registry(version: KubernetesVersion) -> tuple[Any, str]:
    from referencing import Registry, Resource

    document = definitions(version)
    resource: Resource[Any] = Resource.from_contents(document)
    registry: Registry[Any] = resource @ Registry()
    return registry, document["$id"]


def _findings(item: Manifest, where: FieldPath, error: ValidationError) -> Iterator[Finding]:
    """An error of the schema in words; several where it is about several fields."""
    path = (*where, *_path(item[where[0]] if where else item, error))
    known: Any = error.schema
    wanted: Any = error.validator_value
    value: Any = error.instance
    if error.validator == "additionalProperties":
        for name in value:
            if name not in known["properties"]:
                yield _finding(item, (*path, name), "is not known", _suggestion(name, known["properties"]))
    elif error.validator == "required":
        for name in wanted:
            if name not in value:
                yield _finding(item, (*path, name), "is missing")
    elif error.validator == "enum":
        allowed = ", ".join(repr(word) for word in wanted if word is not None)
        yield _finding(item, path, f"must be one of {allowed}, not {_shown(value)}")
    elif error.validator in {"type", "oneOf"}:
        types = [wanted] if error.validator == "type" else [option["type"] for option in wanted]
        yield _finding(item, path, f"must be {_types(types)}, not {_shown(value)}")
    else:
        yield _finding(item, path, f"is wrong: {' '.join(error.message.split())[:200]}")


def _finding(item: Manifest, path: FieldPath, what: str, remedy: str = REMEDY) -> Finding:
    return Finding(RULE, Field(item["kind"], item["metadata"]["name"], path), what, remedy)


def _path(value: Any, error: ValidationError) -> FieldPath:
    """The way to where an error is, with entries of lists by what tells them apart."""
    path: list[str] = []
    for step in error.absolute_path:
        value = value[step]
        path.append(step if isinstance(step, str) else step_name(path[-1] if path else "", value, step))
    return tuple(path)


def _types(options: list[str | list[str]]) -> str:
    names = [name for option in options for name in ([option] if isinstance(option, str) else option)]
    return " or ".join(dict.fromkeys(_WORDS[name] for name in names if name != "null"))


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."  # noqa: PLR2004 -- what fits beside the field


def _suggestion(name: str, known: dict[str, Any]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"Did you mean {close[0]!r}?" if close else REMEDY


def _known_elsewhere(kind: str, version: KubernetesVersion) -> str:
    served = [f"{group}/{name}" if group else name for group, name, other in kinds(version) if other == kind]
    return f"It is in {' and '.join(served)}." if served else "Leave the object out, or write it for another version."


@cache
def _own_groups() -> frozenset[str]:
    """The API groups that Kubernetes has or had in any version; all others are of custom resources."""
    return frozenset(group for version in (known_versions()[0], known_versions()[-1]) for group, _, _ in kinds(version))
