"""Plain YAML: one document an object, in the order in which they can be applied."""

from __future__ import annotations

from collections.abc import Sequence

import yaml

from cdkit.api import Manifest


def write(objects: Sequence[Manifest]) -> str:
    """The same objects give the same text, to the byte."""
    return yaml.safe_dump_all(objects, sort_keys=False, explicit_start=True, allow_unicode=True, width=1000)
