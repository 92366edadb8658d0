"""The sign of life of who runs a test pod: as long as it comes, nobody takes the pod for an orphan."""

from __future__ import annotations

import threading

from cdkit.api import CdkitError, ObjectRef, StepContext
from cdkit_pods.ownership import LEASE, RENEWAL, expiring

PARTING_SECONDS = 5.0
"""How long the end waits for the thread; one that still waits for the network has nothing more to do."""


class Heartbeat:
    """Moves the expiry of an object in a thread of its own.

    Args:
        ctx: the step's context.
        ref: the object; what it owns or holds goes with it, and needs no expiry.
    """

    def __init__(self, ctx: StepContext, ref: ObjectRef) -> None:
        self._ctx = ctx
        self._ref = ref
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"renew-{ref.name}", daemon=True)

    def start(self) -> None:
        """Begin to renew."""
        self._thread.start()

    def renew(self) -> None:
        """Renew it once. A renewal that fails is no loss: four may, before anybody removes the object."""
        try:
            annotations = expiring(self._ctx.clock.now() + LEASE)
            self._ctx.cluster.patch(self._ref, {"metadata": {"annotations": annotations}}, "merge")
        except CdkitError:
            return

    def stop(self) -> None:
        """Renew it no more."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(PARTING_SECONDS)

    def _beat(self) -> None:
        # Real time, whatever the step's clock says: others see the object expire in theirs.
        while not self._over.wait(RENEWAL):
            self.renew()
