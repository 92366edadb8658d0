"""What a chart says of itself."""

from __future__ import annotations

import re
from typing import Any

from cdkit_manifests.bundle import Bundle
from cdkit_manifests.writers.file_names import file_name

UNKNOWN_VERSION = "0.1.0"
"""What `helm create` begins with."""

_VERSION = re.compile(r"v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(.*)", re.DOTALL)


def chart_metadata(bundle: Bundle) -> dict[str, Any]:
    """The content of `Chart.yaml`.

    https://helm.sh/docs/topics/charts/#the-chartyaml-file
    """
    known = {"description": bundle.description, "appVersion": bundle.version}
    return {
        "apiVersion": "v2",
        "name": file_name(bundle.name),
        "type": "application",
        "version": chart_version(bundle.version),
        **{name: value for name, value in known.items() if value},
    }


def chart_version(text: str) -> str:
    """A semantic version of what a project calls its version: `1.2rc1` is `1.2.0-rc1`.

    Args:
        text: the version as the project writes it; where it does not begin with a number, the chart has one of its own.
    """
    match = _VERSION.fullmatch(text.strip())
    if match is None:
        return UNKNOWN_VERSION
    numbers = ".".join(str(int(number or 0)) for number in match.group(1, 2, 3))
    before, _, build = match[4].partition("+")
    return numbers + _suffix("-", before) + _suffix("+", build)


def _suffix(sign: str, text: str) -> str:
    """Identifiers of letters, digits and dashes; a number may not begin with a zero."""
    words = [word for word in re.split(r"[^0-9A-Za-z-]+", text.lstrip("-.")) if word]
    joined = ".".join(str(int(word)) if word.isdecimal() else word for word in words)
    return f"{sign}{joined}" if joined else ""
