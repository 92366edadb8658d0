"""Annotations: where the objects come from.

They stand on the objects and not on the pod template: another commit with the same image must not restart a pod.
"""

from __future__ import annotations

from cdkit_manifests.draft import Draft, Wish

PREFIX = "cdkit.dev"


def enrich(wish: Wish, draft: Draft) -> None:
    """Note the commit, the branch, the repository and the build, as far as they are known."""
    build = wish.build
    known = {
        "commit": build.commit,
        "branch": build.branch,
        "repository": build.repository,
        "build-url": build.url,
        "description": str(wish.project.get("description", "")),
        "license": str(wish.project.get("license", "")),
    }
    annotations = {f"{PREFIX}/{name}": value for name, value in known.items() if value}
    if annotations:
        for item in draft.objects:
            item["metadata"]["annotations"] = dict(annotations)
