"""Reading what the engine says while it pushes: progress of layers, and at the end the digest."""

from __future__ import annotations

from typing import Any

from cdkit.clients.engine.messages import registry_error
from cdkit.ports.image_engine import OnProgress

_DONE = ("Pushed", "Layer already exists", "Mounted from")


class PushLog:
    """What a push said so far.

    Args:
        reference: what is pushed.
        on_progress: called with a layer, the bytes that are done, and the bytes that there are.
    """

    def __init__(self, reference: str, on_progress: OnProgress) -> None:
        self._reference = reference
        self._on_progress = on_progress
        self._totals: dict[str, int] = {}
        self.digest = ""

    def read(self, message: dict[str, Any]) -> None:
        """Take in one message of the engine.

        Raises:
            RegistryUnreachable, AccessDenied, ObjectNotFound: the message says that the push failed.
        """
        if failure := message.get("errorDetail") or message.get("error"):
            said = failure["message"] if isinstance(failure, dict) else failure
            raise registry_error(said, f"Cannot push {self._reference}")
        self.digest = (message.get("aux") or {}).get("Digest") or self.digest
        if layer := message.get("id"):
            self._layer(layer, message.get("status", ""), message.get("progressDetail") or {})

    def _layer(self, layer: str, status: str, detail: dict[str, int]) -> None:
        if status.startswith(_DONE):
            total = self._totals.get(layer, 0)
            self._on_progress(layer, total, total)
        elif "current" in detail:
            # The engine compresses as it sends: what it sends may be more than it thought.
            total = max(detail.get("total", 0), detail["current"])
            self._totals[layer] = total
            self._on_progress(layer, detail["current"], total)
