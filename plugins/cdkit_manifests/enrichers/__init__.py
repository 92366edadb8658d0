"""Enrichers: one module a concern, applied in the order of `ENRICHERS`. Each takes the wish and adds to the draft."""

from collections.abc import Callable

from cdkit_manifests.draft import Draft, Wish
from cdkit_manifests.enrichers import annotations, labels, probes, security, service

Enricher = Callable[[Wish, Draft], None]

ENRICHERS: dict[str, Enricher] = {
    "service": service.enrich,
    "probes": probes.enrich,
    "security": security.enrich,
    "labels": labels.enrich,
    "annotations": annotations.enrich,
}
"""By name, in their order: what labels and annotations mark must be there before them."""
