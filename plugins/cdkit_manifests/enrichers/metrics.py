"""Annotations by which Prometheus finds figures.

Prometheus itself asks for none; these are what its charts and most installations look for.
https://github.com/prometheus-community/helm-charts/tree/main/charts/prometheus#scraping-pod-metrics-via-annotations
"""

from __future__ import annotations

from cdkit.api import Metrics
from cdkit_manifests.draft import Draft
from cdkit_manifests.enrichers.ports import named_ports
from cdkit_manifests.settings.parts import MetricsSettings
from cdkit_manifests.wish import Wish

PREFIX = "prometheus.io"


def enrich(wish: Wish, draft: Draft) -> None:
    """Write path and port onto the pods, where figures are known of or asked for."""
    said = wish.settings.metrics
    fact = wish.fact("metrics")
    settings = said if isinstance(said, MetricsSettings) else MetricsSettings()
    if said is False or settings.scrape is False or (not said and not fact):
        return
    known = fact.value or Metrics()
    source = wish.source("metrics") or fact.source
    ports = named_ports(wish)
    number = settings.port or known.port or (ports[0].number if ports else None)
    if number is None:
        draft.warn("No port is known, so Prometheus is not told of any figures; say `metrics: {port: PORT}`.")
        return
    annotations = draft.template.at("metadata", "annotations")
    for name, value in (
        ("scrape", "true"),
        ("path", settings.path or known.path),
        ("port", str(number)),
        ("scheme", settings.scheme or "http"),
    ):
        annotations.put(f"{PREFIX}/{name}", value, source)
