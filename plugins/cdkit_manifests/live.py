"""What is in the cluster already, as far as it keeps the manifests from being applied."""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.api import Manifest, ObjectRef, Problem, StepContext, WorldFailed
from cdkit_manifests.draft import Draft

_WITH_SELECTOR = ("Deployment", "StatefulSet", "DaemonSet")


def selector_problems(ctx: StepContext, draft: Draft) -> Iterator[Problem]:
    """The controllers whose selector is another one in the cluster, for it cannot be changed.

    Manifests can be made without a cluster, so one that does not answer, or lets nobody look, is no problem.
    https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#label-selector-updates
    """
    try:
        for item in draft.objects:
            if item["kind"] in _WITH_SELECTOR:
                yield from _compare(item, ctx.cluster.get(ObjectRef.of(item, ctx.namespace)))
    except WorldFailed:
        return


def _compare(item: Manifest, live: Manifest | None) -> Iterator[Problem]:
    if live is None:
        return
    wanted, there = (each["spec"].get("selector", {}).get("matchLabels", {}) for each in (item, live))
    if wanted != there:
        name = f"{item['kind']} {item['metadata']['name']}"
        message = (
            f"The {name} in the cluster finds its pods by {_shown(there)}, and that cannot become {_shown(wanted)}."
        )
        remedy = (
            "Delete it there first, say another `name`, or keep its selector with a fragment: "
            f"`spec: {{selector: {{matchLabels: {{$patch: replace, {_shown(there, ': ')}}}}}}}`."
        )
        yield Problem(message, None, remedy)


def _shown(labels: dict[str, str], sign: str = "=") -> str:
    return ", ".join(f"{key}{sign}{value}" for key, value in sorted(labels.items())) or "no labels"
