"""The namespace's limit ranges allow what the containers ask for.

https://kubernetes.io/docs/concepts/policy/limit-range/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from cdkit.api import Manifest, Problem
from cdkit_deploy.preflight.finding import Finding
from cdkit_deploy.preflight.pods import PodTemplate
from cdkit_deploy.preflight.resources import Amounts, amount, amounts, of_container, of_pod, written
from cdkit_deploy.preflight.surroundings import Surroundings


def findings(around: Surroundings) -> Iterator[Finding]:
    """A problem for each bound that a container, a pod or a claim is outside of."""
    ranges = around.listed("LimitRange")
    if not ranges:
        return
    for template in around.templates:
        completed = with_defaults(template, ranges)
        for bounds in _bounds(ranges, "Container"):
            for container in completed.containers:
                what = f"The container {container['name']!r} of {template.owner}"
                yield from _of_pods(what, bounds, _asked(container))
        for bounds in _bounds(ranges, "Pod"):
            asked = _Asked(of_pod(completed.spec, "requests"), of_pod(completed.spec, "limits"))
            yield from _of_pods(f"A pod of {template.owner}", bounds, asked)
    for item in around.wanted:
        if item["kind"] == "PersistentVolumeClaim":
            for bounds in _bounds(ranges, "PersistentVolumeClaim"):
                yield from _of_claim(item, bounds)


def with_defaults(template: PodTemplate, ranges: Iterable[Manifest]) -> PodTemplate:
    """A template as the API server completes it: containers that say nothing get the namespace's defaults."""
    defaults = [bounds.limit for bounds in _bounds(ranges, "Container")]
    if not defaults:
        return template
    completed = {
        field: [_completed(item, defaults) for item in template.spec[field]]
        for field in ("initContainers", "containers")
        if template.spec.get(field)
    }
    return msgspec.structs.replace(template, spec=template.spec | completed)


def _completed(container: dict[str, Any], defaults: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    resources = container.get("resources") or {}
    limits, requests = dict(resources.get("limits") or {}), dict(resources.get("requests") or {})
    for default in defaults:
        # A request that is left out becomes the limit that the container itself names, and only then a default.
        requests = {**(default.get("defaultRequest") or {}), **limits, **requests}
        limits = {**(default.get("default") or {}), **limits}
    return container | {"resources": {"limits": limits, "requests": requests}}


class _Bounds(msgspec.Struct, frozen=True):
    """What one limit range says of one type of thing."""

    name: str
    limit: Mapping[str, Any]

    def of(self, field: str) -> Iterator[tuple[str, Decimal]]:
        yield from amounts(self.limit.get(field)).items()


class _Asked(msgspec.Struct, frozen=True):
    requests: Amounts
    limits: Amounts


def _asked(container: Mapping[str, Any]) -> _Asked:
    return _Asked(of_container(container, "requests"), of_container(container, "limits"))


def _bounds(ranges: Iterable[Manifest], kind: str) -> Iterator[_Bounds]:
    for limit_range in ranges:
        for limit in (limit_range.get("spec") or {}).get("limits") or ():
            if limit.get("type") == kind:
                yield _Bounds(limit_range["metadata"]["name"], limit)


def _of_pods(what: str, bounds: _Bounds, asked: _Asked) -> Iterator[Problem]:
    yield from _too_little(what, bounds, asked.requests)
    for name, most in bounds.of("max"):
        if name not in asked.limits:
            message = f"{what} has no limit of {name}; the limit range {bounds.name} wants one."
            yield Problem(message, None, f"Set resources.limits.{name} to {written(name, most)} or less.")
        elif max(asked.limits[name], asked.requests.get(name, amount(0))) > most:
            yield _too_much(what, bounds, name, asked.limits[name], f"resources.limits.{name}")
    for name, most in bounds.of("maxLimitRequestRatio"):
        if asked.requests.get(name) and asked.limits.get(name, amount(0)) / asked.requests[name] > most:
            ratio = asked.limits[name] / asked.requests[name]
            message = (
                f"{what} has a limit of {name} that is {ratio:.1f} times its request; the limit range {bounds.name} "
                f"allows {most.normalize():f} times."
            )
            yield Problem(message, None, f"Raise resources.requests.{name}, or lower resources.limits.{name}.")


def _of_claim(claim: Manifest, bounds: _Bounds) -> Iterator[Problem]:
    what = f"PersistentVolumeClaim {claim['metadata']['name']}"
    asked = amounts((claim["spec"].get("resources") or {}).get("requests"))
    yield from _too_little(what, bounds, asked)
    for name, most in bounds.of("max"):
        if asked.get(name, amount(0)) > most:
            yield _too_much(what, bounds, name, asked[name], f"resources.requests.{name}")


def _too_little(what: str, bounds: _Bounds, requests: Amounts) -> Iterator[Problem]:
    for name, least in bounds.of("min"):
        if requests.get(name, amount(0)) < least:
            asks = f"asks for {written(name, requests[name])}" if name in requests else "asks for none"
            message = f"{what} {asks} of {name}; the limit range {bounds.name} wants at least {written(name, least)}."
            yield Problem(message, None, f"Set resources.requests.{name} to {written(name, least)} or more.")


def _too_much(what: str, bounds: _Bounds, name: str, asked: Decimal, field: str) -> Problem:
    most = written(name, amounts(bounds.limit["max"])[name])
    message = f"{what} asks for {written(name, asked)} of {name}; the limit range {bounds.name} allows {most}."
    return Problem(message, None, f"Set {field} to {most} or less.")
