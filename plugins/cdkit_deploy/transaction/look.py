"""Looking, before anything is changed, for all that would make a deployment fail.

A run looks twice: in its checks, and before the first change of a step, for the step may have had to wait for others,
or for its manifests. Where nothing lies in between, the second look would ask the API server the same once more, object
by object. So a look that found nothing in the way holds for a while: see `Look`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from cdkit.api import AccessDenied, CheckFailed, Manifest, ObjectRef, Permission, Problem, StepContext
from cdkit_deploy.ledger.options import KEEPING_SECRETS
from cdkit_deploy.preflight import preflight
from cdkit_deploy.secrets import hide_former_secrets, hide_secrets, hold_secrets
from cdkit_deploy.transaction.comparison import compare, compare_blindly
from cdkit_deploy.transaction.options import DeployOptions
from cdkit_deploy.transaction.place import Place
from cdkit_deploy.transaction.target import Target, changes_of

HOLDS_SECONDS = 10.0
"""To apply so many objects that it matters takes no less, and they are not looked at again while it lasts either."""

Seen = Mapping[ObjectRef, tuple[Manifest, str]]
"""What is wanted of each object, and the version of what is there; empty when there is nothing."""


class Look(msgspec.Struct, frozen=True):
    """A look that found nothing in the way.

    It holds for the very same objects, wanted as then and untouched since, and only for `HOLDS_SECONDS`. The context
    keeps it as long as no step of the run has ended; a step that has to wait for its turn forgets it.

    Attributes:
        began: when it began, by the monotonic clock.
        seen: what was looked at.
    """

    began: float
    seen: Seen

    def holds(self, targets: Iterable[Target], now: float) -> bool:
        """Whether to look again would be to ask the same."""
        return now - self.began <= HOLDS_SECONDS and _seen(targets) == self.seen


def look(
    ctx: StepContext, objects: Sequence[Manifest], options: DeployOptions, needed: Iterable[Permission]
) -> list[Problem]:
    """What would make a deployment fail, as far as that can be seen now.

    Args:
        ctx: the step's context.
        objects: the manifests.
        options: how to deploy.
        needed: what the step needs to be allowed beside what the objects need.
    """
    # An admission webhook may quote all that it refuses.
    hide_secrets(ctx, objects)
    place = Place.of(ctx, ctx.step)
    try:
        targets = compare(ctx, objects, place, options).targets
    except AccessDenied:
        # What the account may not do is told with all else that it may not.
        targets = compare_blindly(ctx, objects, place, options).targets
        return _problems(ctx, targets, options, needed, live={})
    began = ctx.clock.monotonic()
    problems = _problems(ctx, targets, options, needed, _live(targets))
    if not problems:
        ctx.keep(Look(began, _seen(targets)))
    return problems


def must_be_possible(ctx: StepContext, targets: Sequence[Target], options: DeployOptions) -> None:
    """Look for all that would make the deployment fail, unless the run has just looked.

    Raises:
        CheckFailed: there is something; nothing was changed.
    """
    if options.preflight == "off":
        return
    last = ctx.kept(Look)
    # From here on we change the objects ourselves.
    ctx.forget()
    if last is not None and last.holds(targets, ctx.clock.monotonic()):
        return
    problems = _problems(ctx, targets, options, (), _live(targets))
    if problems:
        count = "One thing is" if len(problems) == 1 else f"{len(problems)} things are"
        lines = [line for problem in problems for line in (str(problem), *problem.paste)]
        raise CheckFailed(f"The deployment cannot work: {count} missing or wrong. Nothing was changed.", evidence=lines)


def _problems(
    ctx: StepContext,
    targets: Sequence[Target],
    options: DeployOptions,
    needed: Iterable[Permission],
    live: Mapping[ObjectRef, Manifest | None],
) -> list[Problem]:
    # What an object cannot become without being made anew is no reason against a deployment that may do so.
    settled = {target.ref for target in targets if target.is_as_wanted or options.recreate != "never"}
    wanted = [target.manifest for target in targets]
    hide_former_secrets(ctx, changes_of(targets))
    if hold_secrets(ctx, wanted):
        needed = (*needed, *KEEPING_SECRETS)
    return preflight(ctx, wanted, needed=needed, longest=options.wait, settled=settled, live=live)


def _live(targets: Iterable[Target]) -> dict[ObjectRef, Manifest | None]:
    return {target.ref: target.live for target in targets}


def _seen(targets: Iterable[Target]) -> Seen:
    return {target.ref: (target.manifest, _version(target.live)) for target in targets}


def _version(live: Manifest | None) -> str:
    return "" if live is None else str(live["metadata"]["resourceVersion"])
