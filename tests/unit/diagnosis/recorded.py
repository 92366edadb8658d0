"""Reads what `record.py` has recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from cdkit.diagnosis.deployment import diagnose_deployment
from cdkit.diagnosis.verdict import Verdict

RECORDINGS = Path(__file__).parent / "recordings"


class Recording(NamedTuple):
    """The objects of one namespace, as the API server gave them."""

    deployment: dict[str, Any]
    replica_sets: list[dict[str, Any]]
    pods: list[dict[str, Any]]
    events: list[dict[str, Any]]

    def verdict(self) -> Verdict:
        return diagnose_deployment(*self)

    @property
    def pod(self) -> dict[str, Any]:
        return self.pods[0]


def described(name: str, verdict: Verdict) -> str:
    """What a person reads, and how long each cause may stand."""
    lines = [f"{name}: {verdict.state}, {verdict.summary}"]
    for cause in verdict.causes:
        patience = "never fatal" if cause.patience.grace is None else f"after {cause.patience.grace:g} s"
        lines += [
            f"  [{cause.id}] {'fatal now' if cause.patience.is_fatal_now else patience}",
            f"    {cause.sentence}",
            *(f"    | {line}" for line in cause.evidence),
            f"    What to do: {cause.remedy}",
        ]
    return "\n".join(lines)


def recording(case: str) -> Recording:
    data = json.loads((RECORDINGS / f"{case}.json").read_text())
    return Recording(data["deployment"], data["replicaSets"], data["pods"], data["events"])
