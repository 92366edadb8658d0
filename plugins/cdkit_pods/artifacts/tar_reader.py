"""Reads a tar archive that nobody vouches for: as a stream, and in constant memory.

tarfile reads headers whole however long they say that they are, keeps all members, and takes a broken header for the
end. So it only parses single blocks here.
https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_01
https://www.gnu.org/software/tar/manual/html_node/Standard.html
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from cdkit.api import WorldFailed

BLOCK = tarfile.BLOCKSIZE

LONGEST_HEADER = 1 << 16
"""Bytes of a header that holds what does not fit into a block: a long name. No file system knows such long ones."""

Kind = Literal["file", "folder", "link", "hard link", "a device", "a fifo", "of a kind that is not known here"]

_KINDS: dict[bytes, Kind] = {
    tarfile.REGTYPE: "file",
    tarfile.AREGTYPE: "file",
    tarfile.CONTTYPE: "file",
    tarfile.DIRTYPE: "folder",
    tarfile.SYMTYPE: "link",
    tarfile.LNKTYPE: "hard link",
    tarfile.CHRTYPE: "a device",
    tarfile.BLKTYPE: "a device",
    tarfile.FIFOTYPE: "a fifo",
}

_WITHOUT_CONTENT = frozenset({"folder", "link", "hard link", "a device", "a fifo"})
_PAX_HEADERS = frozenset({tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE})


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One member of an archive, as its header tells.

    Attributes:
        name: bytes that are not UTF-8 are escaped as `os.fsdecode` does.
        kind: what it is.
        size: of its content, in bytes.
        mode: permissions, with all that the archive says.
        time: of its last change, in seconds since the epoch.
        link: what a link leads to.
    """

    name: str
    kind: Kind
    size: int
    mode: int
    time: float
    link: str


class _Long(msgspec.Struct):
    """What headers before that of a member say of it, because it does not fit in there."""

    name: str = ""
    link: str = ""
    size: int | None = None
    has_holes: bool = False


class TarReader:
    """Gives the members of an archive one after the other.

    Args:
        pieces: the archive.
    """

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._held = memoryview(b"")
        self._block = b""
        self._content = 0
        self._padding = 0

    def members(self) -> Iterator[Member]:
        """Each member; its content can be read before the next one is asked for.

        Raises:
            WorldFailed: it is no archive, or ends before its end.
            CdkitError: what the pieces raise.
        """
        while True:
            long = _Long()
            header = self._header()
            while header is not None and self._is_about_the_next(header, long):
                header = self._header()
            if header is None:
                break
            yield self._member(header, long)
            for _ in self.content():
                pass
            self._exactly(self._padding)
        for _ in self._pieces:
            pass

    def content(self) -> Iterator[memoryview]:
        """The content of the member at hand, or what of it was not read yet, piece by piece."""
        while self._content:
            piece = self._some(self._content)
            self._content -= len(piece)
            yield piece

    def _header(self) -> tarfile.TarInfo | None:
        """The next header, or None at the end mark."""
        block = self._block = self._exactly(BLOCK)
        try:
            return tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        except tarfile.HeaderError as error:
            if not any(block):
                return None
            raise _damaged(str(error)) from error
        except ValueError as error:
            raise _damaged(str(error)) from error

    def _is_about_the_next(self, header: tarfile.TarInfo, long: _Long) -> bool:
        """Take over what a header says of the member after it; False when it is that of a member."""
        if header.type == tarfile.GNUTYPE_LONGNAME:
            long.name = _text(self._long_header(header).partition(b"\0")[0])
        elif header.type == tarfile.GNUTYPE_LONGLINK:
            long.link = _text(self._long_header(header).partition(b"\0")[0])
        elif header.type in _PAX_HEADERS:
            _take_over(_records(self._long_header(header)), long)
        elif header.type == tarfile.XGLTYPE:
            # Of all members at once there is nothing to say that we want to know.
            self._long_header(header)
        else:
            return False
        return True

    def _long_header(self, header: tarfile.TarInfo) -> bytes:
        if not 0 <= header.size <= LONGEST_HEADER:
            raise _damaged(f"a header of {header.size} bytes")
        content = self._exactly(header.size)
        self._exactly(-header.size % BLOCK)
        return content

    def _member(self, header: tarfile.TarInfo, long: _Long) -> Member:
        size = header.size if long.size is None else long.size
        kind = _KINDS.get(header.type, "of a kind that is not known here")
        if header.type == tarfile.GNUTYPE_SPARSE:
            self._skip_map_of_holes()
        if long.has_holes:
            kind = "of a kind that is not known here"
        if size < 0:
            raise _damaged(f"a member of {size} bytes")
        self._content = 0 if kind in _WITHOUT_CONTENT else size
        self._padding = -self._content % BLOCK
        return Member(
            name=long.name or header.name,
            kind=kind,
            size=self._content,
            mode=header.mode,
            time=header.mtime,
            link=long.link or header.linkname,
        )

    def _skip_map_of_holes(self) -> None:
        """Go past the blocks in which GNU tar lists the holes of a file; each tells whether another one follows."""
        more = self._block[482]
        while more:
            more = self._exactly(BLOCK)[504]

    def _exactly(self, size: int) -> bytes:
        piece = self._some(size) if size else memoryview(b"")
        if len(piece) == size:
            return bytes(piece)
        found = bytearray(piece)
        while len(found) < size:
            found += self._some(size - len(found))
        return bytes(found)

    def _some(self, most: int) -> memoryview:
        """Some of the bytes that come next, at least one."""
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                raise _damaged("it ends too early")
            self._held = memoryview(piece)
        taken, self._held = self._held[:most], self._held[most:]
        return taken


def _take_over(records: dict[bytes, bytes], long: _Long) -> None:
    """Take what we want to know of the records of a header in the manner of pax."""
    long.name = _text(records.get(b"path", b"")) or long.name
    long.link = _text(records.get(b"linkpath", b"")) or long.link
    long.has_holes = long.has_holes or any(key.startswith(b"GNU.sparse.") for key in records)
    if b"GNU.sparse.name" in records:
        long.name = _text(records[b"GNU.sparse.name"])
    if b"size" in records:
        long.size = _number(records[b"size"])


def _records(data: bytes) -> dict[bytes, bytes]:
    r"""The records of a pax header: `LENGTH KEY=VALUE\n`, where the length counts itself."""
    records: dict[bytes, bytes] = {}
    place = 0
    while place < len(data):
        digits = data[place : place + 20].partition(b" ")[0]
        end = place + _number(digits)
        key, equals, value = data[place + len(digits) + 1 : end - 1].partition(b"=")
        if not equals or data[end - 1 : end] != b"\n":
            raise _damaged("a record of a header is broken")
        records[key] = value
        place = end
    return records


def _number(digits: bytes) -> int:
    if not digits.isdigit() or len(digits) > len(str(1 << 63)):
        raise _damaged("a number of a header is broken")
    return int(digits)


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


def _damaged(why: str) -> WorldFailed:
    return WorldFailed(f"What came out of the pod is no whole tar archive: {why}.", remedy="Run the step again.")
