"""Manifests of others: what a project uses may bring its own, and they are taken as they are."""

from __future__ import annotations

from cdkit.api import Source
from cdkit_manifests.draft import Draft
from cdkit_manifests.enrichers.fragments import merge_fragment
from cdkit_manifests.wish import Wish


def enrich(wish: Wish, draft: Draft) -> None:
    """Add the objects that `combine` names."""
    for fragment in wish.combined:
        if not fragment.name:
            position = fragment.node.position
            draft.refuse(f"This {fragment.kind} has no name.", Source(position.file, position.line))
            continue
        place = merge_fragment(draft, fragment, fragment.name)
        draft.borrowed.append((place.kind, place.name))
