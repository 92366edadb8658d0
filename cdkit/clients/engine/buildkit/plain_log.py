"""Reading what BuildKit prints with `--progress=plain`, until the image is built or an instruction has failed.

Every line begins with the number of what it is about, `#6`. The first line of a number gives its name:
`#6 [build 2/3] RUN make`, with the stage and the instruction's place in it.
"""

from __future__ import annotations

import re
from collections import deque

import msgspec

from cdkit.clients.engine.messages import recognised
from cdkit.errors import BuildFailed, CdkitError, EngineUnreachable
from cdkit.models.image_build import BuildStep
from cdkit.ports.image_engine import OnStep, OnText

EVIDENCE_LINES = 20

_LINE = re.compile(r"#(\d+) (.*)")
_STEP = re.compile(r"\[(?:([^\]]*\S) +)?(\d+)/(\d+)\] (.*)")
_TIME = re.compile(r"\d+\.\d+ ")
_METADATA = re.compile(r"\[[^\]]*\] load metadata for (\S+)")
_PREFIXES = re.compile(
    r"^(?:(?:ERROR|error): |failed to solve(?: with frontend \S+)?: |failed to create LLB definition: "
    r"|failed to compute cache key: |rpc error: code = \w+ desc = )+"
)
_EXECUTION = re.compile(r"(?:executor failed running \[.*\]|process \".*\" did not complete successfully): ")
_AWAY = re.compile(r"Cannot connect to the Docker daemon|error during connect|failed to dial gRPC")


class _Vertex(msgspec.Struct):
    """One thing that BuildKit does."""

    name: str
    step: BuildStep | None
    printed: deque[str]
    error: str = ""


class PlainLog:
    """What a build printed so far.

    Args:
        on_line: called with each line that a person reads.
        on_step: called when an instruction begins, and when it is done.
    """

    def __init__(self, on_line: OnText, on_step: OnStep) -> None:
        self._on_line = on_line
        self._on_step = on_step
        self._vertices: dict[str, _Vertex] = {}
        self._said = ""
        self._last: deque[str] = deque(maxlen=EVIDENCE_LINES)

    def read(self, line: str) -> None:
        """Take in one line of the client."""
        match = _LINE.fullmatch(line)
        if match is None:
            self._remember(line)
        elif match[1] not in self._vertices:
            self._begin(match[1], match[2])
        else:
            self._go_on(self._vertices[match[1]], match[2])

    def failure(self) -> CdkitError:
        """The error for a client that said that the build failed."""
        failed = next((vertex for vertex in self._vertices.values() if vertex.error), None)
        said = _without_prefixes(failed.error if failed else self._said) or "the client did not say why"
        if _AWAY.search(said):
            return EngineUnreachable(f"The Docker engine does not answer: {said}")
        if failed is None:
            return BuildFailed(f"The Dockerfile failed: {said}", evidence=self._last)
        if metadata := _METADATA.match(failed.name):
            return _no_base(metadata[1], said)
        instruction = failed.step.instruction if failed.step else failed.name
        reason = _EXECUTION.sub("the command ended with ", said)
        return BuildFailed(f"`{instruction}` failed: {reason}", step=failed.step, evidence=failed.printed)

    def _begin(self, number: str, name: str) -> None:
        vertex = _Vertex(name, _step(name), deque(maxlen=EVIDENCE_LINES))
        self._vertices[number] = vertex
        self._announce(vertex)
        if vertex.step is not None:
            self._on_step(vertex.step)

    def _go_on(self, vertex: _Vertex, text: str) -> None:
        if text == vertex.name:
            # It goes on after lines of another one.
            self._announce(vertex)
        elif text.startswith("ERROR: "):
            vertex.error = text.removeprefix("ERROR: ")
        elif text == "CACHED" or text.startswith("DONE"):
            self._end(vertex, cached=text == "CACHED")
        elif time := _TIME.match(text):
            printed = text[time.end() :]
            vertex.printed.append(printed)
            self._on_line(printed)

    def _end(self, vertex: _Vertex, *, cached: bool) -> None:
        if vertex.step is None:
            return
        if cached:
            self._on_line("CACHED")
        self._on_step(msgspec.structs.replace(vertex.step, done=True))

    def _announce(self, vertex: _Vertex) -> None:
        if not vertex.name.startswith("[internal]"):
            self._on_line(vertex.name)

    def _remember(self, line: str) -> None:
        """A line about nothing in particular: an excerpt of the Dockerfile, or at the very end why it failed."""
        if line.strip():
            self._last.append(line)
            self._said = line


def _step(name: str) -> BuildStep | None:
    match = _STEP.fullmatch(name)
    if match is None:
        return None
    stage, number, total, instruction = match.groups()
    return BuildStep(
        builder="buildkit",
        # For several platforms, the platform stands before the stage.
        stage=(stage or "").rpartition(" ")[2],
        instruction=instruction,
        number=int(number),
        total=int(total),
    )


def _without_prefixes(said: str) -> str:
    return _PREFIXES.sub("", " ".join(said.split()))


def _no_base(reference: str, said: str) -> CdkitError:
    what = f"The image of `FROM {reference}` cannot be pulled"
    return recognised(said, what) or BuildFailed(f"{what}: {said}")
