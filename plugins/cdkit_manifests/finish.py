"""From drafts to what is written down: fitted to a version of Kubernetes, checked, and put together as one bundle."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from cdkit.api import Manifest, Problem
from cdkit_manifests.bundle import Bundle
from cdkit_manifests.draft import Draft
from cdkit_manifests.validation.validate import validate
from cdkit_manifests.versions.fit import fit
from cdkit_manifests.versions.version import KubernetesVersion
from cdkit_manifests.wish import Wish

BASE = ""
"""The name under which what holds in all environments stands among them."""


class Demands(msgspec.Struct, frozen=True, kw_only=True):
    """What manifests have to be.

    Attributes:
        version: the version of Kubernetes that they are for.
        external: objects that are known to be in the cluster, as `Secret/db`.
        off: the ids of rules that are not followed.
        release: whether they are to run where it matters.
    """

    version: KubernetesVersion
    external: Collection[str] = ()
    off: Collection[str] = ()
    release: bool = False


class Finished(msgspec.Struct, frozen=True):
    """Manifests as they can be written down.

    Attributes:
        bundle: what is written.
        problems: what is wrong with it.
        warnings: what a person should know.
    """

    bundle: Bundle
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...]


def finish(wish: Wish, drafts: Mapping[str, Draft], demands: Demands) -> Finished:
    """Make a bundle of drafts.

    Args:
        wish: what the manifests of the base were to say.
        drafts: by environment; `BASE` is what is written where a form knows no environments.
        demands: what the manifests have to be.
    """
    sets: dict[str, list[Manifest]] = {}
    problems: dict[Problem, None] = {}
    warnings: dict[str, None] = {}
    for environment, draft in drafts.items():
        fitted = fit(draft.in_apply_order, demands.version)
        sets[environment] = fitted.objects
        found = [
            *(finding.problem(draft.origins) for finding in fitted.refused),
            *validate(
                fitted.objects,
                demands.version,
                origins=draft.origins,
                external={*demands.external, *draft.external},
                off=demands.off,
                release=demands.release,
            ),
        ]
        problems |= dict.fromkeys(problem if problem in problems else _in(environment, problem) for problem in found)
        warnings |= dict.fromkeys([*draft.warnings, *(finding.problem({}).message for finding in fitted.left_out)])
    bundle = Bundle(
        name=wish.name,
        objects=sets.pop(BASE),
        environments=sets,
        version=str(wish.known("version").value or ""),
        description=str(wish.known("description").value or ""),
        origins=drafts[BASE].origins,
    )
    return Finished(bundle, tuple(problems), tuple(warnings))


def _in(environment: str, problem: Problem) -> Problem:
    """A problem that only one environment has."""
    if not environment:
        return problem
    return msgspec.structs.replace(problem, message=f"In {environment}: {problem.message}")
