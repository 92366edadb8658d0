"""An object as it is to be, and as it is now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from cdkit.api import Manifest, ObjectRef
from cdkit_deploy.managed_fields import is_applied
from cdkit_deploy.strategies.controllers import NEXT, annotation


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One object of a deployment.

    Attributes:
        manifest: what is applied.
        live: the object now; None when there is none.
        is_as_wanted: whether applying it would change nothing.
        force: take over what other field managers have set to something else.
        is_of_new_kind: whether the definition of its kind comes with the same deployment.
    """

    manifest: Manifest
    live: Manifest | None = None
    is_as_wanted: bool = False
    force: bool = False
    is_of_new_kind: bool = False

    @classmethod
    def of(cls, manifest: Manifest, live: Manifest | None) -> Target:
        """A manifest, compared with what is there."""
        stays = live is not None and "deletionTimestamp" not in live["metadata"] and not annotation(live, NEXT)
        return cls(manifest=manifest, live=live, is_as_wanted=stays and is_applied(live or {}, manifest))

    @property
    def ref(self) -> ObjectRef:
        """Which object."""
        return ObjectRef.of(self.manifest)


def changes_of(targets: Iterable[Target]) -> Iterator[tuple[Manifest | None, Manifest]]:
    """The objects that are not as wanted, each as it is and as it is to be."""
    return ((target.live, target.manifest) for target in targets if not target.is_as_wanted)
