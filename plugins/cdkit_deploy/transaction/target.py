"""An object as it is to be, and as it is now."""

from __future__ import annotations

import msgspec

from cdkit.api import Manifest, ObjectRef
from cdkit_deploy.managed_fields import is_applied


class Target(msgspec.Struct, frozen=True):
    """One object of a deployment.

    Attributes:
        manifest: what is applied.
        live: the object now; None when there is none.
        force: take over what other field managers have set to something else.
        is_of_new_kind: whether the definition of its kind comes with the same deployment.
    """

    manifest: Manifest
    live: Manifest | None = None
    force: bool = False
    is_of_new_kind: bool = False

    @property
    def ref(self) -> ObjectRef:
        """Which object."""
        return ObjectRef.of(self.manifest)

    @property
    def is_as_wanted(self) -> bool:
        """Whether applying it would change nothing."""
        if self.live is None or "deletionTimestamp" in self.live["metadata"]:
            return False
        return is_applied(self.live, self.manifest)
