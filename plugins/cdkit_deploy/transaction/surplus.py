"""What earlier deployments left, and this one no longer has: which of it goes, and why the rest stays. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from cdkit.api import Manifest, ObjectRef
from cdkit_deploy.prepare import MANAGED_BY, OWNER, US
from cdkit_deploy.transaction.baseline import Baseline
from cdkit_deploy.transaction.live import Key, Live
from cdkit_deploy.transaction.options import DeployOptions
from cdkit_deploy.transaction.place import Place
from cdkit_deploy.undo import Before

PRUNE = "cdkit.dev/prune"
"""Annotation: `never` keeps an object, `always` lets even a PersistentVolumeClaim, a Namespace or an object outside of
the deployment's namespace go."""

PROTECTED = frozenset({"PersistentVolumeClaim", "Namespace"})
"""Kinds that hold what no deployment can bring back."""


class Surplus(msgspec.Struct, frozen=True):
    """What to do with what is left over.

    Attributes:
        removed: these go.
        put_back: these were somebody else's before an interrupted deployment took them: they become as they were.
        kept: manifests of what stays a part of the application, although nobody wants it any more.
        reasons: for each that stays, why.
    """

    removed: tuple[ObjectRef, ...] = ()
    put_back: tuple[Before, ...] = ()
    kept: tuple[Manifest, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def is_work(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.removed or self.put_back)


class Fate(msgspec.Struct, frozen=True):
    """What becomes of an object that nobody wants any more.

    Attributes:
        verb: `remove` it, `keep` it as a part of the application, or `forget` that it ever was one.
        reason: why it stays; empty where that needs no words.
    """

    verb: Literal["remove", "keep", "forget"]
    reason: str = ""


def surplus_of(
    baseline: Baseline, wanted: Iterable[Manifest], live: Live, place: Place, options: DeployOptions
) -> Surplus:
    """What to do with all that the verified revision or an interrupted deployment has, and this one has not.

    Args:
        baseline: what was deployed before.
        wanted: what is to be deployed.
        live: what is there of all these.
        place: who deploys, and where.
        options: how to deploy.
    """
    stays = {Key.of(ObjectRef.of(item)) for item in wanted}
    known = [item for item in baseline.contents.objects if Key.of(ObjectRef.of(item)) not in stays]
    new = [item for item in baseline.before if Key.of(item.ref) not in stays]
    fates = [(item, _fate(item, live.get(Key.of(ObjectRef.of(item))), place, options)) for item in known]
    return Surplus(
        removed=(
            *(ObjectRef.of(item) for item, fate in fates if fate.verb == "remove"),
            *(item.ref for item in new if item.live is None and _is_left_over(item.ref, live, place, options)),
        ),
        put_back=tuple(item for item in new if item.live is not None and place.owns(live.get(Key.of(item.ref)))),
        kept=tuple(item for item, fate in fates if fate.verb == "keep"),
        reasons=tuple(f"{ObjectRef.of(item)} stays: {fate.reason}." for item, fate in fates if fate.reason),
    )


def _fate(recorded: Manifest, live: Manifest | None, place: Place, options: DeployOptions) -> Fate:
    if not options.chooses(recorded["kind"]):
        return Fate("keep")
    if live is None:
        return Fate("forget")
    marks = (live["metadata"].get("annotations") or {}).get(PRUNE)
    if marks == "never":
        return Fate("forget", f"its annotation {PRUNE} says so")
    if stranger := _stranger(recorded, live, place):
        return Fate("forget", f"{stranger} has it now")
    if options.prune == "off":
        return Fate("keep", "nothing is pruned, as `prune: off` says")
    if marks == "always":
        return Fate("remove")
    if recorded["kind"] in PROTECTED and not options.prune_protected:
        return Fate("keep", "what it holds could not be brought back; `prune_protected` removes it too")
    if live["metadata"].get("namespace") != place.namespace and recorded["kind"] not in PROTECTED:
        return Fate("keep", f"it is outside of the namespace {place.namespace!r}")
    return Fate("remove")


def _is_left_over(ref: ObjectRef, live: Live, place: Place, options: DeployOptions) -> bool:
    """Whether an interrupted deployment made an object that this one does not want."""
    now = live.get(Key.of(ref))
    return now is not None and place.owns(now) and _fate(now, now, place, options).verb == "remove"


def _stranger(recorded: Manifest, live: Manifest, place: Place) -> str:
    """Who else says that an object is his; empty when nobody does."""
    if not place.owns(live):
        owner = (live["metadata"].get("annotations") or {}).get(OWNER)
        return f"the deployment {owner}" if owner else "somebody else"
    manager = (live["metadata"].get("labels") or {}).get(MANAGED_BY)
    if manager not in {US, None, (recorded["metadata"].get("labels") or {}).get(MANAGED_BY)}:
        return str(manager)
    return ""
