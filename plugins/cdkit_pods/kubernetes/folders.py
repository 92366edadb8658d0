"""Shared volumes in and out of a pod, by commands in its keeper."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence

from cdkit.api import Executed, Execution, Unavailable, WorldFailed
from cdkit_pods.kubernetes.gates import BUSYBOX
from cdkit_pods.kubernetes.outages import Patience, Pause

BLOCK = 512
"""Bytes. An archive consists of blocks, and is resumed between two of them."""

FRAME = 1 << 20
"""Bytes that go into the pod at once."""

_PACK = f'{BUSYBOX} tar -cf - -C "$1" .'

_READ = f"exec {_PACK}"

# The part that has come already is hashed again: a folder in which somebody still writes would give another archive.
_READ_REST = f"""\
set -o pipefail
{_PACK} | {{
  {BUSYBOX} dd bs={BLOCK} count="$2" iflag=fullblock 2>/dev/null | {BUSYBOX} sha256sum
  {BUSYBOX} cat
}}
"""

# The API server cannot be told that the input has ended (subprotocol v4.channel.k8s.io), so each piece says its length.
# All belongs to the group of the pod's files: what its owner may, the other containers may too.
_WRITE = f"""\
set -o pipefail
while read -r size && [ "$size" -gt 0 ]; do
  {BUSYBOX} dd bs="$size" count=1 iflag=fullblock 2>/dev/null || exit
done | {BUSYBOX} tar -xof - -C "$1" && {BUSYBOX} chmod -R g=u "$1"
"""

Execute = Callable[[Sequence[str], Iterable[bytes]], Execution]
"""Runs a command in the keeper with an input."""


def read_folder(execute: Execute, folder: str, pause: Pause) -> Iterator[bytes]:
    """A folder as a tar archive. A connection that breaks is made again, and the archive goes on where it broke off.

    Args:
        execute: in the keeper.
        folder: its path there.
        pause: waits so many seconds.

    Raises:
        Unavailable: it breaks again and again.
        WorldFailed: the folder cannot be read, or changed while it was.
    """
    archive = _Archive()
    patience = Patience(pause)
    while True:
        before = archive.blocks
        try:
            with execute(_reading(folder, before), ()) as execution:
                yield from archive.go_on(execution.output())
                ended = execution.ended()
        except Unavailable as error:
            if archive.blocks > before:
                patience.renew()
            patience.wait(error)
        else:
            return _must_be_well(ended, f"The folder {folder} of the pod cannot be read")


def write_folder(execute: Execute, folder: str, archive: Iterable[bytes]) -> None:
    """Unpack a tar archive into a folder.

    Raises:
        Unavailable: the connection broke; a part may be there.
        WorldFailed: it cannot be unpacked.
    """
    command = (BUSYBOX, "sh", "-c", _WRITE, "unpack", folder)
    with execute(command, _framed(archive)) as execution:
        _must_be_well(execution.ended(), f"Files cannot be unpacked into the folder {folder} of the pod")


def _reading(folder: str, blocks: int) -> tuple[str, ...]:
    if not blocks:
        return (BUSYBOX, "sh", "-c", _READ, "pack", folder)
    return (BUSYBOX, "sh", "-c", _READ_REST, "pack", folder, str(blocks))


def _must_be_well(ended: Executed, what: str) -> None:
    if ended.exit_code:
        raise WorldFailed(f"{what}: exit code {ended.exit_code}.", evidence=ended.errors.splitlines())


class _Archive:
    """What has come of an archive: whole blocks, so that the next one is known when the connection breaks."""

    def __init__(self) -> None:
        self.blocks = 0
        self._digest = hashlib.sha256()

    def go_on(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """The next blocks of the archive, from what a reading command tells."""
        part = self._verified(pieces) if self.blocks else b""
        for piece in pieces:
            data = part + piece
            whole = len(data) // BLOCK * BLOCK
            part = data[whole:]
            if whole:
                yield self._noted(data[:whole])

    def _noted(self, data: bytes) -> bytes:
        self._digest.update(data)
        self.blocks += len(data) // BLOCK
        return data

    def _verified(self, pieces: Iterator[bytes]) -> bytes:
        """Read the line before the rest of the archive, the hash of the part that we have; gives what follows it.

        Raises:
            WorldFailed: it is the rest of another archive.
        """
        told = b""
        for piece in pieces:
            told += piece
            if b"\n" in told:
                break
        line, _, begun = told.partition(b"\n")
        if line.split()[:1] != [self._digest.hexdigest().encode()]:
            message = "A shared folder of the pod changed while it was read, and the connection broke in between."
            raise WorldFailed(message, remedy="Run again; let no service write into a folder of artifacts at the end.")
        return begun


def _framed(archive: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces of about a frame's size, each behind its length, and an empty one at the end."""
    waiting: list[bytes] = []
    size = 0
    for piece in archive:
        waiting.append(piece)
        size += len(piece)
        if size >= FRAME:
            yield _frame(waiting)
            waiting, size = [], 0
    if size:
        yield _frame(waiting)
    yield b"0\n"


def _frame(pieces: Iterable[bytes]) -> bytes:
    data = b"".join(pieces)
    return b"%d\n%b" % (len(data), data)
