"""From a wish to manifests: a bare Deployment, and then one enricher after the other."""

from __future__ import annotations

from cdkit_manifests.draft import Draft, Wish
from cdkit_manifests.enrichers import ENRICHERS


def compose(wish: Wish) -> Draft:
    """The manifests of an application."""
    draft = Draft()
    draft.add(_bare_deployment(wish))
    for enrich in ENRICHERS.values():
        enrich(wish, draft)
    return draft


def _bare_deployment(wish: Wish) -> dict[str, object]:
    container: dict[str, object] = {"name": wish.name, "image": wish.image}
    if wish.env:
        container["env"] = [{"name": name, "value": value} for name, value in wish.env.items()]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": wish.name},
        "spec": {
            "replicas": wish.replicas,
            "revisionHistoryLimit": 5,
            # A new pod must be ready before an old one goes: a client of the Service sees no gap.
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
            "selector": {},
            "template": {"metadata": {}, "spec": {"containers": [container]}},
        },
    }
