"""The namespace, where one was said; else whoever applies the objects decides."""

from __future__ import annotations

from cdkit_manifests.draft import Draft
from cdkit_manifests.names import object_name
from cdkit_manifests.scopes import is_cluster_wide
from cdkit_manifests.wish import Wish


def enrich(wish: Wish, draft: Draft) -> None:
    """Write the namespace into every object that is in one."""
    name = wish.settings.namespace
    if not name:
        return
    source = wish.source("namespace")
    if object_name(name) != name:
        draft.refuse(f"{name!r} cannot be the name of a namespace.", source, f"Use {object_name(name)!r}.")
    for item in draft.objects:
        if not is_cluster_wide(item):
            draft.place(item).at("metadata").put_default("namespace", name, source)
