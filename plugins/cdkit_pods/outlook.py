"""What is to be said of a test pod before it is made, whatever the runtime."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from cdkit.api import Change, Problem
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
