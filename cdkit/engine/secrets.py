"""Where secret values come from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from cdkit.pipeline.model import SecretSource

LONGEST_COMMAND = 30.0
"""Seconds that a command which prints a secret may take."""


class Secrets(msgspec.Struct, frozen=True):
    """The secrets of a run.

    Attributes:
        values: the values that were found, by name.
        missing: why the others have none, by name; a sentence without its full stop.
    """

    values: dict[str, str] = {}
    missing: dict[str, str] = {}


class _NoSecret(Exception):
    """There is no value here; the message says why."""


def read_secrets(sources: Mapping[str, SecretSource], environ: Mapping[str, str], workspace: Path) -> Secrets:
    """Ask every source. One that has nothing is no error: perhaps no step that runs needs the secret.

    Args:
        sources: the sources by the secrets' names.
        environ: the environment variables.
        workspace: the folder where relative paths start, and commands run.
    """
    values: dict[str, str] = {}
    missing: dict[str, str] = {}
    for name, source in sources.items():
        try:
            values[name] = _read(source, environ, workspace)
        except _NoSecret as reason:
            missing[name] = str(reason)
    return Secrets(values, missing)


def withheld(sources: Mapping[str, SecretSource], reason: str) -> Secrets:
    """No values at all: a step that uses a secret is told why it has none."""
    return Secrets({}, dict.fromkeys(sources, reason))


def _read(source: SecretSource, environ: Mapping[str, str], workspace: Path) -> str:
    if source.env:
        return _filled(environ.get(source.env, ""), f"the environment variable {source.env} is not set or empty")
    if source.file:
        return _from_file(workspace / source.file, source.file)
    return _from_command(source.command, environ, workspace)


def _from_file(path: Path, shown: str) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise _NoSecret(f"the file {shown} cannot be read: {reason}") from error
    return _filled(text.removesuffix("\n").removesuffix("\r"), f"the file {shown} is empty")


def _from_command(command: list[str], environ: Mapping[str, str], workspace: Path) -> str:
    import subprocess

    program = command[0]
    try:
        # What it says on stderr may hold the secret too, and nobody is there yet to mask it.
        ended = subprocess.run(
            command,
            cwd=workspace,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LONGEST_COMMAND,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _NoSecret(f"the command {program} did not end within {LONGEST_COMMAND:.0f} s") from None
    except OSError as error:
        raise _NoSecret(f"the command {program} cannot be run: {error.strerror}") from error
    if ended.returncode != 0:
        raise _NoSecret(f"the command {program} ended with exit code {ended.returncode}")
    text = ended.stdout.decode(errors="replace").removesuffix("\n").removesuffix("\r")
    return _filled(text, f"the command {program} printed nothing")


def _filled(value: str, otherwise: str) -> str:
    """The value; an empty one is none: build servers set such variables for builds that may not know them."""
    if not value.strip():
        raise _NoSecret(otherwise)
    return value
