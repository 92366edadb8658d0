"""What a person can choose about tags that serve another image already."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

Floating = Annotated[
    list[str],
    Meta(
        description="Tags that may move from another image to this one, `*` for any part of them. `latest`, "
        "`edge`, `nightly` and the tags of the build's branch and pull request may anyway."
    ),
]
Overwrite = Annotated[bool, Meta(description="Let every tag move from another image to this one.")]
