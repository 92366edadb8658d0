"""What can be waited for, as data. A leaf is told as a noun, and `unanswered` is what is told of it at first."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

import msgspec

from cdkit.api import Duration
from cdkit_pods.options.part import words_of
from cdkit_pods.options.wait import HttpWait, Wait


class Tcp(msgspec.Struct, frozen=True):
    """A port takes connections."""

    port: int

    unanswered: ClassVar[str] = "has not been asked yet"

    def __str__(self) -> str:
        return f"tcp port {self.port}"


class Http(msgspec.Struct, frozen=True, kw_only=True):
    """A request is answered as it should be.

    Attributes:
        port: of localhost.
        path: begins with a slash.
        method: in capital letters.
        statuses: what the answer's status may be: numbers, or classes such as `2xx`.
        body: a pattern that has to stand somewhere in the answer's body; empty for any body.
        headers: of the request.
    """

    port: int
    path: str = "/"
    method: str = "GET"
    statuses: tuple[str, ...] = ("200",)
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()

    unanswered: ClassVar[str] = "has not been asked yet"

    def __str__(self) -> str:
        return f"http {self.method} {self.path} on {self.port}"


class LogMatch(msgspec.Struct, frozen=True):
    """A line of the service's log has a pattern in it."""

    pattern: str

    unanswered: ClassVar[str] = "has not come"

    def __str__(self) -> str:
        return f"a line of its log that matches {self.pattern!r}"


class Exec(msgspec.Struct, frozen=True):
    """A command in the service's container ends with 0."""

    command: tuple[str, ...]

    unanswered: ClassVar[str] = "has not been run yet"

    def __str__(self) -> str:
        from shlex import join

        return f"exec {join(self.command)}"


class Healthy(msgspec.Struct, frozen=True):
    """The service's health check says that it is well."""

    unanswered: ClassVar[str] = "has not passed"

    def __str__(self) -> str:
        return "its health check"


class Exited(msgspec.Struct, frozen=True):
    """The service has ended with an exit code."""

    code: int

    unanswered: ClassVar[str] = "has not come"

    def __str__(self) -> str:
        return f"its end with exit code {self.code}"


class After(msgspec.Struct, frozen=True):
    """A time has passed since the service has started, or since the condition before it came."""

    seconds: float

    unanswered: ClassVar[str] = "has not passed"

    def __str__(self) -> str:
        return f"a time of {Duration(self.seconds).written()}"


class Running(msgspec.Struct, frozen=True):
    """The service runs; nothing else is waited for beside it."""


class AllOf(msgspec.Struct, frozen=True):
    """All of these, in any order."""

    parts: tuple[Condition, ...]


class AnyOf(msgspec.Struct, frozen=True):
    """One of these."""

    parts: tuple[Condition, ...]


class InOrder(msgspec.Struct, frozen=True):
    """These, each looked for when the one before it has come.

    A log pattern that follows another one is looked for in the lines after that; every other one from the first line.
    """

    parts: tuple[Condition, ...]


Leaf: TypeAlias = Tcp | Http | LogMatch | Exec | Healthy | Exited | After | Running
Condition: TypeAlias = Leaf | AllOf | AnyOf | InOrder


def condition_of(wait: Wait | None) -> Condition:
    """What an option says is waited for; with none, that the service runs."""
    if wait is None:
        return Running()
    if wait.parts:
        parts = tuple(map(condition_of, wait.parts))
        return AllOf(parts) if wait.all_of else AnyOf(parts) if wait.any_of else InOrder(parts)
    return _leaf_of(wait)


def _leaf_of(wait: Wait) -> Leaf:
    if wait.tcp is not None:
        return Tcp(wait.tcp)
    if wait.http is not None:
        return _http_of(wait.http)
    if wait.log is not None:
        return LogMatch(wait.log)
    if wait.command is not None:
        return Exec(words_of(wait.command))
    if wait.exited is not None:
        return Exited(wait.exited)
    return After(float(wait.after)) if wait.after is not None else Healthy()


def _http_of(wait: HttpWait) -> Http:
    status = wait.status if isinstance(wait.status, list) else [wait.status]
    return Http(
        port=wait.port,
        path=wait.path,
        method=wait.method,
        statuses=tuple(map(str, status)),
        body=wait.body,
        headers=tuple(wait.headers.items()),
    )
