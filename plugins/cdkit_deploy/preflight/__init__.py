"""Everything that is looked at before a deployment changes anything, all at once.

Each module here is one check: read-only, and without knowledge of the others. What several of them ask of the cluster
is asked once (`surroundings`). A check that the account is not let to make is told, and holds nothing up.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

import msgspec

from cdkit.api import AccessDenied, Manifest, ObjectRef, Problem, RequestRejected, StepContext, ask_all
from cdkit_deploy.preflight import (
    acceptance,
    budgets,
    credentials,
    images,
    limits,
    nodes,
    permissions,
    quotas,
    references,
    selectors,
    volumes,
)
from cdkit_deploy.preflight.finding import Doubt, Finding
from cdkit_deploy.preflight.surroundings import Surroundings

Check = Callable[[], Iterable[Finding]]


class _Outcome(msgspec.Struct, frozen=True):
    findings: tuple[Finding, ...] = ()
    unasked: str = ""


def preflight(
    ctx: StepContext,
    wanted: Sequence[Manifest],
    *,
    needed: Iterable[tuple[str, str, str]],
    longest: float,
    settled: Collection[ObjectRef] = (),
    live: Mapping[ObjectRef, Manifest | None] = MappingProxyType({}),
) -> list[Problem]:
    """What would make a deployment fail; doubts are told as warnings on the way.

    Args:
        ctx: the step's context.
        wanted: the objects to deploy, each with its namespace where its kind has one.
        needed: what the step needs of the cluster beside the objects: verb, API group and resource.
        longest: how many seconds the deployment may take.
        settled: those of the objects that are as wanted already; the API server is not asked about them again.
        live: objects as the cluster has them, None where it has none, as far as that is known.

    Raises:
        ClusterUnreachable: the API server does not answer.
    """
    around = Surroundings(ctx.cluster, lambda: ctx.registry, ctx.namespace, wanted, live)
    checks: dict[str, Check] = {
        "whether the credentials last": partial(credentials.findings, around, ctx.clock.now(), longest),
        "what the account may do": partial(
            permissions.findings, around, needed, ctx.watched_kinds(map(ObjectRef.of, wanted))
        ),
        "whether the selectors stay the same": partial(selectors.findings, around),
        "whether the API server accepts the objects": partial(acceptance.findings, around, settled),
    }
    return _look(ctx, checks | _checks_of_pods(around))


def preflight_of_pods(ctx: StepContext, workloads: Sequence[Manifest]) -> list[Problem]:
    """What would keep the pods of workloads that are there from running as they shall; doubts are told as warnings.

    Args:
        ctx: the step's context.
        workloads: each as it shall be.

    Raises:
        ClusterUnreachable: the API server does not answer.
    """
    around = Surroundings(ctx.cluster, lambda: ctx.registry, ctx.namespace, workloads)
    return _look(ctx, _checks_of_pods(around))


def _checks_of_pods(around: Surroundings) -> dict[str, Check]:
    return {
        "whether what is referred to exists": partial(references.findings, around),
        "whether the images exist": partial(images.findings, around),
        "whether quotas have room": partial(quotas.findings, around),
        "whether limit ranges allow it": partial(limits.findings, around),
        "whether some node could hold the pods": partial(nodes.findings, around),
        "whether volumes can move": partial(volumes.findings, around),
        "whether disruption budgets leave a way": partial(budgets.findings, around),
    }


def _look(ctx: StepContext, checks: Mapping[str, Check]) -> list[Problem]:
    """Make all checks at once; tell what could not be asked, and what is in doubt."""
    outcomes = ask_all([partial(_outcome, check) for check in checks.values()])
    for name, outcome in zip(checks, outcomes, strict=True):
        if outcome.unasked:
            ctx.say(f"Not known: {name}. {outcome.unasked}")
    found = list(dict.fromkeys(finding for outcome in outcomes for finding in outcome.findings))
    for doubt in found:
        if isinstance(doubt, Doubt):
            ctx.warn(doubt.message)
    return [problem for problem in found if isinstance(problem, Problem)]


def _outcome(check: Check) -> _Outcome:
    try:
        return _Outcome(tuple(check()))
    except (AccessDenied, RequestRejected) as error:
        # Looking at nodes or quotas is more than many accounts may, and nothing that deploying needs.
        return _Outcome(unasked=error.message)
