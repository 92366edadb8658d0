"""The text of a Dockerfile taken apart into instructions, each with its lines.

Directives, comments, continued lines and heredocs are read by the rules of
https://docs.docker.com/reference/dockerfile/ and, where that is silent, as BuildKit's own parser does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import msgspec

from cdkit_images.dockerfile.errors import mistake
from cdkit_images.dockerfile.words import heredoc_word, split_quoted

_DIRECTIVE = re.compile(r"\s*#\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(.+?)\s*$")
_DIRECTIVES = frozenset({"syntax", "escape", "check"})
_ESCAPES = ("\\", "`")
_HEREDOC = re.compile(r"(\d*)<<(-?)([^<]+)")
_WITH_HEREDOCS = frozenset({"ADD", "COPY", "RUN"})
_BLANK = "\t\v\f\r "

KEYWORDS = frozenset(
    """
    ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME
    WORKDIR
    """.split()  # noqa: SIM905 -- a list of them would be a page long
)


class Heredoc(msgspec.Struct, frozen=True):
    """A document inside a Dockerfile.

    Attributes:
        name: the word that ends it.
        content: its lines, with their line breaks.
    """

    name: str
    content: str


class Instruction(msgspec.Struct, frozen=True):
    """One instruction.

    Attributes:
        keyword: in capitals: `COPY`.
        flags: `--from=build`, as they were written and without quotes.
        text: what follows, with continued lines joined.
        line: where it begins, counted from 1.
        end_line: where it ends, heredocs included.
        heredocs: the documents that belong to it.
    """

    keyword: str
    flags: tuple[str, ...]
    text: str
    line: int
    end_line: int
    heredocs: tuple[Heredoc, ...] = ()

    def flag(self, name: str) -> str:
        """The value of a flag, or the empty string."""
        prefix = f"--{name}="
        return next((flag.removeprefix(prefix) for flag in self.flags if flag.startswith(prefix)), "")

    def words(self) -> list[str]:
        """The arguments: a JSON list, or what stands between white space."""
        if self.text.startswith("["):
            try:
                words = json.loads(self.text)
            except ValueError:
                words = None
            if isinstance(words, list) and all(isinstance(word, str) for word in words):
                return words
        return self.text.split()

    def __str__(self) -> str:
        return " ".join([self.keyword, *self.flags, self.text])


class Dockerfile(msgspec.Struct, frozen=True):
    """A Dockerfile as it is written.

    Attributes:
        file: its name, for a person.
        instructions: in their order.
        directives: `syntax`, `escape` and `check`, by name.
    """

    file: str
    instructions: tuple[Instruction, ...]
    directives: dict[str, str]

    @property
    def escape(self) -> str:
        r"""The character that takes a meaning away and continues lines: `\` unless a directive says otherwise."""
        return self.directives.get("escape", _ESCAPES[0])


def parse_dockerfile(text: str, file: str = "Dockerfile") -> Dockerfile:
    """Take a Dockerfile apart.

    Raises:
        InvalidInput: it is none; the error names the line.
    """
    lines = [line.rstrip("\r") for line in text.removeprefix("\ufeff").split("\n")]
    directives = _directives(lines, file)
    instructions = tuple(_Reader(lines, file, directives.get("escape", _ESCAPES[0])).read_all())
    if not instructions:
        raise mistake(file, 1, "There is no instruction in it.", "Begin with `FROM`.")
    return Dockerfile(file, instructions, directives)


def parse_trigger(trigger: Instruction, escape: str, file: str) -> Instruction:
    """The instruction that an ONBUILD holds; its lines are those of the ONBUILD."""
    inner = _instruction(trigger.text, trigger.line, trigger.end_line, escape, file)
    return msgspec.structs.replace(inner, heredocs=trigger.heredocs)


def _directives(lines: Sequence[str], file: str) -> dict[str, str]:
    """They count only above everything else, comments and empty lines too."""
    found: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        match = _DIRECTIVE.match(line)
        name = match[1].lower() if match else ""
        if match is None or name not in _DIRECTIVES:
            break
        if name in found:
            raise mistake(file, number, f"The directive `{name}` stands there twice.")
        if name == "escape" and match[2] not in _ESCAPES:
            raise mistake(file, number, f"The escape character cannot be {match[2]!r}.", "Take ` or \\.")
        found[name] = match[2]
    return found


