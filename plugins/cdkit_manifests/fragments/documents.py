"""Manifests in files: documents, Lists and Templates taken apart into fragments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

import msgspec

from cdkit.api import InvalidInput, Node, Problem, parse_documents
from cdkit_manifests.fragments.fragment import Fragment
from cdkit_manifests.fragments.kinds import API_VERSIONS, read_file_name
from cdkit_manifests.fragments.parameters import fill

ENDINGS = (".yaml", ".yml", ".json")
_NOT_MANIFESTS = frozenset({"Kustomization", "Component"})


def read_fragments(text: str, file: str, values: Mapping[str, str], problems: list[Problem]) -> list[Fragment]:
    """The fragments of a file.

    Args:
        text: what stands in it.
        file: its path, for positions; its name may say the kind and the name of what stands in it.
        values: the parameters that are known.
        problems: gets everything that is wrong.
    """
    try:
        documents = parse_documents(text, file)
    except InvalidInput as error:
        problems.extend(error.problems)
        return []
    found = []
    for document in documents:
        for item, known in _items(document, values):
            fragment = _fragment(fill(item, known, problems), file, problems)
            if fragment is not None:
                found.append(fragment)
    return found


def _items(node: Node, values: Mapping[str, str]) -> Iterator[tuple[Node, Mapping[str, str]]]:
    """The objects of a document, and the parameters of each: a Template brings values of its own."""
    kind = _text(node, "kind")
    if kind.endswith("List") and "items" in node.value:
        for item in _children(node, "items"):
            yield from _items(item, values)
    elif kind == "Template":
        known = _template_values(node) | dict(values)
        for item in _children(node, "objects"):
            yield from _items(item, known)
    else:
        yield node, values


def _template_values(node: Node) -> dict[str, str]:
    """The values that a Template brings for its parameters.

    https://docs.openshift.com/container-platform/latest/openshift_images/using-templates.html
    """
    named = [entry for entry in _children(node, "parameters") if _text(entry, "name")]
    return {_text(entry, "name"): _text(entry, "value") for entry in named if "value" in entry.value}


def _fragment(node: Node, file: str, problems: list[Problem]) -> Fragment | None:
    if not isinstance(node.value, dict):
        problems.append(Problem(f"Here stands {node.kind}; a Kubernetes object is wanted.", node.position))
        return None
    told = read_file_name(PurePosixPath(file).name.partition(".")[0])
    kind = _text(node, "kind") or told.kind
    if kind in _NOT_MANIFESTS:
        return None
    if not kind:
        remedy = f"Say `kind`, or let the file's name end with it: `{told.name}-deployment.yaml`."
        problems.append(Problem("It is not said what kind of object this is.", node.position, remedy))
        return None
    api_version = _text(node, "apiVersion")
    if not api_version and kind not in API_VERSIONS:
        message = f"The API of {kind!r} is not known here."
        problems.append(Problem(message, node.position, "Say `apiVersion`."))
        return None
    metadata = node.value.get("metadata")
    name = _text(metadata, "name") if metadata is not None else ""
    return Fragment(api_version, kind, name or told.name, _without_head(node))


def _without_head(node: Node) -> Node:
    """What is left to merge when kind and name are known."""
    children = {key: child for key, child in node.value.items() if key not in {"apiVersion", "kind"}}
    metadata = children.get("metadata")
    if metadata is not None and isinstance(metadata.value, dict):
        named = {key: child for key, child in metadata.value.items() if key != "name"}
        children["metadata"] = msgspec.structs.replace(metadata, value=named)
    return msgspec.structs.replace(node, value=children)


def _children(node: Node, key: str) -> list[Node]:
    child = node.value.get(key)
    return child.value if child is not None and isinstance(child.value, list) else []


def _text(node: Node, key: str) -> str:
    child = node.value.get(key) if isinstance(node.value, dict) else None
    return "" if child is None or isinstance(child.value, dict | list) else child.text
