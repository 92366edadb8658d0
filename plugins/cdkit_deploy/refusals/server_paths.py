"""Reading paths as the API server writes them: `.spec.template.spec.containers[name="web"].image`. Pure."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from cdkit_deploy.difference.paths import item_path, member_path

_ITEM = re.compile(r'\[((?:[^\]"]|"(?:[^"\\]|\\.)*")*)\]')
_KEY = re.compile(r'([A-Za-z0-9_]+)=("(?:[^"\\]|\\.)*"|[^,]*)')


class Place(msgspec.Struct, frozen=True):
    """Where a path leads to.

    Attributes:
        path: the path as cdkit writes it.
        value: what stands there; unset where nothing does.
    """

    path: str
    value: Any = msgspec.UNSET


def look_up(manifest: Any, path: str) -> Place:
    """Follow a path of the server into an object.

    The server does not quote names: `.metadata.labels.app.kubernetes.io/name` is one label. So at each place the
    longest name that the object has there is taken.

    Args:
        manifest: the object.
        path: the path, with or without the dot at its beginning.
    """
    value, walked, rest = manifest, "", path if path.startswith((".", "[")) else f".{path}"
    while rest:
        if rest.startswith("["):
            value, step, rest = _item(value, rest)
            walked += step
        else:
            name, rest = _name(value, rest[1:])
            value = value.get(name, msgspec.UNSET) if isinstance(value, dict) else msgspec.UNSET
            walked = member_path(walked, name)
    return Place(walked, value)


def _name(value: Any, rest: str) -> tuple[str, str]:
    """The next name of a path, and what is behind it."""
    known = [name for name in value if _begins_with(rest, name)] if isinstance(value, dict) else []
    name = max(known, key=len, default=re.split(r"[.\[]", rest, maxsplit=1)[0])
    return name, rest[len(name) :]


def _begins_with(rest: str, name: str) -> bool:
    return rest.startswith(name) and (len(rest) == len(name) or rest[len(name)] in ".[")


def _item(value: Any, rest: str) -> tuple[Any, str, str]:
    """The item that a bracket names: by a number, or by the values of some of its fields."""
    match = _ITEM.match(rest)
    if match is None:
        return msgspec.UNSET, rest, ""
    behind, inside = rest[match.end() :], match[1]
    items = value if isinstance(value, list) else []
    if inside.isdecimal():
        return (items[int(inside)] if int(inside) < len(items) else msgspec.UNSET), f"[{inside}]", behind
    if isinstance(value, dict):
        return value.get(inside, msgspec.UNSET), member_path("", inside), behind
    key = {name: _read(text) for name, text in _KEY.findall(inside)}
    found = next((item for item in items if isinstance(item, dict) and _has(item, key)), msgspec.UNSET)
    return found, item_path("", key, list(key)) if key else f"[{inside}]", behind


def _has(item: dict[str, Any], key: dict[str, Any]) -> bool:
    """Whether an item has a key; a manifest may leave out what has a default, such as a port's protocol."""
    return all(item.get(name, wanted) == wanted for name, wanted in key.items()) and bool(key.keys() & item.keys())


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