class _Reader:
    """Reads instructions from lines, one after the other."""

    def __init__(self, lines: Sequence[str], file: str, escape: str) -> None:
        self._lines = lines
        self._file = file
        self._escape = escape
        # A line that ends with an escaped escape character goes not on.
        self._continued = re.compile(rf"(^|[^{re.escape(escape)}]){re.escape(escape)}[ \t]*$")
        self._next = 0

    def read_all(self) -> list[Instruction]:
        found = []
        while self._next < len(self._lines):
            start = self._next + 1
            text = self._logical_line()
            if text.strip(_BLANK):
                found.append(self._with_heredocs(_instruction(text, start, self._next, self._escape, self._file)))
        return found

    def _logical_line(self) -> str:
        """A line and those that continue it; comments and empty lines among them are left out."""
        text = self._take()
        if _is_comment(text):
            return ""
        text, goes_on = self._without_continuation(text)
        while goes_on and self._next < len(self._lines):
            line = self._take()
            if _is_comment(line) or not line.strip(_BLANK):
                continue
            line, goes_on = self._without_continuation(line)
            text += line
        return text

    def _take(self) -> str:
        self._next += 1
        return self._lines[self._next - 1]

    def _without_continuation(self, line: str) -> tuple[str, bool]:
        shorter = self._continued.sub(r"\1", line)
        return shorter, shorter != line

    def _with_heredocs(self, instruction: Instruction) -> Instruction:
        keyword = instruction.keyword
        if keyword == "ONBUILD":
            keyword = instruction.text.partition(" ")[0].upper()
        if keyword not in _WITH_HEREDOCS or "<<" not in instruction.text:
            return instruction
        heredocs = tuple(
            self._heredoc(name, chomps, instruction.line) for name, chomps in _heredoc_names(instruction.text)
        )
        return msgspec.structs.replace(instruction, heredocs=heredocs, end_line=self._next)

    def _heredoc(self, name: str, chomps: bool, line: int) -> Heredoc:
        content: list[str] = []
        while self._next < len(self._lines):
            text = self._take()
            if (text.lstrip("\t") if chomps else text) == name:
                return Heredoc(name, "".join(f"{each}\n" for each in content))
            content.append(text)
        raise mistake(self._file, line, "The document that begins here has no end.", f"End it with a line `{name}`.")


def _heredoc_names(text: str) -> list[tuple[str, bool]]:
    r"""The words that end the documents which a line announces, and whether tabs before them are dropped (`<<-`)."""
    names = []
    for word in split_quoted(text):
        match = _HEREDOC.fullmatch(word)
        name = heredoc_word(match[3]) if match else ""
        if match and name:
            names.append((name, bool(match[2])))
    return names


def is_heredoc(word: str) -> bool:
    """Whether an argument announces a document instead of naming a file."""
    return _HEREDOC.fullmatch(word) is not None


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _instruction(text: str, line: int, end_line: int, escape: str, file: str) -> Instruction:
    parts = text.strip(_BLANK).split(maxsplit=1)
    keyword = parts[0].upper()
    if keyword not in KEYWORDS:
        raise mistake(file, line, f"Docker knows no instruction {parts[0]!r}.")
    flags, arguments = _split_flags(parts[1] if len(parts) > 1 else "", escape)
    return Instruction(keyword, tuple(flags), arguments, line, end_line)


def _split_flags(text: str, escape: str) -> tuple[list[str], str]:
    """The words that begin with `--`, up to one that does not or that is `--` itself; and the rest."""
    flags: list[str] = []
    while text.startswith("--"):
        word, text = _first_word(text, escape)
        if word == "--":
            break
        flags.append(word)
    return flags, text


def _first_word(text: str, escape: str) -> tuple[str, str]:
    """A word without its quotes, and what follows it."""
    word, quote, position = "", "", 0
    while position < len(text):
        sign = text[position]
        if not quote and sign in _BLANK:
            break
        if sign == escape and position + 1 < len(text):
            position += 1
            word += text[position]
        elif sign in {"'", '"'} and quote in {"", sign}:
            quote = "" if quote else sign
        else:
            word += sign
        position += 1
    return word, text[position:].lstrip(_BLANK)
