"""Reading manifests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import yaml

from cdkit.api import InvalidInput, Manifest, ObjectRef, StepContext
from cdkit_deploy.order import in_order

CLUSTER_WIDE = frozenset(
    {
        "APIService",
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "IngressClass",
        "MutatingWebhookConfiguration",
        "Namespace",
        "PersistentVolume",
        "PriorityClass",
        "StorageClass",
        "ValidatingWebhookConfiguration",
    }
)


class _JsonLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # as this PyYAML was built
    """Reads what JSON can hold: a date stays text, as the API server wants it."""


_JsonLoader.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: str(node.value))


class _Parsed(msgspec.Struct, frozen=True):
    """The objects of files, and the bytes that they were read from."""

    files: Mapping[Path, bytes]
    objects: list[Manifest]


def manifests_of_step(ctx: StepContext, path: Path) -> list[Manifest]:
    """The manifests of a step. Files that are as they were in its check are not parsed again.

    Raises:
        InvalidInput: as `read_manifests` says.
    """
    files = _read(path)
    known = ctx.kept(_Parsed)
    if known is None or known.files != files:
        known = _Parsed(files, _parsed(files, path, ctx.namespace))
        ctx.keep(known)
    return known.objects


def read_manifests(path: Path, namespace: str) -> list[Manifest]:
    """The objects of a file, or of every YAML file of a folder, in the order in which they are applied.

    Args:
        path: a file or a folder.
        namespace: where objects go that name no namespace.

    Raises:
        InvalidInput: there is nothing to read, something in it is not a Kubernetes object, or an object is there twice.
    """
    return _parsed(_read(path), path, namespace)


def _read(path: Path) -> dict[Path, bytes]:
    """The bytes of all files."""
    files = sorted([*path.glob("*.yaml"), *path.glob("*.yml")]) if path.is_dir() else [path]
    return {file: _bytes(file) for file in files}


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"The manifests {file} cannot be read: {error.strerror}.") from error


def _parsed(files: Mapping[Path, bytes], path: Path, namespace: str) -> list[Manifest]:
    objects = [_placed(item, namespace) for file, text in files.items() for item in _documents(file, text)]
    if not objects:
        raise InvalidInput(f"There are no manifests in {path}.")
    _refuse_duplicates(objects, path)
    return in_order(objects)


def _placed(item: Manifest, namespace: str) -> Manifest:
    """An object in its namespace. What it was read from stays as it is: an alias of YAML may stand elsewhere too."""
    if item["kind"] in CLUSTER_WIDE or item["metadata"].get("namespace"):
        return item
    return item | {"metadata": {**item["metadata"], "namespace": namespace}}


def _refuse_duplicates(objects: Sequence[Manifest], path: Path) -> None:
    seen: set[ObjectRef] = set()
    for ref in map(ObjectRef.of, objects):
        if ref in seen:
            where = f" in namespace {ref.namespace}" if ref.namespace else ""
            raise InvalidInput(f"{ref}{where} is more than once in {path}.", remedy="Keep one of them.")
        seen.add(ref)


def _documents(file: Path, text: bytes) -> list[Manifest]:
    try:
        documents = list(yaml.load_all(text.decode("utf-8"), Loader=_JsonLoader))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InvalidInput(f"The manifests {file} are not YAML: {_fault(error)}.") from error
    return [_checked(item, file) for document in documents if document is not None for item in _items(document)]


def _fault(error: Exception) -> str:
    """What is wrong, and where; not what stands there, as PyYAML itself would say: it may be the value of a Secret."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        mark = error.problem_mark
        return f"line {mark.line + 1}, column {mark.column + 1}: {error.problem}"
    if isinstance(error, RecursionError):
        return "they are nested too deeply"
    # Of a text that cannot be decoded; else a tag of its own asks for a type that the value is not of.
    return str(getattr(error, "reason", "") or "a value is not of the type that its tag names")


def _items(document: object) -> Sequence[object]:
    if not isinstance(document, dict) or document.get("kind") != "List":
        return [document]
    items = document.get("items") or []
    return items if isinstance(items, list) else [items]


def _checked(item: object, file: Path) -> Manifest:
    if isinstance(item, dict) and isinstance(item.get("metadata"), dict):
        named = [item.get("apiVersion"), item.get("kind"), item["metadata"].get("name")]
        if all(isinstance(value, str) and value for value in named):
            return item
    raise InvalidInput(f"A document in {file} is not a Kubernetes object: it needs apiVersion, kind and metadata.name.")
