"""The graph of a pipeline, for people and for programs that draw: text, Mermaid and DOT."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from cdkit.report.style import Style

GraphFormat = Literal["text", "mermaid", "dot"]


class GraphStep(msgspec.Struct, frozen=True):
    """One step of a graph.

    Attributes:
        name: its name.
        uses: its kind.
        waits_for: the names of the steps that must have succeeded before.
    """

    name: str
    uses: str
    waits_for: tuple[str, ...] = ()


def graph_lines(steps: Sequence[GraphStep], form: GraphFormat, style: Style) -> Iterator[str]:
    """A graph in the wanted form.

    Args:
        steps: each behind those that it waits for.
        form: text for people, `mermaid` (https://mermaid.js.org/syntax/flowchart.html) or `dot`
            (https://graphviz.org/doc/info/lang.html).
        style: how to write text; the others are the same everywhere.
    """
    return _text(steps, style) if form == "text" else _WRITERS[form](steps)


def levels(steps: Sequence[GraphStep]) -> dict[int, list[GraphStep]]:
    """The steps by how many others must end one after the other before: what is on one level can run at once."""
    depth: dict[str, int] = {}
    found: dict[int, list[GraphStep]] = {}
    for step in steps:
        depth[step.name] = max((depth[need] + 1 for need in step.waits_for), default=1)
        found.setdefault(depth[step.name], []).append(step)
    return dict(sorted(found.items()))


def _text(steps: Sequence[GraphStep], style: Style) -> Iterator[str]:
    titles = {step.name: style.harmless(f"{step.name} ({step.uses})") for step in steps}
    width = max(map(len, titles.values()), default=0)
    by_level = levels(steps)
    margin = len(str(len(by_level)))
    for level, together in by_level.items():
        for index, step in enumerate(together):
            number = str(level) if index == 0 else ""
            title = titles[step.name].ljust(width)
            after = style.harmless(f"after {', '.join(step.waits_for)}") if step.waits_for else ""
            yield f"{number.rjust(margin)}  {style.paint(title, 'bold')}  {style.paint(after, 'dim')}".rstrip()


def _mermaid(steps: Sequence[GraphStep]) -> Iterator[str]:
    ids = _ids(steps)
    yield "flowchart TD"
    for step in steps:
        yield f'    {ids[step.name]}["{_mermaid_text(step.name)}<br/>{_mermaid_text(step.uses)}"]'
    for before, after in _edges(steps):
        yield f"    {ids[before]} --> {ids[after]}"


def _dot(steps: Sequence[GraphStep]) -> Iterator[str]:
    ids = _ids(steps)
    yield "digraph pipeline {"
    yield "    node [shape=box];"
    for step in steps:
        yield f'    {ids[step.name]} [label="{_dot_text(step.name)}\\n{_dot_text(step.uses)}"];'
    for before, after in _edges(steps):
        yield f"    {ids[before]} -> {ids[after]};"
    yield "}"


_WRITERS: Mapping[str, Callable[[Sequence[GraphStep]], Iterator[str]]] = {"mermaid": _mermaid, "dot": _dot}


def _ids(steps: Sequence[GraphStep]) -> dict[str, str]:
    """Numbers for names: a step may be called `end` or `graph`, which are words of these languages."""
    return {step.name: f"s{number}" for number, step in enumerate(steps, 1)}


def _edges(steps: Sequence[GraphStep]) -> Iterator[tuple[str, str]]:
    return ((need, step.name) for step in steps for need in step.waits_for)


def _mermaid_text(text: str) -> str:
    """Everything that Mermaid, Markdown or HTML could read as theirs by its number."""
    return "".join(sign if sign.isalnum() or sign in " -_.," else f"#{ord(sign)};" for sign in text)


def _dot_text(text: str) -> str:
    r"""Text in a quoted label, where `\N` is a node's name, and `&lt;` the sign itself."""
    escaped = text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    return "".join(sign if sign.isprintable() else " " for sign in escaped)
