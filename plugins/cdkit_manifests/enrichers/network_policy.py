"""The NetworkPolicy: who may talk to the pods, and whom they may talk to.

https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from __future__ import annotations

import ipaddress
from typing import Any

from cdkit_manifests.draft import NAME_LABEL, Draft
from cdkit_manifests.enrichers.ports import named_ports
from cdkit_manifests.settings.parts import NetworkPolicySettings, ServiceSettings
from cdkit_manifests.wish import Wish

_NAMESPACE_LABEL = "kubernetes.io/metadata.name"
_DNS = [{"port": 53, "protocol": protocol} for protocol in ("UDP", "TCP")]


def enrich(wish: Wish, draft: Draft) -> None:
    """Bar everybody who was not let in, where that was asked for."""
    said = wish.settings.network_policy
    if said is None or said is False:
        return
    settings = said if isinstance(said, NetworkPolicySettings) else NetworkPolicySettings()
    source = wish.source("network_policy")
    policy = draft.add(
        {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": wish.name}}, source
    )
    spec = policy.at("spec")
    spec.put("podSelector", {"matchLabels": draft.selector})
    outgoing = [*_apps(settings.to_apps), *_namespaces(settings.to_namespaces), *_networks(wish, draft, settings)]
    spec.put("policyTypes", ["Ingress", "Egress"] if outgoing else ["Ingress"])
    spec.put("ingress", _incoming(wish, settings))
    if outgoing:
        # Without names nothing can be called.
        spec.put("egress", [{"ports": _DNS}, {"to": outgoing}])


def _incoming(wish: Wish, settings: NetworkPolicySettings) -> list[dict[str, Any]]:
    ports = [{"port": port.number, "protocol": port.said.protocol} for port in named_ports(wish)]
    if not ports:
        return []
    peers = [*_apps(settings.from_apps), *_namespaces(settings.from_namespaces)]
    if not peers and not _is_open_to_outside(wish):
        peers = [{"podSelector": {}}]
    rules: list[dict[str, Any]] = [{"from": peers, "ports": ports}] if peers else [{"ports": ports}]
    metrics = wish.fact("metrics").value
    if peers and wish.settings.metrics is not False and (wish.settings.metrics or metrics):
        # Prometheus runs in a namespace of its own.
        rules.append({"from": [{"namespaceSelector": {}}], "ports": ports})
    return rules


def _is_open_to_outside(wish: Wish) -> bool:
    """Whether requests come through a controller or a load balancer, which may run anywhere."""
    said = wish.settings.service
    has_way = isinstance(said, ServiceSettings) and said.type in {"NodePort", "LoadBalancer"}
    return has_way or (bool(wish.known("domain").value) and wish.settings.ingress is not False)


def _apps(names: list[str]) -> list[dict[str, Any]]:
    return [{"podSelector": {"matchLabels": {NAME_LABEL: name}}} for name in names]


def _namespaces(names: list[str]) -> list[dict[str, Any]]:
    return [{"namespaceSelector": {"matchLabels": {_NAMESPACE_LABEL: name}}} for name in names]


def _networks(wish: Wish, draft: Draft, settings: NetworkPolicySettings) -> list[dict[str, Any]]:
    for network in settings.to_networks:
        try:
            ipaddress.ip_network(network)
        except ValueError:
            message = f"{network!r} is no network; write it like 10.0.0.0/8."
            draft.refuse(message, wish.source("network_policy", "to_networks"))
    return [{"ipBlock": {"cidr": network}} for network in settings.to_networks]
