"""Where the checks look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from cdkit.flow.cancellation import Cancellation
from cdkit.plugin.manager import StepRegistry
from cdkit.ports.world import World


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """All that the checks may look at.

    Attributes:
        world: the clients.
        environ: the environment variables.
        home: the account's own folder.
        workspace: the folder of the project.
        python: the version of the interpreter that runs us.
        find_program: the path of a program, as a shell would find it; None when there is none.
        load_steps: loads the plugins; each call gives the same.
        cancellation: ends what takes too long.
        context: the kube context; empty for the current one.
        namespace: the namespace; empty for the context's own.
        engine_socket: where an engine listens unless DOCKER_HOST says otherwise.
    """

    world: World
    environ: Mapping[str, str]
    home: Path
    workspace: Path
    python: tuple[int, int, int]
    find_program: Callable[[str], str | None]
    load_steps: Callable[[], StepRegistry]
    cancellation: Cancellation
    context: str = ""
    namespace: str = ""
    engine_socket: Path = Path("/var/run/docker.sock")
