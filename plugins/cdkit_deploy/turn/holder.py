"""Who deploys: the build that a Lease is held by."""

from __future__ import annotations

import msgspec

from cdkit.api import Build, StepContext

SHORT_COMMIT = 12


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """One deployment, as it names itself to others.

    Attributes:
        run_id: the run of cdkit.
        step: the step of the pipeline.
        commit: the full hash of what it deploys; empty when nobody knows it.
        build_url: where a person can look at the build.
        actor: who caused it.
        is_described: whether the three above were asked for.
    """

    run_id: str
    step: str = ""
    commit: str = ""
    build_url: str = ""
    actor: str = ""
    is_described: bool = False

    @classmethod
    def of(cls, ctx: StepContext) -> Holder:
        """A step, as far as it is known without asking git who builds."""
        return cls(run_id=ctx.run_id, step=ctx.step)

    def described_by(self, build: Build) -> Holder:
        """The same with what a build server and git know of it."""
        return msgspec.structs.replace(
            self, commit=build.commit, build_url=build.url, actor=build.actor, is_described=True
        )

    @property
    def identity(self) -> str:
        """What makes it one of its own: a build may be run again, and have several steps that deploy."""
        return f"{self.build_url or 'run'} {self.run_id}/{self.step}"

    def is_step_of(self, run_id: str) -> bool:
        """Whether it is a step of a run."""
        return self.run_id == run_id

    def is_same_as(self, other: Holder) -> bool:
        """Whether both are one step of one run, however much is known of it."""
        return (self.run_id, self.step) == (other.run_id, other.step)

    def __str__(self) -> str:
        facts = [
            f"commit {self.commit[:SHORT_COMMIT]}" if self.commit else "",
            f"by {self.actor}" if self.actor else "",
        ]
        named = f"the build {self.build_url}" if self.build_url else f"the run {self.run_id}"
        told = ", ".join(filter(None, facts))
        return f"{named} ({told})" if told else named
