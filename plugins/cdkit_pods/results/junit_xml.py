"""JUnit XML as its dialects share it: suites, cases, and what is said of a case. Read by expat, in one go.

No tree is made of it, so that the memory that a file takes is that of its cases. A document type is refused, and with
it every entity and all that reaches outside of the file.
https://github.com/testmoapp/junitxml, https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report.xsd
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import msgspec

from cdkit_pods.results.excerpt import Excerpt

Made = TypeVar("Made")

DEEPEST = 200
"""Elements inside each other; PHPUnit nests a suite a folder."""

MOST_CASES = 500_000
LONGEST_DETAILS = 20_000
"""Characters of what is said of a case."""

ROOTS = frozenset({"testsuites", "testsuite"})
RESULTS = frozenset(
    {"failure", "error", "skipped", "rerunFailure", "rerunError", "flakyFailure", "flakyError", "ignored"}
)
"""Children of a case that say how it ended, and how attempts at it ended before."""

_OF_A_SUITE = frozenset({"failure", "error"})
_OUTPUTS = frozenset({"system-out", "system-err"})
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)""")
_CONTROL_BYTES = bytes(code for code in range(32) if code not in b"\t\n\r")
_CONTROL_REFERENCE = re.compile(rb"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]));")


class RawResult(msgspec.Struct):
    """One thing that is said of how a case ended: the element's name, its attributes and its text."""

    kind: str
    attributes: Mapping[str, str]
    text: Excerpt


class RawCase(msgspec.Struct):
    """A case as a file has it.

    Attributes:
        attributes: its own.
        suites: the attributes of the suites around it, the outermost first.
        results: what is said of how it ended.
        output: what it printed.
    """

    attributes: Mapping[str, str]
    suites: tuple[Mapping[str, str], ...]
    output: Excerpt
    results: list[RawResult] = []


class Parsed(msgspec.Struct, Generic[Made]):
    """What a file holds.

    Attributes:
        cases: what was made of them, in their order.
        root: the outermost element's name; empty when the file ended before it.
        flaw: what is wrong with it; the cases that stand before that place are there all the same.
        line: where.
        names_are_unique: whether its tool gives no two tests of a group the same name.
    """

    cases: list[Made]
    root: str = ""
    flaw: str = ""
    line: int = 0
    names_are_unique: bool = False

    @property
    def is_junit(self) -> bool:
        """Whether it is a file of this kind, as far as that can be told."""
        return self.root in ROOTS or not self.root


def parse_junit(data: bytes, make: Callable[[RawCase], Made]) -> Parsed[Made]:
    """Read the bytes of a file.

    Many tools write what XML does not allow: control characters of a test's output, raw or as references, and bytes
    that are no UTF-8. A file that cannot be read because of them is read without them.

    Args:
        data: the file.
        make: is given each case when it is whole, so that what nobody wants of it is not kept.
    """
    parsed = _parse(data, make)
    if not parsed.flaw:
        return parsed
    repaired = _parse(_repaired(data), make)
    return parsed if repaired.flaw else repaired


def _parse(data: bytes, make: Callable[[RawCase], Made]) -> Parsed[Made]:
    from xml.parsers import expat

    parsed: Parsed[Made] = Parsed([])
    if not data.strip():
        return Parsed([], flaw="It is empty.", line=1)
    parser = expat.ParserCreate()
    _Reader(parser, parsed, make)
    try:
        parser.Parse(data, True)  # noqa: FBT003 -- expat takes it by position only
    except _EndedError as ended:
        parsed.flaw, parsed.line = ended.flaw, parser.CurrentLineNumber
    except expat.ExpatError as error:
        parsed.flaw, parsed.line = f"It is not XML: {expat.errors.messages[error.code]}.", error.lineno
    except (LookupError, ValueError):
        parsed.flaw, parsed.line = "It is not XML: its encoding is not known.", 1
    return parsed


def _repaired(data: bytes) -> bytes:
    """The file without the control characters and the broken UTF-8 in it; lines stay where they are."""
    found = _ENCODING.match(data)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data
    if found is None or found[1].lower() in {b"utf-8", b"utf8"}:
        data = data.decode("utf-8", errors="replace").replace("\ufffe", "").replace("\uffff", "").encode()
    return _CONTROL_REFERENCE.sub(b"", data.translate(None, _CONTROL_BYTES))


class _EndedError(Exception):
    """Ends the reading inside of expat, which knows no other way."""

    def __init__(self, flaw: str = "") -> None:
        super().__init__(flaw)
        self.flaw = flaw


class _Reader(Generic[Made]):
    """Makes cases of what expat finds."""

    def __init__(self, parser: Any, parsed: Parsed[Made], make: Callable[[RawCase], Made]) -> None:
        self._parsed = parsed
        self._make = make
        self._suites: list[Mapping[str, str]] = []
        self._case: RawCase | None = None
        self._case_ends = 0
        self._texts: list[Excerpt | None] = []
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._take
        parser.StartDoctypeDeclHandler = self._refuse

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if not self._texts:
            self._parsed.root = name
            if name not in ROOTS:
                raise _EndedError("It is none of JUnit.")
        if len(self._texts) >= DEEPEST:
            raise _EndedError(f"It is nested more than {DEEPEST} levels deep.")
        self._texts.append(self._opened(name, attributes))

    def _opened(self, name: str, attributes: dict[str, str]) -> Excerpt | None:
        """Take in an element; gives where its text goes."""
        if name == "testsuite" and self._case is None:
            self._suites.append(attributes)
        elif name == "testcase" and self._case is None:
            self._begin(attributes)
        elif name in RESULTS:
            return self._result(name, attributes)
        elif name == "stackTrace":
            return self._texts[-1]
        elif name in _OUTPUTS and self._case is not None and self._texts[-1] is None:
            return self._case.output
        elif name == "property" and attributes.get("name") == "go.version":
            self._parsed.names_are_unique = True
        return None

    def _begin(self, attributes: Mapping[str, str]) -> RawCase:
        """Begin a case, which lasts until the element ends that is opened now."""
        if len(self._parsed.cases) >= MOST_CASES:
            raise _EndedError(f"It has more than {MOST_CASES} tests.")
        self._case = RawCase(attributes, tuple(self._suites), Excerpt(LONGEST_DETAILS))
        self._case_ends = len(self._texts)
        return self._case

    def _result(self, name: str, attributes: Mapping[str, str]) -> Excerpt | None:
        case = self._case
        if case is None:
            if name not in _OF_A_SUITE or not self._suites:
                return None
            # What befell a whole suite, before any of its cases or after them, is told as a case of its own.
            case = self._begin({"name": self._suites[-1].get("name", "")})
        result = RawResult(name, attributes, Excerpt(LONGEST_DETAILS))
        case.results.append(result)
        return result.text

    def _end(self, name: str) -> None:
        self._texts.pop()
        if self._case is not None:
            if len(self._texts) == self._case_ends:
                self._parsed.cases.append(self._make(self._case))
                self._case = None
        elif name.rpartition(":")[2] == "testsuite":
            self._suites.pop()

    def _take(self, text: str) -> None:
        if self._texts and (kept := self._texts[-1]) is not None:
            kept.add(text)

    def _refuse(self, name: str, *_: Any) -> None:
        self._parsed.root = name
        raise _EndedError("It has a document type (<!DOCTYPE>), which no report of tests needs, and which is not read.")
