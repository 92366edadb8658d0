"""What a command line tells: which program runs, and on which port it listens."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence

import msgspec

from cdkit.api import EnvVar, Kind
from cdkit_manifests.recognise.servers import ANY_SERVER, PORT_VARIABLE, SERVERS, Server

HIGHEST_PORT = 65535
CHOSEN_PORT = 8080
"""For a command that listens wherever the variable PORT says: then we say it."""

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::?-([^}]*))?\}|(\w+))")
_PORT_OF_ADDRESS = re.compile(r"(?:.*:)?(\d{1,5})/?")
_SEPARATORS = frozenset({"&&", ";", "||", "|"})
_RUNNERS = frozenset({"exec", "env", "npx", "yarn", "pnpm", "bun", "tini", "dumb-init", "--", "time", "nice", "sudo"})
_RUNNERS_OF_TWO = {"bundle": "exec", "poetry": "run", "pipenv": "run", "uv": "run", "pdm": "run", "rye": "run"}
_SHELLS = frozenset({"sh", "bash", "ash", "dash"})
_INTERPRETERS = re.compile(r"python[\d.]*|php|ruby|node")
_DEEPEST_SHELL = 3


class Listening(msgspec.Struct, frozen=True):
    """What a command does.

    Attributes:
        program: the program, as people call it; empty for one that is not known.
        kind: what it is.
        port: where it listens; 0 where that cannot be told.
        port_name: what the port is for.
        is_said: whether the command itself names the port; otherwise it is the program's own choice.
        env: the variables that it needs in order to listen there.
    """

    program: str
    kind: Kind
    port: int
    port_name: str
    is_said: bool
    env: tuple[EnvVar, ...] = ()


def listening(command: str | Sequence[str], environ: Mapping[str, str]) -> Listening | None:
    """What a command line tells; None where it tells nothing.

    Args:
        command: a line for a shell, or a program and its arguments.
        environ: the variables that are known to be set where it runs.
    """
    words = _program_words(_split(command) if isinstance(command, str) else list(command), _DEEPEST_SHELL)
    program, server = _server_of(words)
    given = _given_port(words, (*server.flags, *ANY_SERVER.flags))
    if given:
        return _told(program, server, given, environ)
    if not program:
        return None
    if server.kind == "worker":
        return Listening(program, "worker", 0, "", is_said=False)
    return _by_default(program, server, environ)


def _told(program: str, server: Server, given: str, environ: Mapping[str, str]) -> Listening | None:
    """What a port on the command line says; a variable in it may be set, have a default, or be ours to set."""
    wanted: list[EnvVar] = []

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[3]
        known = environ.get(name) or match[2]
        if known is None and name == PORT_VARIABLE.name:
            wanted.append(EnvVar(name, str(CHOSEN_PORT)))
            known = str(CHOSEN_PORT)
        return known or ""

    port = port_of_address(_VARIABLE.sub(value, given))
    if not port:
        return None
    return Listening(program, server.kind, port, server.port_name, is_said=not wanted, env=tuple(wanted))


def _by_default(program: str, server: Server, environ: Mapping[str, str]) -> Listening:
    port = server.port
    if PORT_VARIABLE in server.environ and environ.get(PORT_VARIABLE.name, "").isdigit():
        port = int(environ[PORT_VARIABLE.name])
    wanted = [variable for variable in server.environ if variable.name not in environ]
    env = tuple(EnvVar(variable.name, variable.value or str(port)) for variable in wanted)
    return Listening(program, server.kind, port, server.port_name, is_said=False, env=env)


def port_of_address(text: str) -> int:
    """The port of `8000`, `:8000`, `0.0.0.0:8000` or `tcp://[::]:8000`; 0 where there is none."""
    match = _PORT_OF_ADDRESS.fullmatch(text.strip())
    return int(match[1]) if match and 0 < int(match[1]) <= HIGHEST_PORT else 0


def _split(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        # A quote that is not closed: the words as they stand tell enough.
        return command.split()


def _program_words(words: list[str], depth: int) -> list[str]:
    """The words of the program that stays: the last of a chain, without what only starts it."""
    for place, word in reversed(list(enumerate(words))):
        if word in _SEPARATORS or word.endswith(";"):
            words = words[place + 1 :]
            break
    while words:
        first = words[0].rpartition("/")[2]
        if _ASSIGNMENT.fullmatch(first) or first in _RUNNERS:
            words = words[1:]
        elif len(words) > 1 and _RUNNERS_OF_TWO.get(first) == words[1]:
            words = words[2:]
        elif first in _SHELLS and "-c" in words[:-1] and depth:
            return _program_words(_split(words[words.index("-c") + 1]), depth - 1)
        else:
            break
    return words


def _server_of(words: Sequence[str]) -> tuple[str, Server]:
    names = [word.rpartition("/")[2] for word in words]
    if names and _INTERPRETERS.fullmatch(names[0]):
        names = [*names[:1], *(name for name in names[1:] if name != "-m")]
        shorter = names[1:]
    else:
        shorter = names
    for candidate in (names, shorter):
        for length in (2, 1):
            begun = " ".join(candidate[:length])
            if len(candidate) >= length and begun in SERVERS:
                return begun, SERVERS[begun]
    later = next((name for name in shorter[1:3] if ":" in name and name in SERVERS), "")
    return (later, SERVERS[later]) if later else ("", ANY_SERVER)


def _given_port(words: Sequence[str], flags: Sequence[str]) -> str:
    """The value of the last option that names a port: `--port 80`, `--port=80`, `-p80`."""
    found = ""
    for place, word in enumerate(words):
        name, is_joined, value = word.partition("=")
        if name in flags:
            found = value if is_joined else next(iter(words[place + 1 : place + 2]), "")
        elif any(len(flag) == 2 and word.startswith(flag) and word[2:].isdigit() for flag in flags):  # noqa: PLR2004
            found = word[2:]
    return found if re.search(r"\d|\$", found) else ""
