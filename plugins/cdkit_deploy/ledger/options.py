"""What keeping records takes, and what a person can choose about it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from cdkit.api import Permission

KEEPING_RECORDS: tuple[Permission, ...] = tuple((verb, "", "configmaps") for verb in ("list", "create", "patch"))
"""What an account needs to be allowed for it."""

KEEPING_SECRETS: tuple[Permission, ...] = tuple((verb, "", "secrets") for verb in ("get", "create", "patch"))
"""What it needs too where a record holds Secrets."""

Revisions = Annotated[int, Meta(ge=1, le=100, description="How many revisions are kept in the cluster.")]
