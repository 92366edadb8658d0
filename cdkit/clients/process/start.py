"""Starting a command, and saying why it could not be started."""

from __future__ import annotations

import errno
import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence

from cdkit.errors import WorkFailed


def start(
    command: Sequence[str], directory: str, env: Mapping[str, str], *, has_stdin: bool
) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own, with unbuffered pipes.

    Raises:
        WorkFailed: there is no such program, or it may not be executed.
    """
    if not command:
        raise WorkFailed("The command is empty.", remedy="Give the program and its arguments.")
    try:
        return subprocess.Popen(
            list(command),
            cwd=directory,
            env=dict(env),
            stdin=subprocess.PIPE if has_stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
    except OSError as error:
        raise _not_started(command, directory, error) from error
    except ValueError as error:
        # A null byte in it.
        raise WorkFailed(f"The command {shlex.join(command)!r} cannot be started: {error}.") from error


def _not_started(command: Sequence[str], directory: str, error: OSError) -> WorkFailed:
    program = command[0]
    if not os.path.isdir(directory):  # noqa: PTH112 -- `pathlib` costs more than the check
        return WorkFailed(
            f"{program} cannot be started in {directory}: there is no such folder.",
            remedy="Correct the step's folder, or let an earlier step make it.",
        )
    if error.errno == errno.ENOENT:
        return WorkFailed(
            f"The command {program!r} was not found (exit code 127 in a shell).",
            remedy=f"Install {program} on the build agent, or write its path; a script also needs the program that its "
            "first line names. A shell's own syntax needs a shell.",
        )
    if error.errno == errno.EACCES:
        return WorkFailed(
            f"{program} may not be executed (exit code 126 in a shell): permission denied.",
            remedy=f"Make it executable (`chmod +x {shlex.quote(program)}`, and commit that), or name its interpreter.",
        )
    if error.errno == errno.ENOEXEC:
        return WorkFailed(
            f"{program} is no program for this machine (exit code 126 in a shell).",
            remedy="Give a script a first line such as `#!/bin/sh`; take a binary that is built for this machine.",
        )
    return WorkFailed(f"The command {program!r} cannot be started: {error.strerror}.")
