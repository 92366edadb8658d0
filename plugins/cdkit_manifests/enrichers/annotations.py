"""Annotations: where the objects come from, and what the application is.

They stand on the objects and not on the pod template: another commit with the same image must not restart a pod.
"""

from __future__ import annotations

from cdkit.api import Source
from cdkit_manifests.draft import Draft
from cdkit_manifests.enrichers.labels import is_key
from cdkit_manifests.wish import Known, Wish

PREFIX = "cdkit.dev"


def enrich(wish: Wish, draft: Draft) -> None:
    """Note the commit, the branch, the repository and the build, and what the project says of itself."""
    for group in ("annotations", "pod_annotations"):
        for key in getattr(wish.settings, group):
            if not is_key(key):
                draft.refuse(f"{key!r} cannot be the key of an annotation.", wish.source(group, key))
    known = {f"{PREFIX}/{name}": value for name, value in _known(wish).items() if value.value}
    known |= {key: Known(value, wish.source("annotations", key)) for key, value in wish.settings.annotations.items()}
    for item in draft.objects:
        if known and not draft.is_borrowed(item):
            annotations = draft.place(item).at("metadata", "annotations")
            for key, each in known.items():
                annotations.put_default(key, str(each.value), each.source)
    for key, value in wish.settings.pod_annotations.items():
        draft.template.at("metadata", "annotations").put_default(key, value, wish.source("pod_annotations", key))


def _known(wish: Wish) -> dict[str, Known]:
    build = wish.build
    return {
        "commit": _built(build.commit, "commit") or wish.fact("commit"),
        "branch": _built(build.branch, "branch"),
        "repository": _built(build.repository, "repository") or wish.fact("repository"),
        "build-url": _built(build.url, "url"),
        "description": wish.known("description"),
        "license": wish.known("license"),
        "vendor": wish.fact("vendor"),
        "homepage": wish.fact("homepage"),
        "documentation": wish.known("documentation"),
        "icon": wish.known("icon"),
    }


def _built(value: str, what: str) -> Known:
    return Known(value, Source(note=f"the build's {what}")) if value else Known()
