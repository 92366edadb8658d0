"""The recommended labels, and the selector.

https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
"""

from __future__ import annotations

from cdkit_manifests.draft import Draft, Wish
from cdkit_manifests.names import label_value


def enrich(wish: Wish, draft: Draft) -> None:
    """Label every object; select by the name alone, for a selector cannot be changed and a version changes always."""
    selector = {"app.kubernetes.io/name": wish.name}
    labels = {**selector, "app.kubernetes.io/managed-by": "cdkit"}
    version = label_value(str(wish.project.get("version", "")))
    if version:
        labels["app.kubernetes.io/version"] = version
    for item in draft.objects:
        item["metadata"]["labels"] = dict(labels)
    spec = draft.workload.value["spec"]
    spec["selector"] = {"matchLabels": dict(selector)}
    spec["template"]["metadata"] = {"labels": dict(labels)}
    service = draft.find("Service", wish.name)
    if service is not None:
        service.at("spec").put("selector", dict(selector))
