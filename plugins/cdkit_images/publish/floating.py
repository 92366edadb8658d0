"""Which tags may be moved from one image to another."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from cdkit.api import ImageReference, ObjectConflict, StepContext

_MOVING = ("type=ref,event=branch", "type=ref,event=pr", "type=edge", "type=schedule")
"""Rules whose tags stand for the newest of something; so does `latest`."""


class TagPolicy:
    """Decides whether a tag that a registry serves already may get another image.

    `latest`, `edge`, `nightly` and the tags of the build's own branch and pull request float by what they mean, and so
    does `1.2` when it is pushed together with `1.2.3`. A whole version and a content tag do when a pattern says so.

    Args:
        ctx: the step.
        references: all names that get the image.
        floating: further tags that float, with `*` for any part of them.
        overwrite: every tag may be moved.
    """

    def __init__(
        self, ctx: StepContext, references: Sequence[str], floating: Sequence[str], *, overwrite: bool
    ) -> None:
        self._ctx = ctx
        self._beside = [ImageReference.parse(reference).tag for reference in references]
        self._floating = floating
        self._overwrite = overwrite

    def may_move(self, tag: str) -> bool:
        """Whether a tag may get another image."""
        if self._overwrite or any(fnmatchcase(tag, pattern) for pattern in self._floating):
            return True
        if any(_is_head_of(tag, other) for other in self._beside):
            return True
        # Only now: to know who runs us takes time, and so does the import.
        from cdkit_images.tags import Flavor, name_tags, parse_rule

        rules = [parse_rule(rule) for rule in _MOVING]
        moving = name_tags(rules, self._ctx.build, Flavor(latest="always"), self._ctx.clock.now()).names
        return tag in {*moving, "nightly"} and not _is_version(tag)

    def require(self, reference: str, served: str, wanted: str) -> None:
        """Nothing, when the reference may get another image.

        Args:
            reference: what is in question.
            served: the digest by which the registry serves it.
            wanted: what is to be served.

        Raises:
            ObjectConflict: it may not.
        """
        tag = ImageReference.parse(reference).tag or "latest"
        if not self.may_move(tag):
            raise ObjectConflict(
                f"The registry serves {reference} already as another image: {served}, and not {wanted}.",
                remedy="Give the image a tag of its own. If this one is meant to move, name it in `floating`; "
                "`overwrite` moves it this once.",
            )


def _is_head_of(tag: str, other: str) -> bool:
    """Whether a tag such as `1.2` is the beginning of a whole version such as `1.2.3`."""
    from cdkit_images.tags.versions import Version

    version = Version.parse(other)
    return version is not None and not version.prerelease and other.startswith(f"{tag}.")


def _is_version(tag: str) -> bool:
    from cdkit_images.tags.versions import Version

    return Version.parse(tag) is not None
