"""What a deployment is about to do: object by object, before anything is changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from cdkit.api import Manifest, ObjectRef, StepContext
from cdkit_deploy.secrets import hide_former_secrets, hide_secrets
from cdkit_deploy.transaction.baseline import Baseline
from cdkit_deploy.transaction.comparison import compare
from cdkit_deploy.transaction.live import Key
from cdkit_deploy.transaction.options import DeployOptions
from cdkit_deploy.transaction.place import Place
from cdkit_deploy.transaction.surplus import Surplus, surplus_of
from cdkit_deploy.transaction.target import Target, changes_of
from cdkit_deploy.undo import Before


class Outlook(msgspec.Struct, frozen=True):
    """What is to be done.

    Attributes:
        targets: the objects to apply, in order.
        surplus: what earlier deployments left and this one does not have.
        before: what was there before the first unsettled deployment, of all that the verified revision does not know.
    """

    targets: tuple[Target, ...]
    surplus: Surplus
    before: tuple[Before, ...]

    @property
    def manifests(self) -> tuple[Manifest, ...]:
        """What the new revision consists of."""
        return tuple(target.manifest for target in self.targets) + self.surplus.kept

    @property
    def changes_nothing(self) -> bool:
        """Whether everything is as it is to be already."""
        return not self.surplus.is_work and all(target.is_as_wanted for target in self.targets)


def look_ahead(
    ctx: StepContext, objects: Sequence[Manifest], place: Place, baseline: Baseline, options: DeployOptions
) -> Outlook:
    """Compare what is wanted with what is there and with what was deployed before. Only reads.

    Args:
        ctx: the step's context.
        objects: the manifests.
        place: who deploys, and where.
        baseline: what was deployed before.
        options: how to deploy.
    """
    known = [ObjectRef.of(item) for item in baseline.contents.objects] + [item.ref for item in baseline.before]
    compared = compare(ctx, objects, place, options, known)
    return Outlook(
        targets=compared.targets,
        surplus=surplus_of(baseline, compared.wanted, compared.live, place, options),
        before=(*baseline.before, *_seen_now(compared.targets, baseline)),
    )


def hide_known_secrets(ctx: StepContext, baseline: Baseline, outlook: Outlook) -> None:
    """Mask the values of all Secrets that were deployed before or are there now, and those that are to be replaced."""
    there = (*(target.live for target in outlook.targets), *(item.live for item in outlook.before))
    hide_secrets(ctx, (*baseline.contents.objects, *filter(None, there)))
    hide_former_secrets(ctx, changes_of(outlook.targets))


def _seen_now(targets: Iterable[Target], baseline: Baseline) -> Iterator[Before]:
    """What is there now of objects that no earlier deployment touched."""
    known = {Key.of(ObjectRef.of(item)) for item in baseline.contents.objects}
    known |= {Key.of(item.ref) for item in baseline.before}
    return (Before(target.ref, target.live) for target in targets if Key.of(target.ref) not in known)
