"""Words that the commands share."""

from __future__ import annotations

from datetime import datetime

from cdkit.api import Colour
from cdkit_deploy.ledger.record import Record, Verdict

SHORT_COMMIT = 12
MINUTE, HOUR, DAY = 60, 3600, 86400

COLOURS: dict[Verdict, Colour] = {
    "verified": "green",
    "failed": "red",
    "rolled-back": "yellow",
    "pending": "cyan",
    "superseded": "dim",
}


def age(record: Record, now: float) -> str:
    """How long ago a deployment began: `3 min`, `2 h`, `5 d`; empty where its time cannot be read."""
    try:
        began = datetime.fromisoformat(record.time).timestamp()
    except ValueError:
        return ""
    seconds = max(0.0, now - began)
    if seconds < MINUTE:
        return f"{seconds:.0f} s"
    for unit, length, longest in (("min", MINUTE, HOUR), ("h", HOUR, 2 * DAY)):
        if seconds < longest:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds / DAY:.0f} d"


def origin(record: Record) -> str:
    """What a record says of where it comes from, in a few words."""
    facts = [
        record.via,
        f"commit {record.commit[:SHORT_COMMIT]}" if record.commit else "",
        f"by {record.actor}" if record.actor else "",
    ]
    return " ".join(filter(None, [*facts, record.build_url]))
