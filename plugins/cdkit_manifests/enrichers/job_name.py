"""The name of a Job: a Job cannot be changed, so one that says something else is another Job."""

from __future__ import annotations

import hashlib
import json

from cdkit_manifests.draft import Draft
from cdkit_manifests.wish import Wish

HASH_LENGTH = 10
LONGEST = 63 - HASH_LENGTH - 1


def enrich(_: Wish, draft: Draft) -> None:
    """Add a hash of all that the Job says to its name; the same Job keeps its name, and is not run again."""
    workload = draft.workload
    if workload.kind == "Job":
        content = json.dumps(workload.value["spec"], sort_keys=True)
        digest = hashlib.sha256(content.encode()).hexdigest()[:HASH_LENGTH]
        draft.rename(workload, f"{workload.name[:LONGEST].rstrip('-')}-{digest}")
