"""The ports of the container, each with a name that says what is spoken there."""

from __future__ import annotations

import re

import msgspec

from cdkit.api import Port, Source
from cdkit_manifests.draft import Draft
from cdkit_manifests.settings.parts import PortSettings
from cdkit_manifests.wish import Wish

LONGEST_NAME = 15
WELL_KNOWN: dict[int, str] = {
    21: "ftp", 22: "ssh", 25: "smtp", 53: "domain", 80: "http", 88: "kerberos", 110: "pop3", 123: "ntp",
    143: "imap", 389: "ldap", 443: "https", 465: "submissions", 514: "syslog", 587: "submission", 636: "ldaps",
    873: "rsync", 993: "imaps", 995: "pop3s", 1433: "ms-sql-s", 1521: "oracle", 1883: "mqtt", 2049: "nfs",
    2379: "etcd-client", 3306: "mysql", 4222: "nats", 4317: "otlp-grpc", 4318: "otlp-http", 5005: "jdwp",
    5060: "sip", 5432: "postgresql", 5671: "amqps", 5672: "amqp", 6379: "redis", 8000: "http", 8080: "http",
    8125: "statsd", 8443: "https", 8883: "secure-mqtt", 9042: "cql", 9092: "kafka", 9200: "elasticsearch",
    11211: "memcache", 27017: "mongodb", 50051: "grpc",
}  # fmt: skip
"""By number, what IANA or everybody calls it, in a form that Kubernetes takes.

https://www.iana.org/assignments/service-names-port-numbers
"""
_LEGAL = re.compile(r"(?=.*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*")
"""RFC 6335, which Kubernetes asks of names of ports; `LONGEST_NAME` beside it."""


class NamedPort(msgspec.Struct, frozen=True, kw_only=True):
    """A port of the container.

    Attributes:
        name: a legal name, unique in the pod.
        said: all that was said of it.
        source: where.
    """

    name: str
    said: PortSettings
    source: Source | None

    @property
    def number(self) -> int:
        """The number in the container."""
        return self.said.port


def enrich(wish: Wish, draft: Draft) -> None:
    """Write the ports of the container."""
    for port in named_ports(wish):
        entry = {"name": port.name, "containerPort": port.number, "protocol": port.said.protocol}
        if not is_legal(port.name):
            draft.refuse(
                f"{port.name!r} cannot be the name of a port.",
                port.source,
                f"Use up to {LONGEST_NAME} lower case letters, digits and single dashes, one of them a letter.",
            )
        if port.said.host is not None:
            entry["hostPort"] = port.said.host
        draft.container.append("ports", entry, port.source)


def named_ports(wish: Wish) -> list[NamedPort]:
    """The ports, the application's main one first: what was said, else what the metadata says."""
    said = wish.settings.ports
    if said:
        ports = [
            NamedPort(
                name=name,
                said=value if isinstance(value, PortSettings) else PortSettings(port=value),
                source=wish.source("ports", name),
            )
            for name, value in said.items()
        ]
        return sorted(ports, key=lambda port: port.name != "http")
    fact = wish.fact("ports")
    return _from_facts(fact.value or (), wish.fact("kind").value, fact.source)


def is_legal(name: str) -> bool:
    """Whether Kubernetes takes the name of a port."""
    return len(name) <= LONGEST_NAME and _LEGAL.fullmatch(name) is not None


def _from_facts(ports: tuple[Port, ...], kind: str | None, source: Source | None) -> list[NamedPort]:
    taken: set[str] = set()
    found: list[NamedPort] = []
    for port in dict.fromkeys(ports):
        name = _free(_name(port, kind, is_first=not found), port.number, taken)
        taken.add(name)
        found.append(NamedPort(name=name, said=PortSettings(port=port.number, protocol=port.protocol), source=source))
    return found


def _name(port: Port, kind: str | None, *, is_first: bool) -> str:
    if port.name and is_legal(port.name):
        return port.name
    known = WELL_KNOWN.get(port.number)
    # What answers requests speaks HTTP on its first port, whatever the number.
    is_web = is_first and port.protocol == "TCP" and kind in {None, "web", "static"}
    return known or ("http" if is_web else f"port-{port.number}")


def _free(name: str, number: int, taken: set[str]) -> str:
    if name not in taken:
        return name
    numbered = f"{name}-{number}"
    return numbered if is_legal(numbered) and numbered not in taken else f"port-{number}"
