"""What is to be done with a test pod: how its parts follow one another, and what goes in and comes out."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from cdkit_pods.options.folders import FilePlan
from cdkit_pods.options.wait import Wait
from cdkit_pods.spec import PodSpec


class ServicePlan(msgspec.Struct, frozen=True, kw_only=True):
    """One service.

    Attributes:
        name: its container.
        needs: the services that have to be ready before it starts.
        wait: what is waited for until it is ready; None when it is ready as soon as it runs.
        within: seconds, from its start, that this may take.
        fails_on: a regular expression; a line of its log that matches ends the waiting. Empty for none.
        may_end: whether it does its work and ends, also while the tests run.
        gated: whether somebody has to open it.
    """

    name: str
    needs: tuple[str, ...] = ()
    wait: Wait | None = None
    within: float = 60.0
    fails_on: str = ""
    may_end: bool = False
    gated: bool = False


class PodPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One test pod.

    Attributes:
        spec: the pod itself.
        services: in the order of the file.
        init: the containers of commands that have to end with 0, in their order.
        files: what of the checkout is put into each volume before anything is opened.
        artifacts: the name of each folder that is copied out, by its volume.
        test_timeout: seconds that the tests may take once they have begun; None for no limit.
        shard: as in the spec.
        attempt: which attempt this is, from 1.
    """

    spec: PodSpec
    services: tuple[ServicePlan, ...] = ()
    init: tuple[str, ...] = ()
    files: Mapping[str, tuple[FilePlan, ...]] = {}
    artifacts: Mapping[str, str] = {}
    test_timeout: float | None = None
    attempt: int = 1

    @property
    def shard(self) -> int | None:
        """Which shard it is, from 0; None when there are none."""
        return self.spec.shard

    def title(self, container: str = "") -> str:
        """What tells the lines of this pod, or of one of its containers, from those of others; may be empty."""
        shard = "" if self.shard is None else f"shard {self.shard}"
        return " ".join(filter(None, (shard, "" if self.is_one_container else container)))

    @property
    def is_one_container(self) -> bool:
        """Whether the tests are alone in their pod."""
        return len(self.spec.containers) == 1

    @property
    def opens_tests(self) -> bool:
        """Whether the tests wait for something before they begin."""
        return bool(self.services or self.init or self.files)
