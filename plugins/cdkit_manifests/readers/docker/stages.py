"""The stages of a Dockerfile, and what each says of its image: its own words, and those of the stage below it."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from cdkit_manifests.readers.docker.instructions import Instruction, exec_form, expand, words

_NEW_USER = re.compile(r"\b(?:useradd|adduser)\b([^;&|]*)")
_UID = re.compile(r"(?:-u|--uid)[= ]\s*(\d+)")


class Said(msgspec.Struct, frozen=True):
    """A value, and the line of the Dockerfile that says it."""

    value: str
    line: int


class Stage(msgspec.Struct):
    """One stage.

    Attributes:
        name: as `AS` has it; empty when it has none.
        base: the image that it is built on, at the bottom.
        line: where it begins.
        exposed: the arguments of `EXPOSE`.
        volumes: the folders of `VOLUME`.
        labels: by name.
        environ: the variables that are set in the image.
        users: the numbers of users that it makes, by name.
        user, workdir, stop_signal, entrypoint, command, healthcheck, shell: the last of each; None where there is none.
    """

    name: str = ""
    base: Said = Said("", 0)
    line: int = 0
    exposed: list[Said] = []
    volumes: list[Said] = []
    labels: dict[str, Said] = {}
    environ: dict[str, str] = {}
    users: dict[str, int] = {}
    user: Said | None = None
    workdir: Said | None = None
    stop_signal: Said | None = None
    entrypoint: Said | None = None
    command: Said | None = None
    healthcheck: Said | None = None
    shell: Said | None = None


def stages(found: Iterable[Instruction]) -> list[Stage]:
    """The stages in their order; none for a Dockerfile without `FROM`."""
    reader = _StageReader()
    for instruction in found:
        reader.take(instruction)
    return reader.stages


def stage_of(all_stages: list[Stage], target: str) -> Stage | None:
    """The stage that an image is made of: the one with this name, else the last one."""
    named = (stage for stage in all_stages if target and stage.name.lower() == target.lower())
    return next(named, all_stages[-1] if all_stages else None)


class _StageReader:
    """Takes one instruction after the other."""

    def __init__(self) -> None:
        self.stages: list[Stage] = []
        self._arguments: dict[str, str] = {}
        self._local: dict[str, str] = {}

    def take(self, instruction: Instruction) -> None:
        if instruction.name == "FROM":
            self._begin(instruction)
        elif not self.stages:
            if instruction.name == "ARG":
                self._declare(instruction.argument, self._arguments)
        else:
            self._continue(self.stages[-1], instruction)

    def _begin(self, instruction: Instruction) -> None:
        given = [word for word in words(instruction.argument) if not word.startswith("--")]
        reference = expand(given[0], self._arguments) if given else ""
        name = given[2] if len(given) > 2 and given[1].upper() == "AS" else ""  # noqa: PLR2004 -- image AS name
        earlier = next((stage for stage in self.stages if stage.name and stage.name.lower() == reference.lower()), None)
        stage = _copy(earlier) if earlier else Stage(base=Said(reference, instruction.line))
        stage.name, stage.line = name, instruction.line
        self.stages.append(stage)
        self._local = {}

    def _continue(self, stage: Stage, instruction: Instruction) -> None:
        known = self._local | stage.environ
        said = Said(expand(instruction.argument, known), instruction.line)
        match instruction.name:
            case "EXPOSE":
                stage.exposed += [Said(word, said.line) for word in words(said.value)]
            case "VOLUME":
                stage.volumes += [Said(word, said.line) for word in exec_form(said.value) or words(said.value)]
            case "ENV":
                stage.environ |= _pairs(said.value)
            case "LABEL":
                stage.labels |= {name: Said(value, said.line) for name, value in _pairs(said.value).items()}
            case "ARG":
                self._declare(instruction.argument, self._local, self._arguments)
            case "RUN":
                stage.users |= _made_users(said.value)
            case _:
                self._replace(stage, Instruction(instruction.name, said.value, said.line), instruction.argument)

    def _replace(self, stage: Stage, expanded: Instruction, written: str) -> None:
        """Take an instruction of which only the last one counts. Commands are expanded where they run, not here."""
        said = Said(expanded.argument, expanded.line)
        command = Said(written, expanded.line)
        match expanded.name:
            case "USER":
                stage.user = said
            case "WORKDIR":
                before = stage.workdir.value if stage.workdir else "/"
                stage.workdir = Said(_below(before, said.value.strip("\"'")), said.line)
            case "STOPSIGNAL":
                stage.stop_signal = said
            case "ENTRYPOINT":
                # An image's own CMD goes when the entry point is another one.
                stage.entrypoint, stage.command = command, None
            case "CMD":
                stage.command = command
            case "HEALTHCHECK":
                stage.healthcheck = None if written.strip().upper() == "NONE" else command
            case "SHELL":
                stage.shell = command

    def _declare(self, argument: str, into: dict[str, str], defaults: dict[str, str] | None = None) -> None:
        for word in words(argument):
            name, is_given, value = word.partition("=")
            if is_given:
                into[name] = expand(value, into)
            elif defaults and name in defaults:
                into[name] = defaults[name]


def _copy(stage: Stage) -> Stage:
    return msgspec.structs.replace(
        stage,
        exposed=[*stage.exposed],
        volumes=[*stage.volumes],
        labels={**stage.labels},
        environ={**stage.environ},
        users={**stage.users},
    )


def _below(folder: str, path: str) -> str:
    return path if path.startswith("/") else f"{folder.rstrip('/')}/{path}"


def _pairs(argument: str) -> dict[str, str]:
    """`name=value` as often as one likes, or `name value` as of old."""
    given = words(argument)
    if given and "=" not in given[0]:
        return {given[0]: argument.strip().partition(given[0])[2].strip()}
    return {name: value for name, is_given, value in (word.partition("=") for word in given) if is_given}


def _made_users(command: str) -> dict[str, int]:
    """The users that a command makes with a number: the name is the last word that is no option, number or path."""
    made = {}
    for match in _NEW_USER.finditer(command):
        uid = _UID.search(match[1])
        names = [word for word in match[1].split() if re.fullmatch(r"[A-Za-z_][\w.-]*", word)]
        if uid and names:
            made[names[-1]] = int(uid[1])
    return made
