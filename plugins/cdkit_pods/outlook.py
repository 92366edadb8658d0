"""What is to be said of a test pod before it is made, whatever the runtime."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

from cdkit.api import Change, CheckFailed, Problem, StepContext
from cdkit_pods.spec import MAIN, PodSpec

UNTRUSTED = "This build is of a change that nobody has vouched for"


def change_of(spec: PodSpec, where: str) -> Change:
    """The pod that would come and go.

    Args:
        spec: the pod.
        where: `in namespace shop-test`.
    """
    main = next(container for container in spec.containers if container.name == MAIN)
    command = shlex.join([*main.command, *main.args]) or "the image's own command"
    beside = tuple(f"beside it {item.name}: {item.image}" for item in spec.containers if item is not main)
    return Change("run", f"{command} in a pod of {main.image}", f"{where}, removed afterwards", beside)


def untrusted_secrets(spec: PodSpec) -> Iterator[Problem]:
    """The secrets that a pod would get, as a problem of an untrusted build."""
    names = sorted({name for container in spec.containers for name in container.secret_env})
    if names:
        message = f"{UNTRUSTED}, and gets no secrets: {', '.join(names)}."
        yield Problem(message, None, "Run this step for trusted builds only.")


def of_untrusted(ctx: StepContext, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems that an untrusted build has, when the build is one."""
    found = tuple(problems)
    # Who builds is asked only where it matters: git has to be read for it.
    return found if found and not ctx.build.trusted else ()


def refuse_untrusted(ctx: StepContext, problems: Iterable[Problem]) -> None:
    """Make nothing for an untrusted build that it must not have, also where options were not known to the check.

    Raises:
        CheckFailed: the build is untrusted, and has such problems.
    """
    refused = of_untrusted(ctx, problems)
    if refused:
        raise CheckFailed(" ".join(problem.message for problem in refused), remedy=refused[0].remedy)
