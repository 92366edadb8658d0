"""Reads a Gradle build script without running it.

A script is a program in Groovy or Kotlin. What is understood is what most scripts are made of, in both languages:

- blocks (`plugins { }`, `dependencies { }`, `allprojects { }`), however deep;
- assignments of texts (`version = "1"`, `version '1'`, `mainClass.set("x")`, `val x = "1"`, `ext.x = '1'`);
- calls with texts (`implementation("group:name:1")`, `implementation 'group:name:1'`, `id("x") version "1"`,
  `include("a", "b")`), and with entries of a version catalog (`implementation(libs.spring.web)`);
- `$name` and `${name}` in texts, from the script and from gradle.properties.

All else is passed over: loops, conditions, functions, and what other scripts or plugins of the project do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))"""
    r'''|(?P<text>"""(?:.*?)(?:"""|\Z)|\'\'\'(?:.*?)(?:\'\'\'|\Z)|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?)'''
    r"""|(?P<word>[A-Za-z_][\w.\-]*|`[^`\n]*`)|(?P<line>\n)|(?P<sign>[^\s\w])|(?P<number>\d[\w.]*)""",
    re.DOTALL,
)


DEEPEST = 10
"""Blocks around a statement that are told."""


class Statement(msgspec.Struct, frozen=True):
    """One line of a script, as far as it is understood.

    Attributes:
        block: the names of the blocks around it, the outermost first.
        words: the names in it, in their order: `implementation`, `libs.spring.web`.
        texts: the texts in it, without quotes.
        line: where it begins.
        is_assignment: whether it has a `=`.
    """

    block: tuple[str, ...]
    words: tuple[str, ...]
    texts: tuple[str, ...]
    line: int
    is_assignment: bool


class _Pending:
    """A statement in the making."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.texts: list[str] = []
        self.line = 0
        self.is_assignment = False


@lru_cache(maxsize=16)
def statements(text: str) -> tuple[Statement, ...]:
    """The statements of a script, in their order, each with its blocks. Text that is no script gives what it gives.

    A build of many projects has a script at its top that all of them read, so the last ones are kept.
    """
    return tuple(_statements(text))


def _statements(text: str) -> Iterator[Statement]:
    blocks: list[str] = []
    pending = _Pending()
    line, depth = 1, 0
    for token in _TOKEN.finditer(text):
        kind, value = token.lastgroup, token[0]
        if kind in {"word", "text"}:
            pending.line = pending.line or line
            (pending.words if kind == "word" else pending.texts).append(_plain(value))
        elif kind == "sign":
            depth = max(0, depth + {"(": 1, "[": 1, ")": -1, "]": -1}.get(value, 0))
            pending.is_assignment = pending.is_assignment or value == "="
            if value in "{};":
                yield from _finished(pending, blocks)
                if value == "{":
                    blocks.append(_block_name(pending))
                elif value == "}" and blocks:
                    blocks.pop()
                pending, depth = _Pending(), 0
        elif kind == "line" and not depth:
            yield from _finished(pending, blocks)
            pending = _Pending()
        line += value.count("\n")
    yield from _finished(pending, blocks)


def _finished(pending: _Pending, blocks: list[str]) -> Iterator[Statement]:
    if pending.words:
        yield Statement(
            tuple(blocks[:DEEPEST]), tuple(pending.words), tuple(pending.texts), pending.line, pending.is_assignment
        )


def _block_name(pending: _Pending) -> str:
    return pending.words[0] if pending.words else ""


def _plain(token: str) -> str:
    for quote in ('"""', "'''", '"', "'", "`"):
        if token.startswith(quote):
            return token[len(quote) : -len(quote)]
    return token
