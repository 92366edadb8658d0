"""What can be told of a test pod before it runs."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from cdkit.api import Change, Problem, StepContext
from cdkit_pods.choice import runtime_for
from cdkit_pods.conduct.occasion import occasion
from cdkit_pods.options.faults import folder_fault
from cdkit_pods.options.test_pod import TestPodOptions
from cdkit_pods.options.translate import pod_plan
from cdkit_pods.runtime import Runtime
from cdkit_pods.spec import PodSpec


def problems(ctx: StepContext, options: TestPodOptions, runtime: Runtime | None = None) -> Iterator[Problem]:
    """What would keep the tests from running; changes nothing.

    Args:
        ctx: the step.
        options: of the step.
        runtime: where the pods run; as the options say when left out.
    """
    spec = pod_plan(options, occasion(ctx)).spec
    yield from _file_problems(ctx, options)
    yield from _secret_problems(ctx, options, spec)
    yield from (runtime or runtime_for(ctx, options.runtime)).check(spec)


def changes(ctx: StepContext, options: TestPodOptions) -> Iterator[Change]:
    """What would come and go, for the first of the pods; and how many there would be."""
    yield from runtime_for(ctx, options.runtime).plan(pod_plan(options, occasion(ctx)).spec)
    if options.shards > 1:
        yield Change("run", f"the same in {options.shards - 1} more pods", "for the other shards")


def _file_problems(ctx: StepContext, options: TestPodOptions) -> Iterator[Problem]:
    """Files that are not there, or that a link takes out of the checkout. What an earlier step writes may come yet."""
    workspace = ctx.workspace.resolve()
    for path in options.files:
        found = ctx.path(path)
        if found.exists() and not found.is_relative_to(workspace):
            yield Problem(f"{path!r} under `files` is a link that leads out of the checkout.")
        if found.is_file() and (fault := folder_fault(posixpath.dirname(options.files[path]))):
            yield Problem(f"{path!r} under `files` cannot be a single file there: {fault}")


def _secret_problems(ctx: StepContext, options: TestPodOptions, spec: PodSpec) -> Iterator[Problem]:
    """Secrets in arguments, which everybody can read who may look at the pod, or at the processes of its node."""
    for container in spec.containers:
        if any(ctx.holds_secret(word) for word in (*container.command, *container.args)):
            message = f"The command of {container.name!r} holds a secret, which everybody could read there."
            yield Problem(message, None, "Hand it over in `env`.")
    for name, service in options.services.items():
        if service.wait is not None and any(ctx.holds_secret(word) for word in service.wait.words()):
            message = f"What {name!r} is waited for holds a secret, which everybody could read there."
            yield Problem(message, None, "Let an `exec` of a shell read it from a variable of the service.")
