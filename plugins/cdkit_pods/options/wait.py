"""What is waited for until a service is ready."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from cdkit.api import Duration, Fault
from cdkit_pods.options.faults import command_faults, pattern_faults
from cdkit_pods.options.part import Command, Named, Part, PortNumber, Text, words_of

Status = Annotated[int, Meta(ge=100, le=599)]
StatusClass = Annotated[str, Meta(pattern=r"^[1-5](?:xx|[0-9]{2})$(?!\n)", title="a status such as 204 or 2xx")]
"""`2xx` is every status from 200 to 299; `204` in quotation marks is that status."""


class HttpWait(Part, frozen=True, kw_only=True):
    """A request that is answered as it should be."""

    port: Annotated[PortNumber, Meta(description="The port of the service.")]
    path: Annotated[str, Meta(pattern="^/", title="a path that begins with /", description="What is asked for.")] = "/"
    method: Annotated[
        str, Meta(pattern=r"^[A-Z]{1,16}$(?!\n)", title="a method such as GET", description="The request's method.")
    ] = "GET"
    status: Annotated[
        Status | StatusClass | list[Status | StatusClass],
        Meta(description="The answer's status, or several: `200`, `2xx`."),
    ] = 200
    body: Annotated[str, Meta(description="A regular expression that the answer's body has somewhere in it.")] = ""
    headers: Annotated[Named, Meta(description="Headers of the request.")] = {}

    def faults(self) -> Iterable[Fault]:
        """A pattern that cannot be read, and headers that would be more than one."""
        yield from pattern_faults(self.body, "body")
        for name, value in self.headers.items():
            if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", name) or re.search(r"[\r\n\0]", value):
                yield Fault(("headers", name), f"{name!r} is no header of HTTP, or its value has more than one line.")
        if re.search(r"[\s\x00-\x1f]", self.path):
            yield Fault(("path",), "A path of HTTP has no spaces and no control characters.", "Write %20 for a space.")


class Wait(Part, frozen=True, kw_only=True, rename={"command": "exec", "all_of": "all", "any_of": "any"}):
    """One thing that is waited for: exactly one of these."""

    tcp: Annotated[PortNumber | None, Meta(description="The port takes a connection.")] = None
    http: Annotated[HttpWait | None, Meta(description="A request is answered.")] = None
    log: Annotated[Text | None, Meta(description="A regular expression that a line of its log has in it.")] = None
    command: Annotated[Command | None, Meta(description="A command in its container ends with 0.")] = None
    healthy: Annotated[bool | None, Meta(description="`true`: its health check says that it is well.")] = None
    exited: Annotated[
        Annotated[int, Meta(ge=0, le=255)] | None, Meta(description="It has ended with this exit code.")
    ] = None
    after: Annotated[Duration | None, Meta(description="So long after it has started.")] = None
    all_of: Annotated[list[Wait] | None, Meta(min_length=1, description="All of these, in any order.")] = None
    any_of: Annotated[list[Wait] | None, Meta(min_length=1, description="One of these.")] = None
    in_order: Annotated[
        list[Wait] | None, Meta(min_length=1, description="These, each waited for when the one before it has come.")
    ] = None

    def faults(self) -> Iterable[Fault]:
        """None or several things at once, a pattern that cannot be read, a command without a program."""
        given = self.given
        if len(given) != 1:
            found = f"; here stand {', '.join(given)}" if given else ""
            yield Fault((), f"Exactly one thing to wait for is wanted{found}.", "Join several with `all` or `any`.")
        if self.healthy is False:
            yield Fault(("healthy",), "'healthy' can only be true.", "Leave it out to wait for something else.")
        if self.log is not None:
            yield from pattern_faults(self.log, "log")
        if self.command is not None:
            yield from command_faults(self.command, "exec")

    @property
    def given(self) -> list[str]:
        """Which keys stand there."""
        keys = zip(self.__struct_fields__, self.__struct_encode_fields__, strict=True)
        return [key for name, key in keys if getattr(self, name) is not None]

    @property
    def parts(self) -> tuple[Wait, ...]:
        """What this one is put together of; nothing when it is a single thing."""
        return tuple(self.all_of or self.any_of or self.in_order or ())

    def leaves(self) -> Iterable[Wait]:
        """The single things that are waited for."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()

    def words(self) -> Iterable[str]:
        """The texts that probes are made of: commands, and what is sent in requests."""
        for leaf in self.leaves():
            if leaf.command is not None:
                yield from words_of(leaf.command)
            if leaf.http is not None:
                yield from (leaf.http.path, *leaf.http.headers.values())
