"""Whether our account may do what a deployment will do."""

from __future__ import annotations

from collections.abc import Iterable

from cdkit.api import ObjectRef, Problem, StepContext


def check_namespace(ctx: StepContext) -> Iterable[Problem]:
    """The namespace is there."""
    namespace = ctx.namespace
    if ctx.cluster.get(ObjectRef("v1", "Namespace", namespace)) is None:
        remedy = f"Create it: kubectl create namespace {namespace}"
        yield Problem(f"The namespace {namespace!r} of {ctx.step!r} does not exist in the cluster.", None, remedy)


def check_permissions(ctx: StepContext, needed: Iterable[tuple[str, str, str]]) -> Iterable[Problem]:
    """Every (verb, API group, resource) is allowed in the namespace."""
    namespace = ctx.namespace
    for verb, group, resource in needed:
        if not ctx.cluster.allowed(verb, group, resource, namespace):
            where = f"{resource}.{group}" if group else resource
            remedy = f"Give the build's account a Role in {namespace!r} that allows it."
            yield Problem(f"The account of the build may not {verb} {where} in {namespace!r}.", None, remedy)
