"""YAML for people: texts of several lines as blocks, and long ones on one line."""

from __future__ import annotations

from typing import Any

import yaml

GENERATED = "# Made by `cdkit generate-integrations` from the options of the steps. Change those, and run it again.\n"


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def yaml_text(document: Any) -> str:
    """A document as YAML, with its keys in their order."""
    return str(yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000))
