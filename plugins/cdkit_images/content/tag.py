"""The form of a tag that names an image by all that it is made of."""

from __future__ import annotations

import re

TAG_LENGTH = 16
"""Hexadecimal digits: 64 bits, so that two images of one repository never share one by chance."""

_FORM = re.compile(rf"[0-9a-f]{{{TAG_LENGTH}}}")


def is_content_tag(tag: str) -> bool:
    """Whether a tag has the form of a content tag. No two images have the same one."""
    return _FORM.fullmatch(tag) is not None
