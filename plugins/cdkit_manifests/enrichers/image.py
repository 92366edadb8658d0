"""The image: what is run, when it is pulled and with which login, and how it is started."""

from __future__ import annotations

from cdkit.api import ImageReference
from cdkit_manifests.draft import Draft
from cdkit_manifests.wish import Wish

MOVING_TAGS = frozenset({"", "latest"})


def enrich(wish: Wish, draft: Draft) -> None:
    """Write when the image is pulled, the logins for it, and the command where it is not the image's own."""
    container = draft.container
    policy = wish.settings.pull_policy or pull_policy(wish.image)
    container.put("imagePullPolicy", policy, wish.source("pull_policy"))
    for name in wish.settings.pull_secrets:
        draft.pod.append("imagePullSecrets", {"name": name}, wish.source("pull_secrets"))
    # What metadata says of a command is in the image already; only what a person says stands above it.
    for setting, field in (("command", "command"), ("args", "args"), ("workdir", "workingDir")):
        value = getattr(wish.settings, setting)
        if value:
            container.put(field, value, wish.source(setting))


def pull_policy(image: str) -> str:
    """A tag that moves is asked for at every start; what stays the same need not be asked for again."""
    reference = ImageReference.parse(image)
    return "Always" if not reference.digest and reference.tag in MOVING_TAGS else "IfNotPresent"
