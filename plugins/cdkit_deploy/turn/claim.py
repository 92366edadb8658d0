"""Taking the Lease: at once where it is free, else when its holder gives it up or is gone."""

from __future__ import annotations

from functools import cached_property, partial

from cdkit.api import Manifest, ObjectConflict, ObjectNotFound, ObjectRef, Refused, StepContext
from cdkit_deploy.ledger.names import Deployment
from cdkit_deploy.transaction.patience import patiently
from cdkit_deploy.turn.holder import Holder
from cdkit_deploy.turn.lease import Lease, new_lease, read_lease, superseded, taken
from cdkit_deploy.turn.options import TurnOptions

LOOK_SECONDS = 1.0
"""How often a Lease that somebody else holds is looked at. A watch would need one more permission."""


class Claim:
    """The claim of one step to be the only one that deploys.

    Args:
        ctx: the step's context.
        ref: the Lease.
        deployment: what it is about.
        options: what to do while somebody else holds it.
        holder: ourselves.
    """

    def __init__(
        self, ctx: StepContext, ref: ObjectRef, deployment: Deployment, options: TurnOptions, holder: Holder
    ) -> None:
        self._ctx = ctx
        self._ref = ref
        self._deployment = deployment
        self._options = options
        self._holder = holder
        self._sign: tuple[str, str, int] | None = None
        self._seen_at = 0.0
        self._is_alive = False
        self._said = ""

    def wait_for_turn(self) -> Lease:
        """Take the Lease, as soon as nobody else holds it.

        Raises:
            Refused: somebody else holds it, and is not to be waited for; or what he deploys is newer.
            CdkitError: the reason of the cancellation, or what the API server says.
        """
        while True:
            live = self._ctx.cluster.get(self._ref)
            lease = read_lease(live) if live is not None else None
            if lease is None or self._is_free(lease):
                mine = patiently(self._ctx, str(self._ref), partial(self._take, lease))
                if mine is not None:
                    return mine
            else:
                self._make_way_or_ask_for_it(lease)
                # Whatever was seen before: somebody else changes it meanwhile.
                self._ctx.forget()
                self._ctx.sleep(LOOK_SECONDS)

    @cached_property
    def _described(self) -> Holder:
        """Ourselves with our commit: asked for only when somebody else is there."""
        return self._holder if self._holder.is_described else self._holder.described_by(self._ctx.build)

    def _is_free(self, lease: Lease) -> bool:
        """Whether nobody holds it: it was given up, or was not renewed for as long as we have looked at it.

        The time that stands in it is compared with none of ours: clocks differ.
        """
        if lease.holder is None or lease.holder.is_same_as(self._holder):
            return True
        now = self._ctx.clock.monotonic()
        if lease.sign_of_life != self._sign:
            self._is_alive = self._sign is not None
            self._sign, self._seen_at = lease.sign_of_life, now
        if now - self._seen_at < lease.seconds:
            return False
        self._ctx.say(f"{lease.holder} has not been heard of for {lease.seconds:.0f} s: taking over from it.")
        return True

    def _take(self, lease: Lease | None) -> Lease | None:
        """Take it, unless somebody else was quicker."""
        now, cluster = self._ctx.clock.now(), self._ctx.cluster
        try:
            if lease is None:
                live: Manifest = cluster.create(new_lease(self._ref, self._deployment.labels, self._holder, now))
            else:
                live = cluster.patch(self._ref, taken(lease, self._holder, now), "merge")
        except ObjectConflict:
            return None
        except ObjectNotFound:
            if lease is None:
                raise
            return None
        return read_lease(live)

    def _make_way_or_ask_for_it(self, lease: Lease) -> None:
        """Refuse, wait, or tell the holder to stop."""
        holder = lease.holder
        if holder is None:
            return
        if not holder.is_step_of(self._holder.run_id):
            self._refuse_to_follow(holder)
            if lease.superseded_by is not None and not lease.superseded_by.is_same_as(self._holder):
                self._refuse_to_follow(lease.superseded_by)
            if self._options.on_busy == "fail" and self._is_alive:
                raise Refused(f"{_capital(str(holder))} deploys {self._deployment} now.")
            if self._options.on_busy == "supersede" and self._is_newer_than(holder):
                self._supersede(lease)
        self._wait_for(holder)

    def _refuse_to_follow(self, other: Holder) -> None:
        """A newer commit is on its way: ours would be refused behind it."""
        if self._options.allow_older or not other.commit or not self._described.commit:
            return
        if self._ctx.commits.position(self._described.commit, other.commit) == "behind":
            raise Refused(f"{_capital(str(other))} deploys a newer commit of {self._deployment}.")

    def _is_newer_than(self, other: Holder) -> bool:
        ours = self._described.commit
        return bool(ours and other.commit) and self._ctx.commits.position(ours, other.commit) == "ahead"

    def _supersede(self, lease: Lease) -> None:
        if lease.superseded_by is not None and lease.superseded_by.is_same_as(self._holder):
            return
        try:
            self._ctx.cluster.patch(self._ref, superseded(lease, self._described), "merge")
        except (ObjectConflict, ObjectNotFound):
            # It was renewed or given up in this moment: the next look tells.
            return
        self._ctx.say(f"{lease.holder} was told to stop: its commit is older.")

    def _wait_for(self, holder: Holder) -> None:
        what = f"{holder} to end its deployment of {self._deployment}"
        if what != self._said:
            self._ctx.waiting(what)
            self._said = what


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
