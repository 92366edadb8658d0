"""One setting, however the language of a file spells names: `pull_secrets`, `pull-secrets`, `pullSecrets`."""

from __future__ import annotations

from typing import Any, get_args, get_origin

import msgspec

from cdkit.api import Node


def in_our_spelling(node: Node, wanted: Any) -> Node:
    """The same node, with the names of settings as the model has them. Names that are the user's own stay as they are.

    Args:
        node: what was read.
        wanted: the type that it is to become.
    """
    if not isinstance(node.value, dict):
        return node
    struct = _member(wanted, msgspec.Struct)
    if struct is not None:
        return _renamed(node, struct)
    held = next((get_args(member)[1] for member in members_of(wanted) if get_origin(member) is dict), None)
    children = {key: in_our_spelling(child, held) for key, child in node.value.items()}
    return msgspec.structs.replace(node, value=children)


def _renamed(node: Node, struct: type[msgspec.Struct]) -> Node:
    fields = {folded(field.encode_name): field for field in msgspec.structs.fields(struct)}
    children: dict[str, Node] = {}
    keys = {}
    for key, child in node.value.items():
        field = fields.get(folded(key))
        name = field.encode_name if field else key
        # Said twice in two spellings: the second stays as it is, so that it is reported.
        name = key if name in children else name
        children[name] = in_our_spelling(child, field.type) if field else child
        keys[name] = node.keys.get(key, child.position)
    return msgspec.structs.replace(node, value=children, keys=keys)


def folded(name: str) -> str:
    """A name without what spellings differ in."""
    return name.replace("-", "").replace("_", "").lower()


def _member(wanted: Any, base: type) -> Any:
    return next(
        (member for member in members_of(wanted) if isinstance(member, type) and issubclass(member, base)), None
    )


def members_of(wanted: Any) -> tuple[Any, ...]:
    """The types that a value may have, without their annotations and without those of what they hold."""
    if hasattr(wanted, "__metadata__"):
        return members_of(get_args(wanted)[0])
    if get_origin(wanted) in {None, dict, list, tuple} or wanted is None:
        return (wanted,)
    return tuple(member for part in get_args(wanted) for member in members_of(part))
