"""What a person reads when a case has failed, without what differs from run to run."""

from __future__ import annotations

import re
from typing import Any

from tests.e2e.causes.case import Place

_ALIKE = (
    (re.compile(r"\b(web|migrate)(?:-[0-9a-f]{8,10})?-[a-z0-9]{5}(?![a-z0-9])"), r"\1-6d5f9c-x7k2p"),
    (re.compile(r"\bweb-[0-9a-f]{8,10}-(?![a-z0-9])"), "web-6d5f9c-"),
    (re.compile(r"\brelease-[a-z0-9]{5,8}(?![a-z0-9])"), "release-x7k2p"),
    (re.compile(r"\.cdkit/runs/[^/]+/"), ".cdkit/runs/20260131T120000-1a2b/"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "UID"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "DIGEST"),
    (re.compile(r"(?:(?<=killed )once|twice|[3-9] times) so far"), "twice so far"),
    (re.compile(r"for \d+ other pods?"), "for 2 other pods"),
    (re.compile(r"web has not passed yet"), "web fails (not yet)"),
    (re.compile(r" \(x\d+\)"), ""),
    (re.compile(r"\b10\.\d+\.\d+\.\d+\b"), "10.1.0.7"),
    (re.compile(r"127\.0\.0\.1:\d{4,}"), "registry.example"),
    (re.compile(r"revision \d+"), "revision 1"),
    (re.compile(r"\bused: \d+"), "used: 200"),
)


def alike(text: str, place: Place) -> str:
    """A text in which pods, namespaces, addresses and counts are the same at every run."""
    for known, shown in (
        (place.image, "registry.example/web:1.0"),
        (place.namespace, "shop"),
        (place.suffix, ""),
        (place.played["outside"], "registry.example"),
    ):
        text = text.replace(known, shown)
    for pattern, shown in _ALIKE:
        text = pattern.sub(shown, text)
    return text


def shown(failure: dict[str, Any], code: int, place: Place) -> str:
    """A failure as the console shows it."""
    lines = [f"✗ release: {failure['message']} [{failure['cause']}]"]
    lines += [f"    │ {line}" for line in failure["evidence"]]
    lines += [f"  What to do: {failure['remedy']}", f"Failed with exit code {code}."]
    return alike("\n".join(lines), place) + "\n"


def without_evidence(text: str) -> list[str]:
    """What has to be the same at every run; which event comes first is up to the kubelet."""
    return [line for line in text.splitlines() if not line.startswith("    │")]
