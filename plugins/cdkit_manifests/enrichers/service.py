"""The Service: a stable address for the pods."""

from __future__ import annotations

from cdkit_manifests.draft import Draft, Wish

PORT_NAME = "http"
SERVICE_PORT = 80


def enrich(wish: Wish, draft: Draft) -> None:
    """Name the container's port, and put a Service before it."""
    if wish.port is None:
        draft.warn(
            "No port is known, so no Service is made; say `port` in `[tool.cdkit]`, or EXPOSE in the Dockerfile."
        )
        return
    draft.container.value["ports"] = [{"name": PORT_NAME, "containerPort": wish.port, "protocol": "TCP"}]
    draft.add(
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": wish.name},
            "spec": {
                "ports": [{"name": PORT_NAME, "port": SERVICE_PORT, "targetPort": PORT_NAME, "protocol": "TCP"}],
            },
        }
    )
