"""Fragments: the project's own partial manifests, which win over everything that was written before."""

from __future__ import annotations

from typing import Any

from cdkit.api import Manifest
from cdkit_manifests.draft import WORKLOADS, Draft, Place
from cdkit_manifests.fragments.fragment import Fragment
from cdkit_manifests.fragments.kinds import API_VERSIONS
from cdkit_manifests.fragments.merge import merge
from cdkit_manifests.wish import Wish

_PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
_HANDLERS = ("httpGet", "tcpSocket")


def enrich(wish: Wish, draft: Draft) -> None:
    """Merge every fragment into the object that it speaks of; one that there is not yet is made."""
    for fragment in wish.fragments:
        before = _port_names(draft)
        merge_fragment(draft, fragment, fragment.name or _own_name(draft, fragment.kind, wish.name))
        _follow_ports(draft, before)


def merge_fragment(draft: Draft, fragment: Fragment, name: str) -> Place:
    """Merge one fragment into the object of a name; gives the object."""
    place = draft.find(fragment.kind, name)
    if place is None:
        api_version = fragment.api_version or API_VERSIONS[fragment.kind]
        manifest: Manifest = {"apiVersion": api_version, "kind": fragment.kind, "metadata": {"name": name}}
        place = draft.add(manifest)
    elif fragment.api_version:
        place.put("apiVersion", fragment.api_version)
    merge(place, fragment.node, draft.problems)
    return place


def _own_name(draft: Draft, kind: str, name: str) -> str:
    """A fragment without a name speaks of the application's own object of the kind, however that is called."""
    if kind in WORKLOADS:
        return draft.workload.name if draft.workload.kind == kind else name
    named = [item["metadata"]["name"] for item in draft.objects if item["kind"] == kind]
    return named[0] if len(named) == 1 else name


def _port_names(draft: Draft) -> dict[tuple[Any, Any], str]:
    ports = draft.container.value.get("ports") or []
    return {(port.get("containerPort"), port.get("protocol", "TCP")): port.get("name", "") for port in ports}


def _follow_ports(draft: Draft, before: dict[tuple[Any, Any], str]) -> None:
    """A port that got another name keeps the Services and the probes that asked for it by its old one."""
    after = _port_names(draft)
    renamed = {old: after[key] for key, old in before.items() if old and after.get(key, old) != old and after[key]}
    if not renamed:
        return
    for item in draft.objects:
        if item["kind"] == "Service":
            for port in item.get("spec", {}).get("ports") or []:
                port["targetPort"] = renamed.get(port.get("targetPort"), port.get("targetPort"))
    for probe in (draft.container.value.get(name, {}) for name in _PROBES):
        for handler in (probe[name] for name in _HANDLERS if name in probe):
            handler["port"] = renamed.get(handler.get("port"), handler.get("port"))
