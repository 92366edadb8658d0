"""The service account: the pod is somebody of its own at the API server, and gets no token unless it needs one."""

from __future__ import annotations

from cdkit.api import Manifest
from cdkit_manifests.draft import Draft
from cdkit_manifests.settings.parts import ServiceAccountSettings
from cdkit_manifests.wish import Wish


def enrich(wish: Wish, draft: Draft) -> None:
    """Make the account, unless it is one that is there already, and name it in the pod."""
    said = wish.settings.service_account
    settings = said if isinstance(said, ServiceAccountSettings) else ServiceAccountSettings(name=said or "")
    name = settings.name or wish.name
    source = wish.source("service_account")
    token = bool(settings.token)
    draft.pod.put("serviceAccountName", name, source)
    draft.pod.put("automountServiceAccountToken", token, source if settings.token is not None else None)
    if settings.create is False or (settings.create is None and settings.name):
        draft.external.append(f"ServiceAccount/{name}")
        return
    manifest: Manifest = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}}
    if settings.annotations:
        manifest["metadata"]["annotations"] = dict(settings.annotations)
    draft.add(manifest | {"automountServiceAccountToken": False}, source)
