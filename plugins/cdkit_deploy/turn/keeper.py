"""Keeping the Lease while the work goes on, and giving it up behind it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from cdkit.api import CdkitError, Manifest, ObjectConflict, ObjectNotFound, ObjectRef, Refused, StepContext
from cdkit_deploy.ledger.names import Deployment
from cdkit_deploy.turn.holder import Holder
from cdkit_deploy.turn.lease import SECONDS, Lease, read_lease, released, renewed

EVERY_SECONDS = SECONDS / 3
"""How often a Lease is renewed: it survives one request that is lost and one that is late."""

PARTING_SECONDS = 5.0
"""How long giving up waits for the thread; one that still waits for the network has nothing more to do."""


class Keeper:
    """Holds a Lease, renews it in a thread of its own, and stops the step when it is lost.

    An API server that is away is no loss: nobody else can take the Lease meanwhile. The next renewal tells.

    Args:
        ctx: the step's context; its cancellation stops the work.
        ref: the Lease.
        deployment: what it is about.
        holder: ourselves.
        lease: the Lease, as we took it.
    """

    def __init__(self, ctx: StepContext, ref: ObjectRef, deployment: Deployment, holder: Holder, lease: Lease) -> None:
        self._ctx = ctx
        self._ref = ref
        self._deployment = deployment
        self._holder = holder
        self._lease = lease
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"keep-{ref.name}", daemon=True)

    def start(self) -> None:
        """Begin to renew it."""
        self._thread.start()

    def renew(self) -> None:
        """Renew it once; when somebody else has it, or wants it for a newer commit, the step is stopped."""
        with self._lock:
            if self._over.is_set():
                return
            try:
                self._lease = self._write(lambda lease: renewed(lease, self._holder, self._ctx.clock.now()))
            except CdkitError:
                # Whatever the server says now: the next renewal tells whether it was a passing trouble.
                return
            if not self._is_ours(self._lease):
                self._stop(f"{self._lease.holder or 'somebody else'} has taken over the deployment of")
            elif self._lease.superseded_by is not None:
                self._stop(f"{self._lease.superseded_by} deploys a newer commit of")

    def release(self) -> None:
        """Give it up, and end the thread."""
        with self._lock:
            if self._over.is_set() and not self._is_ours(self._lease):
                return
            self._over.set()
            try:
                self._lease = self._write(released)
            except CdkitError as error:
                message = f"{self._ref} could not be given up; it runs out by itself in {SECONDS} s: {error.message}"
                self._ctx.warn(message)
        self._thread.join(PARTING_SECONDS)

    def _keep(self) -> None:
        # Real time, whatever the step's clock says: others see the Lease run out in theirs.
        while not self._over.wait(EVERY_SECONDS):
            if not self._holder.is_described:
                # To ask git takes longer than many a change of an image, which is done before this.
                self._holder = self._holder.described_by(self._ctx.build)
            self.renew()

    def _write(self, change: Callable[[Lease], Manifest]) -> Lease:
        """Change the Lease as long as it is ours, whatever others have written into it; gives it as it is then."""
        cluster = self._ctx.cluster
        try:
            return read_lease(cluster.patch(self._ref, change(self._lease), "merge"))
        except (ObjectConflict, ObjectNotFound):
            live = cluster.get(self._ref)
        lease = read_lease(live) if live is not None else Lease(version="")
        return read_lease(cluster.patch(self._ref, change(lease), "merge")) if self._is_ours(lease) else lease

    def _is_ours(self, lease: Lease) -> bool:
        return lease.holder is not None and lease.holder.is_same_as(self._holder)

    def _stop(self, why: str) -> None:
        self._over.set()
        message = f"{why[:1].upper()}{why[1:]} {self._deployment}."
        left = "This deployment has stopped, and left everything as it was then: the other one goes on from there."
        self._ctx.cancellation.cancel(Refused(f"{message} {left}"))
