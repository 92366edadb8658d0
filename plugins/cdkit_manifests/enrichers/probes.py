"""Probes: when a pod may get requests, and when it must be started anew.

https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/
"""

from __future__ import annotations

from typing import Any

import msgspec

from cdkit.api import Port, Probe, Source
from cdkit_manifests.draft import Draft
from cdkit_manifests.enrichers.controller import JOBS
from cdkit_manifests.enrichers.ports import NamedPort, named_ports
from cdkit_manifests.reading.conclude import READER as CONCLUSION
from cdkit_manifests.settings.parts import ProbeSettings
from cdkit_manifests.wish import Known, Wish

SLOW_STARTERS = frozenset({"java", "kotlin", "scala", "groovy"})
"""Languages whose programs may take minutes until they answer on a busy node."""
STARTUP_PERIOD = 2
PATIENCE = 60
LONG_PATIENCE = 150
"""How many questions a start may take, of `STARTUP_PERIOD` seconds each."""

_TIMING: dict[str, dict[str, int]] = {
    "readiness": {"periodSeconds": 5, "timeoutSeconds": 3, "failureThreshold": 3},
    # Slower and more patient than readiness: a restart is no cure for a pod that is only busy.
    "liveness": {"periodSeconds": 10, "timeoutSeconds": 5, "failureThreshold": 3},
    "startup": {"periodSeconds": STARTUP_PERIOD, "timeoutSeconds": 3, "failureThreshold": PATIENCE},
}
_TIMING_FIELDS = {
    "delay": "initialDelaySeconds",
    "period": "periodSeconds",
    "timeout": "timeoutSeconds",
    "failures": "failureThreshold",
}
_FACT_FIELDS = {"initial_delay": "delay", "period": "period", "timeout": "timeout", "failures": "failures"}


class Question(msgspec.Struct, frozen=True):
    """What is asked, how often, and who says so.

    Attributes:
        action: the handler, as Kubernetes has it.
        timing: the fields of timing that were said.
        source: where.
    """

    action: dict[str, Any]
    timing: dict[str, int]
    source: Source | None


def enrich(wish: Wish, draft: Draft) -> None:
    """Write the probes that were said, else those that the metadata tells of, else see whether the port is open."""
    if draft.workload.kind in JOBS:
        return
    readiness = _question(wish, draft, "readiness") or _port_question(wish, draft, "readiness")
    liveness = _question(wish, draft, "liveness") or _port_question(wish, draft, "liveness")
    startup = _question(wish, draft, "startup") or (None if _is_off(wish, "startup") else liveness)
    for name, question in (("startup", startup), ("readiness", readiness), ("liveness", liveness)):
        if question is not None:
            draft.container.put(f"{name}Probe", _written(wish, name, question), question.source)


def _is_off(wish: Wish, name: str) -> bool:
    return getattr(wish.settings.probes, name) is False


def _question(wish: Wish, draft: Draft, name: str) -> Question | None:
    """What was said, else what the metadata tells."""
    said = getattr(wish.settings.probes, name)
    source = wish.source("probes", name)
    if said is False:
        return None
    if isinstance(said, str) and said:
        return _said(wish, draft, ProbeSettings(path=said), source)
    fact = _fact(wish, name)
    if isinstance(said, ProbeSettings):
        if said.path or said.command or said.tcp:
            return _said(wish, draft, said, source)
        # Only the timing was said: who is asked is found as if nothing had been.
        found = _of_fact(wish, fact.value, fact.source) if fact else _port_question(wish, draft, name)
        return found and Question(found.action, found.timing | _said_timing(said), source)
    return _of_fact(wish, fact.value, fact.source) if fact else None


def _fact(wish: Wish, name: str) -> Known:
    """The question that the metadata tells of; one that was only concluded from a port is left to the right port."""
    fact = wish.project.fact(name)
    return Known() if fact is None or fact.reader == CONCLUSION else Known(fact.value, fact.source)


