"""The options of the containers beside the tests: services, and commands before the tests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from cdkit.api import Duration, Fault, Quantity
from cdkit_pods.options.faults import command_faults, env_faults, mount_faults, pattern_faults
from cdkit_pods.options.part import Command, Named, Part, PortNumber, Text
from cdkit_pods.options.wait import Wait


class Health(Part, frozen=True, kw_only=True):
    """A command that tells whether a service is well, in place of the image's own health check."""

    command: Annotated[Command, Meta(description="Run in the container; it ends with 0 while the service is well.")]
    interval: Annotated[Duration, Meta(description="From one check to the next.")] = Duration(1)
    timeout: Annotated[Duration, Meta(description="How long one check may take.")] = Duration(5)
    retries: Annotated[int, Meta(ge=1, description="How many checks may fail in a row.")] = 3
    start_period: Annotated[Duration, Meta(description="How long failed checks do not count.")] = Duration(0)

    def faults(self) -> Iterable[Fault]:
        """A command without a program."""
        yield from command_faults(self.command, "command")


class Service(Part, frozen=True, kw_only=True):
    """Something that the tests depend on: a database, a browser. It is reached by its name, and as localhost."""

    image: Annotated[Text, Meta(description="Its image.")]
    command: Annotated[Command, Meta(description="Replaces the image's entrypoint.")] = []
    args: Annotated[list[str], Meta(description="Replaces the image's arguments.")] = []
    env: Annotated[Named, Meta(description="Its environment variables.")] = {}
    ports: Annotated[
        list[PortNumber], Meta(description="The ports that it listens on; no two services share one.")
    ] = []
    working_dir: Annotated[str, Meta(description="Where it starts; the image's own folder when left out.")] = ""
    cpu: Annotated[Quantity | None, Meta(description="The processor time that it asks for and may use.")] = None
    memory: Annotated[Quantity | None, Meta(description="The memory that it asks for and may use.")] = None
    shm: Annotated[Quantity | None, Meta(description="The size of /dev/shm; browsers want `256Mi`.")] = None
    mounts: Annotated[
        Named, Meta(description="Where volumes are, by name; a path of `files` or a folder of `artifacts` is one, too.")
    ] = {}
    needs: Annotated[list[Text], Meta(description="Services that have to be ready before this one starts.")] = []
    health: Annotated[Health | None, Meta(description="Replaces the image's health check.")] = None
    ready: Annotated[
        Wait | list[Wait] | None,
        Meta(
            min_length=1,
            description="What is waited for until it is ready; when left out, its `health`, or else that all of its "
            "`ports` take connections.",
        ),
    ] = None
    within: Annotated[Duration, Meta(description="How long it may take to become ready.")] = Duration(60)
    fails_on: Annotated[
        str, Meta(description="A regular expression: a line of its log that matches ends the waiting at once.")
    ] = ""

    def faults(self) -> Iterable[Fault]:
        """What is wrong with this one service."""
        yield from command_faults(self.command, "command", may_be_empty=True)
        yield from env_faults(self.env)
        yield from mount_faults(self.mounts)
        yield from pattern_faults(self.fails_on, "fails_on")

    @property
    def wait(self) -> Wait | None:
        """What is waited for; None when it is ready as soon as it runs."""
        if isinstance(self.ready, list):
            return self.ready[0] if len(self.ready) == 1 else Wait(in_order=self.ready)
        return self._own_wait if self.ready is None else self.ready

    @property
    def _own_wait(self) -> Wait | None:
        """What is waited for when nothing is said of it: what the service tells of itself."""
        if self.health is not None:
            return Wait(healthy=True)
        ports = [Wait(tcp=port) for port in self.ports]
        return Wait(all_of=ports) if len(ports) > 1 else next(iter(ports), None)

    @property
    def may_end(self) -> bool:
        """Whether it does its work and ends, as what it waits for tells."""
        return self.wait is not None and any(leaf.exited is not None for leaf in self.wait.leaves())

    @property
    def is_awaited_healthy(self) -> bool:
        """Whether its health check is waited for."""
        return self.wait is not None and any(leaf.healthy for leaf in self.wait.leaves())


class InitCommand(Part, frozen=True, kw_only=True):
    """A command that has to end with 0 before the tests begin: a migration, say."""

    command: Annotated[Command, Meta(description="The program and its arguments.")]
    name: Annotated[str, Meta(description="What its log lines begin with; `init-1` and so on when left out.")] = ""
    image: Annotated[str, Meta(description="Its image; that of the tests when left out.")] = ""
    env: Annotated[Named, Meta(description="Its environment variables, beside those of the tests.")] = {}

    def faults(self) -> Iterable[Fault]:
        """A command without a program, and variables that are none."""
        yield from command_faults(self.command, "command")
        yield from env_faults(self.env)


class VolumeOptions(Part, frozen=True, kw_only=True):
    """A folder that containers share, empty at first."""

    size: Annotated[Quantity | None, Meta(description="The most that it may hold; no limit when left out.")] = None
    in_memory: Annotated[bool, Meta(description="Kept in memory, not on disk.")] = False
