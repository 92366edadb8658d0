"""Words of a Dockerfile: quotes, escapes and variables.

https://docs.docker.com/reference/dockerfile/#environment-replacement
"""

from __future__ import annotations

import re
from collections.abc import Callable

Lookup = Callable[[str], str | None]
"""Gives the value of a variable, or None when it has none."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]")


def expand(word: str, lookup: Lookup, escape: str = "\\") -> str:
    """A word without quotes and escapes, and with the values of its variables.

    Args:
        word: as it is written.
        lookup: gives the values.
        escape: the escape character.

    Raises:
        ValueError: a quote or a brace has no end, or `${NAME:?message}` finds nothing.
    """
    return _Word(word, lookup, escape).read()


def split_quoted(text: str) -> list[str]:
    """Words between white space; quotes keep white space in a word, and stay there themselves."""
    return re.findall(r"""(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*'|["'\\])+""", text)


def heredoc_word(word: str) -> str:
    """The word that ends a heredoc: without its quotes. Empty when it is more than one word."""
    bare = expand(word, lambda _: None) if word.count("'") % 2 == 0 and word.count('"') % 2 == 0 else ""
    return "" if " " in bare else bare


def name_value(word: str) -> tuple[str, str | None]:
    """`NAME=value` taken apart; None as the value where there is no `=`."""
    name, equals, value = word.partition("=")
    return name, value if equals else None


class _Word:
    """Reads one word from its beginning to its end."""

    def __init__(self, text: str, lookup: Lookup, escape: str) -> None:
        self._text = text
        self._lookup = lookup
        self._escape = escape
        self._at = 0

    def read(self) -> str:
        return self._until("")

    def _until(self, end: str) -> str:
        """Everything up to a character that is not quoted, which is passed; the empty one is the end of the word."""
        found = ""
        while self._at < len(self._text):
            sign = self._take()
            if sign == end:
                return found
            found += self._piece(sign)
        if end:
            raise ValueError(f"{self._text!r} has no closing {end!r}")
        return found

    def _piece(self, sign: str) -> str:
        if sign == "'":
            return self._single_quoted()
        if sign == '"':
            return self._double_quoted()
        if sign == "$":
            return self._variable()
        if sign == self._escape:
            # At the very end it stands for nothing.
            return self._take()
        return sign

    def _single_quoted(self) -> str:
        end = self._text.find("'", self._at)
        if end < 0:
            raise ValueError(f"{self._text!r} has no closing quote")
        found, self._at = self._text[self._at : end], end + 1
        return found

    def _double_quoted(self) -> str:
        found = ""
        while self._at < len(self._text):
            sign = self._take()
            if sign == '"':
                return found
            if sign == "$":
                found += self._variable()
            elif sign == self._escape and self._peek() in {'"', "$", self._escape}:
                found += self._take()
            else:
                found += sign
        raise ValueError(f"{self._text!r} has no closing quote")

    def _variable(self) -> str:
        if self._peek() != "{":
            name = self._name()
            return self._value(name) or "" if name else "$"
        self._at += 1
        name = self._name()
        if not name:
            raise ValueError(f"{self._text!r} has no name of a variable between its braces")
        operator = self._take()
        if not operator:
            raise ValueError(f"{self._text!r} has no closing '}}'")
        return self._value(name) or "" if operator == "}" else self._modified(name, operator)

    def _modified(self, name: str, operator: str) -> str:
        if operator == "/":
            return self._replaced(name)
        colon = operator == ":"
        operator = self._take() if colon else operator
        if operator not in {"-", "+", "?", "#", "%"}:
            raise ValueError(f"{self._text!r} has an unknown modifier {operator!r}")
        argument = self._until("}")
        value = self._value(name)
        is_set = value is not None and not (colon and value == "")
        if operator == "-":
            return value or "" if is_set else argument
        if operator == "+":
            return argument if is_set else ""
        if operator == "?":
            if not is_set:
                raise ValueError(f"{name}: {argument or 'not set'}")
            return value or ""
        return _trimmed(value or "", operator, argument)

    def _replaced(self, name: str) -> str:
        """`${NAME/pattern/replacement}`; a second `/` at the beginning replaces all."""
        count = 1
        if self._peek() == "/":
            self._at += 1
            count = 0
        pattern, replacement = self._until("/"), self._until("}")
        return re.sub(_glob(pattern, greedy=True), lambda _: replacement, self._value(name) or "", count=count)

    def _value(self, name: str) -> str | None:
        return self._lookup(name)

    def _name(self) -> str:
        match = _NAME.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return match[0] if match else ""

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        sign = self._peek()
        self._at += 1
        return sign


def _trimmed(value: str, operator: str, pattern: str) -> str:
    """`${NAME#pattern}` and its relatives; the operator doubled takes away as much as fits."""
    greedy = pattern.startswith(operator)
    glob = _glob(pattern.removeprefix(operator), greedy=greedy)
    if operator == "#":
        return re.sub(rf"\A(?:{glob})", "", value, count=1, flags=re.DOTALL)
    starts = range(len(value) + 1) if greedy else range(len(value), -1, -1)
    fitting = (start for start in starts if re.fullmatch(glob, value[start:], re.DOTALL))
    return value[: next(fitting, len(value))]


def _glob(pattern: str, *, greedy: bool) -> str:
    """A shell pattern as a regular expression: only `*`, `?` and escapes have a meaning."""
    many = ".*" if greedy else ".*?"
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    return "".join({"*": many, "?": "."}.get(part) or re.escape(part[-1]) for part in parts)