def _said(wish: Wish, draft: Draft, said: ProbeSettings, source: Source | None) -> Question | None:
    timing = _said_timing(said)
    if said.command:
        return Question({"exec": {"command": said.command}}, timing, source)
    port = _port(wish, said.port)
    if port is None:
        draft.refuse("The probe needs a port, and none is known.", source, "Say `port`.")
        return None
    if not said.path:
        return Question({"tcpSocket": {"port": port}}, timing, source)
    if not said.path.startswith("/"):
        draft.refuse(f"The path of a probe begins with a slash, not {said.path!r}.", source)
    action: dict[str, Any] = {"path": said.path, "port": port}
    if said.scheme == "HTTPS":
        action["scheme"] = said.scheme
    if said.headers:
        action["httpHeaders"] = [{"name": name, "value": value} for name, value in said.headers.items()]
    return Question({"httpGet": action}, timing, source)


def _said_timing(said: ProbeSettings) -> dict[str, int]:
    values = {field: getattr(said, name) for name, field in _TIMING_FIELDS.items()}
    return {
        field: max(int(value), 0 if field == "initialDelaySeconds" else 1)
        for field, value in values.items()
        if value is not None
    }


def _of_fact(wish: Wish, probe: Probe, source: Source | None) -> Question | None:
    said = {_TIMING_FIELDS[name]: getattr(probe, field) for field, name in _FACT_FIELDS.items()}
    timing = {
        field: max(value, 0 if field == "initialDelaySeconds" else 1)
        for field, value in said.items()
        if value is not None
    }
    if probe.kind == "exec":
        return Question({"exec": {"command": list(probe.command)}}, timing, source)
    port = _found_port(wish, probe.port)
    if port is None:
        return None
    if probe.kind == "tcp":
        return Question({"tcpSocket": {"port": port}}, timing, source)
    action: dict[str, Any] = {"path": probe.path, "port": port}
    if probe.scheme == "HTTPS":
        action["scheme"] = probe.scheme
    return Question({"httpGet": action}, timing, source)


def _port_question(wish: Wish, draft: Draft, name: str) -> Question | None:
    """Whether the first port takes a connection; a warning that says what is missing for a better question."""
    if _is_off(wish, name):
        return None
    port = _first(wish)
    if port is None:
        if name == "readiness" and wish.corrects_ports:
            draft.warn("No port and no health command is known, so a pod counts as ready once it has started.")
        return None
    if name == "readiness" and wish.corrects_ports:
        draft.warn("No health path is known, so readiness only sees whether the port is open; say `health`.")
    return Question({"tcpSocket": {"port": port.name}}, {}, port.source)


def _port(wish: Wish, said: int | str | None) -> int | str | None:
    """A port by its name where it has one, so that its number stands at one place only."""
    if said is None:
        first = _first(wish)
        return first.name if first else None
    return next((port.name for port in named_ports(wish) if said in {port.number, port.name}), said)


def _found_port(wish: Wish, found: int | None) -> int | str | None:
    """The port that metadata tells of. Where other ports were said than were found, the first one is meant by both."""
    ports: tuple[Port, ...] = wish.fact("ports").value or ()
    is_main = bool(ports) and found == ports[0].number
    is_said = found in {port.number for port in named_ports(wish)}
    return _port(wish, None if is_main and not is_said else found)


def _first(wish: Wish) -> NamedPort | None:
    return next((port for port in named_ports(wish) if port.said.protocol == "TCP"), None)


def _written(wish: Wish, name: str, question: Question) -> dict[str, Any]:
    timing = dict(_TIMING[name])
    if name == "startup" and wish.project.get("language") in SLOW_STARTERS:
        timing["failureThreshold"] = LONG_PATIENCE
    own = dict(question.timing)
    if name == "liveness" and wish.settings.probes.startup is not False and wish.source("probes", name) is None:
        # The startup probe waits already, and does not wait longer than it has to.
        own.pop("initialDelaySeconds", None)
    if name == "startup" and not wish.settings.probes.startup:
        own = _startup_timing(own, timing)
    return {**question.action, **timing, **own}


def _startup_timing(liveness: dict[str, int], timing: dict[str, int]) -> dict[str, int]:
    """A start may take as long as it was given by a delay of the liveness probe, which the startup probe replaces."""
    delay = liveness.get("initialDelaySeconds", 0)
    tries = max(timing["failureThreshold"], -(-delay // STARTUP_PERIOD) + PATIENCE // 2)
    kept = {"timeoutSeconds": liveness["timeoutSeconds"]} if "timeoutSeconds" in liveness else {}
    return {**kept, "failureThreshold": tries}
