"""The digests of files: each is read in full, several at once, and never whole in memory."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import msgspec

from cdkit.api import Cancellation, InvalidInput, in_parallel
from cdkit_images.content.folder_cache import stamps_of

THREADS = 4
PIECE_BYTES = 1 << 20
BATCH_BYTES = 16 << 20
BATCH_FILES = 256
"""Reading many small files is not worth a thread each."""


class FileToRead(msgspec.Struct, frozen=True):
    """A file of a context.

    Attributes:
        path: relative to the context.
        status: what the file system said of it.
    """

    path: str
    status: os.stat_result


class FileDigest(msgspec.Struct, frozen=True):
    """What a file holds.

    Attributes:
        digest: the SHA-256 of its content.
        is_certain: nobody wrote to it while it was read.
    """

    digest: str
    is_certain: bool


def file_digests(context: Path, files: Sequence[FileToRead], cancellation: Cancellation) -> dict[str, FileDigest]:
    """The digest of each file, by its path.

    Args:
        context: the folder of the context.
        files: its files.
        cancellation: ends the reading.

    Raises:
        InvalidInput: a file cannot be read.
    """
    jobs = [partial(_read_all, context, batch) for batch in _batches(files)]
    return {path: digest for found in in_parallel(jobs, THREADS, cancellation) for path, digest in found.items()}


def _batches(files: Sequence[FileToRead]) -> list[list[FileToRead]]:
    batches: list[list[FileToRead]] = []
    room = 0
    for file in files:
        if not batches or room < file.status.st_size or len(batches[-1]) == BATCH_FILES:
            batches.append([])
            room = max(BATCH_BYTES, file.status.st_size)
        batches[-1].append(file)
        room -= file.status.st_size
    return batches


def _read_all(context: Path, files: Sequence[FileToRead], cancellation: Cancellation) -> dict[str, FileDigest]:
    piece = memoryview(bytearray(PIECE_BYTES))
    return {file.path: _read(context, file, piece, cancellation) for file in files}


def _read(context: Path, file: FileToRead, piece: memoryview, cancellation: Cancellation) -> FileDigest:
    seen = hashlib.sha256()
    try:
        descriptor = os.open(context / file.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            while count := os.readv(descriptor, [piece]):
                cancellation.raise_if_cancelled()
                seen.update(piece[:count])
            after = os.fstat(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        message = f"{file.path} in the build context cannot be read: {error.strerror}."
        raise InvalidInput(message, remedy="Make it readable, or leave it out with .dockerignore.") from error
    return FileDigest(seen.hexdigest(), is_certain=stamps_of([after]) == stamps_of([file.status]))
