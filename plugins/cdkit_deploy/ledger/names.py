"""The names and labels under which a deployment's records, its copies of Secrets and its Lease are kept.

A ConfigMap's name is a DNS subdomain, a label's value has at most 63 characters of fewer kinds:
https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
"""

from __future__ import annotations

import hashlib
import re

import msgspec

RECORD = "cdkit.dev/record"
"""Label: what an object of ours is for: `deployment`, `part` of a large record, or `secret-copy`."""

APPLICATION = "cdkit.dev/application"
ENVIRONMENT = "cdkit.dev/environment"
REVISION = "cdkit.dev/revision"
VERDICT = "cdkit.dev/verdict"
"""Labels of every record; a selector of them finds what is wanted without reading the others."""

LONGEST = 40
"""Characters of an application's or an environment's part of a name; with the rest it fits into a label's 63."""

_FIT = re.compile(rf"[a-z0-9]([a-z0-9-]{{0,{LONGEST - 2}}}[a-z0-9])?")


class Deployment(msgspec.Struct, frozen=True):
    """Whose records: an application in an environment; the environment may have no name."""

    application: str
    environment: str = ""

    @property
    def name(self) -> str:
        """The beginning of all names: `cdkit-hello.staging`, or `cdkit-hello` without an environment.

        The dot stands in neither part, so that no two deployments share a name.
        """
        parts = [part for part in (self.application, self.environment) if part]
        return f"cdkit-{'.'.join(map(fitting, parts))}"

    @property
    def labels(self) -> dict[str, str]:
        """What all records of the deployment have in common."""
        return {
            APPLICATION: fitting(self.application),
            ENVIRONMENT: fitting(self.environment) if self.environment else "",
        }

    @property
    def selector(self) -> str:
        """The label selector of all that is kept for the deployment."""
        return ",".join(f"{name}={value}" for name, value in self.labels.items())

    def __str__(self) -> str:
        return f"{self.application} in {self.environment}" if self.environment else self.application


def fitting(text: str) -> str:
    """A text as a part of a DNS name; one that had to be changed ends with a hash of what it was."""
    if _FIT.fullmatch(text):
        return text
    mark = hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:6]
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower())[: LONGEST - 1 - len(mark)].strip("-")
    return f"{plain}-{mark}" if plain else f"x-{mark}"
