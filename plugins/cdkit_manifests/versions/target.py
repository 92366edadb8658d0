"""Which version manifests are written for: the one that is named, else the cluster's, else the newest."""

from __future__ import annotations

import threading
from collections.abc import Callable

from cdkit.api import CdkitError, InvalidInput
from cdkit_manifests.versions.library import known_versions
from cdkit_manifests.versions.version import OLDEST, KubernetesVersion

PATIENCE_SECONDS = 2.0
"""How long a cluster may take to say its version; without an answer the newest one is meant."""


def named_version(text: str) -> KubernetesVersion:
    """The version of an option.

    Raises:
        InvalidInput: it is none, or none that manifests can be written for.
    """
    version, newest = KubernetesVersion.parse(text), known_versions()[-1]
    if not OLDEST <= version <= newest:
        raise InvalidInput(
            f"Manifests cannot be written for Kubernetes {version}.", remedy=f"Say a version from {OLDEST} to {newest}."
        )
    return version


def cluster_version(ask: Callable[[], str], patience: float = PATIENCE_SECONDS) -> KubernetesVersion | None:
    """The version of a cluster, as far as it is one that manifests can be written for.

    A cluster that is newer than the newest version that is known gets what that one does; None is for one that does
    not answer in time, that is not there at all, or that is too old.

    Args:
        ask: gives the server's version, `v1.20.2`; it may take its time, or raise an error.
        patience: seconds to wait for it.
    """
    answers: list[str] = []

    def keep_answer() -> None:
        try:
            answers.append(ask())
        except CdkitError:
            return

    # A server that swallows packets must not hold up the writing of files: the thread is left behind.
    asking = threading.Thread(target=keep_answer, daemon=True)
    asking.start()
    asking.join(patience)
    if not answers:
        return None
    try:
        version = KubernetesVersion.parse(answers[0])
    except InvalidInput:
        return None
    return min(version, known_versions()[-1]) if version >= OLDEST else None


def newest_version() -> KubernetesVersion:
    """The newest version that is known."""
    return known_versions()[-1]
