"""How a field of an object is named: `spec.template.spec.containers[name=web].image`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

_PLAIN = re.compile(r"[A-Za-z0-9_/-]+")


def member_path(path: str, name: str) -> str:
    """The path of a member of an object; a name with a dot in it stands in brackets."""
    if not _PLAIN.fullmatch(name):
        return f"{path}[{json.dumps(name, ensure_ascii=False)}]"
    return f"{path}.{name}" if path else name


def item_path(path: str, item: Mapping[str, Any], names: Sequence[str]) -> str:
    """The path of an item of a list, which is known by the values of some of its fields."""
    return f"{path}[{','.join(f'{name}={item[name]}' for name in names)}]"
