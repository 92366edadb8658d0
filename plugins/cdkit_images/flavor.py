"""What holds for all tags of a build."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class Flavor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What holds for all tags of a build."""

    latest: Annotated[
        Literal["auto", "always", "never"],
        Meta(description="The tag `latest`: by itself with a version or a git tag that is no pre-release, or as said."),
    ] = "auto"
    prefix: Annotated[str, Meta(description="Stands before tags whose rule has no prefix of its own.")] = ""
    suffix: Annotated[str, Meta(description="Stands behind tags whose rule has no suffix of its own.")] = ""
