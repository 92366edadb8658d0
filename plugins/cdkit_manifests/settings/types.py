"""The types that settings are made of."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

PortNumber = Annotated[int, Meta(ge=1, le=65535)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Percent = Annotated[str, Meta(pattern=r"^[0-9]{1,3}%$")]
Text = Annotated[str, Meta(min_length=1)]
Scalar = str | int | float | bool
ObjectName = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$(?!\n)",
        title="the name of an object: lower case letters, digits, dashes and dots",
    ),
]
"""The name of an object that is in the cluster; https://kubernetes.io/docs/concepts/overview/working-with-objects/names/"""


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The base of a group of settings."""
