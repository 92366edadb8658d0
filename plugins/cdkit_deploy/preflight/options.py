"""What a person can choose about looking ahead."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

Preflight = Annotated[
    Literal["all", "off"],
    Meta(
        description="Look, before anything is changed, whether it can work: permissions, images, what is referred to, "
        "quotas, nodes, and a dry run of every object. `off` goes ahead without looking."
    ),
]
