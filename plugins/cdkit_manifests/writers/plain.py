"""Plain YAML: one document an object, in the order in which they can be applied."""

from __future__ import annotations

from collections.abc import Sequence

import yaml

from cdkit.api import Manifest


class _WithoutAliases(yaml.SafeDumper):
    """Writes a value that stands at two places twice: `&id001` is nothing for people."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def write(objects: Sequence[Manifest]) -> str:
    """The same objects give the same text, to the byte."""
    return yaml.dump_all(
        objects, Dumper=_WithoutAliases, sort_keys=False, explicit_start=True, allow_unicode=True, width=1000
    )
