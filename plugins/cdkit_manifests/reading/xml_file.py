"""XML with the lines of its elements.

Document types are refused, and with them entities and all that reaches outside of the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from cdkit.api import ProjectFolder, Source
from cdkit_manifests.reading.malformed import malformed

DEEPEST = 100


class Element(msgspec.Struct):
    """An element of an XML file.

    Attributes:
        tag: its name, without the prefix of its namespace.
        line: where it begins.
        attributes: by name.
        children: the elements in it, in their order.
        text: the text in it, without blanks around it.
    """

    tag: str
    line: int = 0
    attributes: Mapping[str, str] = {}
    children: list[Element] = []
    text: str = ""

    def all(self, *path: str) -> Iterator[Element]:
        """Every element that a way of names leads to."""
        if not path:
            yield self
            return
        for child in self.children:
            if child.tag == path[0]:
                yield from child.all(*path[1:])

    def first(self, *path: str) -> Element:
        """The first element that a way of names leads to; an empty one where there is none."""
        return next(self.all(*path), _NOTHING)

    def everywhere(self, tag: str) -> Iterator[Element]:
        """Every element of a name, however deep."""
        for child in self.children:
            if child.tag == tag:
                yield child
            yield from child.everywhere(tag)

    def source(self, file: str, note: str = "") -> Source:
        """Where it stands; its name is what a person reads where no note is given."""
        return Source(file, self.line, note or self.tag)


_NOTHING = Element("")


def read_xml(folder: ProjectFolder, file: str, root: str) -> Element:
    """Read an XML file; one that is not there is empty.

    Args:
        folder: the project.
        file: the path from the project's folder.
        root: the name that the outermost element must have.

    Raises:
        InvalidInput: it is no XML, has a document type, or is something else than it should be.
    """
    from xml.parsers import expat

    data = folder.data(file)
    if not data.strip():
        return _NOTHING
    parser = expat.ParserCreate()
    tree = _Tree(parser, file)
    try:
        parser.Parse(data, True)  # noqa: FBT003 -- expat takes it by position only
    except expat.ExpatError as error:
        what = expat.errors.messages[error.code]
        raise malformed(file, f"It is not XML: {what}.", error.lineno, error.offset + 1) from error
    except (LookupError, ValueError) as error:
        raise malformed(file, "It is not XML: its encoding is not known.") from error
    if tree.root.tag != root:
        raise malformed(file, f"Its outermost element must be <{root}>, not <{tree.root.tag}>.", tree.root.line)
    return tree.root


class _Tree:
    """Makes elements of what expat finds."""

    def __init__(self, parser: Any, file: str) -> None:
        self.root = _NOTHING
        self._parser = parser
        self._file = file
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._take
        parser.StartDoctypeDeclHandler = self._refuse

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        line = self._parser.CurrentLineNumber
        if len(self._open) >= DEEPEST:
            raise malformed(self._file, f"It is nested more than {DEEPEST} levels deep.", line)
        element = Element(tag.rpartition(":")[2], line, attributes)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)
        self._texts.append([])

    def _end(self, _: str) -> None:
        self._open.pop().text = "".join(self._texts.pop()).strip()

    def _take(self, text: str) -> None:
        self._texts[-1].append(text)

    def _refuse(self, *_: Any) -> None:
        line = self._parser.CurrentLineNumber
        raise malformed(self._file, "It has a document type (<!DOCTYPE>), which is not read: take it out.", line)
