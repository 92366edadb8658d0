"""Text that arrives in a container as it was written."""

from __future__ import annotations

from collections.abc import Iterable


def literal(words: Iterable[str]) -> list[str]:
    """Words for a container's command, arguments or environment, which the kubelet leaves as they are.

    It replaces `$(NAME)` there, and `$$` by `$`; an engine does not, and neither would a person expect it of `kill $$`.
    https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Container
    """
    return [word.replace("$", "$$") for word in words]
