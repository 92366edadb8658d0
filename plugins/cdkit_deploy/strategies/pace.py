"""How quickly pods are replaced, and how many may be missing meanwhile."""

from __future__ import annotations

import math
from typing import Annotated, Literal, Protocol

import msgspec
from msgspec import Meta

from cdkit.api import Duration

Share = Annotated[str, Meta(pattern=r"^\d{1,6}%?$")]
"""A number of pods, or a share of all: `2`, `25%`."""

Manner = Annotated[
    Literal["rolling", "recreate"],
    Meta(description="`rolling` replaces pods bit by bit; `recreate` ends all old ones first."),
]
Surge = Annotated[Share | None, Meta(description="How many pods more than wanted there may be meanwhile: `2`, `25%`.")]
Unavailable = Annotated[
    Share | None, Meta(description="How many of the wanted pods may be missing meanwhile: `0`, `25%`.")
]
Partition = Annotated[
    int | None,
    Meta(ge=0, description="Of a StatefulSet, only pods with this number or a higher one are replaced."),
]
MinReady = Annotated[
    Duration | None, Meta(description="How long a new pod has to be ready without a break before it counts.")
]
"""The options of a step that replaces pods. What is left out stays as the workload has it."""


class Paced(Protocol):
    """Options of a step that replaces pods."""

    @property
    def strategy(self) -> str:
        """`rolling` or `recreate`."""
        ...

    @property
    def surge(self) -> str | None:
        """Pods more than wanted."""
        ...

    @property
    def unavailable(self) -> str | None:
        """Wanted pods that may be missing."""
        ...

    @property
    def partition(self) -> int | None:
        """The first pod of a StatefulSet that is replaced."""
        ...

    @property
    def min_ready(self) -> Duration | None:
        """How long a pod has to be ready."""
        ...


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for; None is what was not.

    Attributes:
        recreate: end all old pods before a new one begins.
        surge: pods more than wanted, as a number or a share.
        unavailable: wanted pods that may be missing, as a number or a share.
        partition: the first pod of a StatefulSet that is replaced.
        min_ready_seconds: how long a pod has to be ready before it counts.
    """

    recreate: bool = False
    surge: str | None = None
    unavailable: str | None = None
    partition: int | None = None
    min_ready_seconds: int | None = None

    @classmethod
    def of(cls, options: Paced) -> Pace:
        """The pace that options ask for."""
        return cls(
            recreate=options.strategy == "recreate",
            surge=options.surge,
            unavailable=options.unavailable,
            partition=options.partition,
            min_ready_seconds=None if options.min_ready is None else math.ceil(options.min_ready),
        )

    def asked(self) -> frozenset[str]:
        """The names of the options that were given."""
        given = {
            "strategy: recreate": self.recreate,
            "surge": self.surge is not None,
            "unavailable": self.unavailable is not None,
            "partition": self.partition is not None,
            "min_ready": self.min_ready_seconds is not None,
        }
        return frozenset(name for name, is_given in given.items() if is_given)


def written(share: str) -> int | str:
    """A share as Kubernetes takes it: a number, or text with a per cent sign."""
    return share if share.endswith("%") else int(share)


def rounded(share: str, total: int, *, up: bool) -> int:
    """How many of so many pods a share is.

    Args:
        share: a number, or a percentage.
        total: all pods.
        up: a surge is rounded up, and what may be missing is rounded down.
    """
    if not share.endswith("%"):
        return int(share)
    exact = total * int(share[:-1])
    return -(-exact // 100) if up else exact // 100
