"""Reading what the classic builder says, until it names the image or the instruction that failed."""

from __future__ import annotations

import re
from collections import deque
from typing import Any

import msgspec

from cdkit.clients.engine.messages import recognised
from cdkit.clients.lines import LineSplitter, text_of
from cdkit.errors import BuildFailed, CdkitError
from cdkit.models.image_build import BuildStep
from cdkit.ports.image_engine import OnStep, OnText

EVIDENCE_LINES = 20

_STEP = re.compile(r"Step (\d+)/(\d+) : (.*)")

_PULL_FAILED = "invalid from flag value"
"""How the builder begins its message when the image of a `COPY --from=` cannot be had."""


class BuildLog:
    """What a build printed so far.

    Args:
        on_line: called with each whole line.
        on_step: called when an instruction begins, and when it is done.
    """

    def __init__(self, on_line: OnText, on_step: OnStep) -> None:
        self._on_line = on_line
        self._on_step = on_step
        self._splitter = LineSplitter()
        self._last: deque[str] = deque(maxlen=EVIDENCE_LINES)
        self._step: BuildStep | None = None
        self.image_id = ""

    def read(self, message: dict[str, Any]) -> None:
        """Take in one message of the builder.

        Raises:
            CdkitError: the message says that the build failed.
        """
        self._print(_text(message))
        self.image_id = (message.get("aux") or {}).get("ID") or self.image_id
        if failure := message.get("errorDetail") or message.get("error"):
            self._show_rest()
            raise self.failure(failure["message"] if isinstance(failure, dict) else failure)

    def close(self) -> None:
        """The build has ended well: show what stands on a last line without a line break."""
        self._show_rest()
        self._end_step()

    def failure(self, said: str) -> CdkitError:
        """The error for a failure in the builder's own words."""
        instruction = self._step.instruction if self._step else ""
        what = f"`{instruction}`" if instruction else "The Dockerfile"
        pulls = instruction.upper().startswith("FROM ") or said.startswith(_PULL_FAILED)
        pull_failed = recognised(said, f"The image of {what} cannot be pulled") if pulls else None
        message = f"{what} failed: {' '.join(said.split())}"
        return pull_failed or BuildFailed(message, step=self._step, evidence=self._last)

    def _show_rest(self) -> None:
        rest = self._splitter.rest()
        if rest is not None:
            self._show(text_of(rest))

    def _print(self, text: str) -> None:
        for line in self._splitter.feed(text.encode()):
            self._show(text_of(line))

    def _show(self, line: str) -> None:
        if match := _STEP.match(line):
            self._end_step()
            number, total, instruction = match.groups()
            self._step = BuildStep(builder="classic", instruction=instruction, number=int(number), total=int(total))
            self._on_step(self._step)
        if line.strip():
            self._last.append(line)
            self._on_line(line)

    def _end_step(self) -> None:
        if self._step is not None:
            self._on_step(msgspec.structs.replace(self._step, done=True))


def _text(message: dict[str, Any]) -> str:
    """What of a message a person reads: not the progress of each layer of a base image."""
    if "status" in message and "progressDetail" not in message:
        return f"{message['status']}\n"
    return str(message.get("stream", ""))
