"""Names that Kubernetes takes."""

from __future__ import annotations

import re

LONGEST_LABEL = 63


def object_name(text: str) -> str:
    """A DNS label of a project's name: lower case letters, digits and dashes, 63 at most.

    A Service's name must begin with a letter, so `app-` comes before a digit.
    https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#rfc-1035-label-names
    """
    label = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    named = f"app-{label}" if label[:1].isdigit() else label
    return named[:LONGEST_LABEL].rstrip("-")


def label_value(text: str) -> str:
    """A label's value: letters, digits, dashes, underscores and dots, beginning and ending with one of the first two.

    https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
    """
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text)[:LONGEST_LABEL].strip("._-")
