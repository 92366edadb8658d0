"""The pace of an update, written into manifests. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from cdkit.api import InvalidInput, Manifest
from cdkit_deploy.strategies.daemon_set import DaemonSetStrategy
from cdkit_deploy.strategies.deployment import DeploymentStrategy
from cdkit_deploy.strategies.pace import Pace
from cdkit_deploy.strategies.stateful_set import StatefulSetStrategy
from cdkit_deploy.strategies.strategy import ControlledStrategy

_STRATEGIES: dict[str, ControlledStrategy] = {
    strategy.kind: strategy for strategy in (DeploymentStrategy(), DaemonSetStrategy(), StatefulSetStrategy())
}


def with_pace(objects: Sequence[Manifest], pace: Pace) -> list[Manifest]:
    """The manifests with the pace in each workload whose kind has such fields. The given ones stay as they are.

    Raises:
        InvalidInput: none of them has what was asked for.
    """
    there = [_STRATEGIES[item["kind"]] for item in objects if item["kind"] in _STRATEGIES]
    _must_be_of_use(pace, there)
    return [_paced(item, pace) for item in objects]


def with_own_pace(item: Manifest, pace: Pace) -> Manifest:
    """A manifest with the pace in those of its fields that speak of one; what it leaves to others it leaves to them."""
    strategy = _STRATEGIES.get(item["kind"])
    spec = item.get("spec") or {}
    own = _known(strategy.pace_patch(pace), spec) if strategy is not None else {}
    return {**item, "spec": _merged(spec, own)} if own else item


def _must_be_of_use(pace: Pace, strategies: Iterable[ControlledStrategy]) -> None:
    known = {name for strategy in strategies for name in strategy.takes_in_manifests}
    foreign = ", ".join(f"`{name}`" for name in sorted(pace.asked() - known))
    if foreign:
        raise InvalidInput(f"None of the manifests' workloads has a {foreign}.", remedy="Leave it out.")


def _paced(item: Manifest, pace: Pace) -> Manifest:
    strategy = _STRATEGIES.get(item["kind"])
    spec = strategy.pace_patch(pace) if strategy is not None else {}
    return {**item, "spec": _merged(item.get("spec") or {}, spec)} if spec else item


def _known(patch: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    """The part of a merge patch that is about what a value has."""
    return {
        name: _known(new, value[name]) if isinstance(new, dict) and isinstance(value[name], dict) else new
        for name, new in patch.items()
        if name in value
    }


def _merged(value: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """A merge patch (RFC 7386): null takes a field away."""
    merged = dict(value)
    for name, new in patch.items():
        if new is None:
            merged.pop(name, None)
        elif isinstance(new, dict):
            merged[name] = _merged(merged.get(name) or {}, new)
        else:
            merged[name] = new
    return merged
