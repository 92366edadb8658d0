"""What is wanted of each object, beside what is there. Only reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from cdkit.api import Manifest, ObjectRef, StepContext
from cdkit_deploy.definitions import defined_kinds
from cdkit_deploy.prepare import prepared
from cdkit_deploy.transaction.autoscaled import without_autoscaled_replicas
from cdkit_deploy.transaction.live import Key, Live, look_at
from cdkit_deploy.transaction.options import DeployOptions
from cdkit_deploy.transaction.place import Place
from cdkit_deploy.transaction.target import Target


class Comparison(msgspec.Struct, frozen=True):
    """The objects of a deployment, compared with the cluster.

    Attributes:
        wanted: every object that the options choose, as it is applied.
        targets: those of them that are to be there after it.
        live: what is there of all these, and of what else was asked for.
    """

    wanted: tuple[Manifest, ...]
    targets: tuple[Target, ...]
    live: Live


def compare(
    ctx: StepContext,
    objects: Sequence[Manifest],
    place: Place,
    options: DeployOptions,
    others: Iterable[ObjectRef] = (),
) -> Comparison:
    """Compare what is wanted with what is there, in few requests.

    Args:
        ctx: the step's context.
        objects: the manifests.
        place: who deploys, and where.
        options: how to deploy.
        others: what else to look at.
    """
    wanted = _wanted(ctx, objects, place, options)
    live = look_at(ctx, [*map(ObjectRef.of, wanted), *others])
    targets = tuple(target for target in _targets(wanted, live) if options.create or target.live is not None)
    return Comparison(wanted, targets, live)


def compare_blindly(ctx: StepContext, objects: Sequence[Manifest], place: Place, options: DeployOptions) -> Comparison:
    """The same where the account may not see what is there: as if there were nothing."""
    wanted = _wanted(ctx, objects, place, options)
    return Comparison(wanted, tuple(_targets(wanted, {})), {})


def _wanted(
    ctx: StepContext, objects: Sequence[Manifest], place: Place, options: DeployOptions
) -> tuple[Manifest, ...]:
    """The objects that the options choose, as they are applied."""
    selected = [item for item in objects if options.chooses(item["kind"])]
    return tuple(without_autoscaled_replicas(ctx, prepared(selected, place.owner)))


def _targets(wanted: Sequence[Manifest], live: Live) -> Iterator[Target]:
    defined = defined_kinds(wanted)
    for item in wanted:
        target = Target.of(item, live.get(Key.of(ObjectRef.of(item))))
        is_new = (target.ref.group, target.ref.kind) in defined
        yield msgspec.structs.replace(target, is_of_new_kind=True) if is_new else target
