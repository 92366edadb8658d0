"""The digests of the files of a context: each file is read in full, unless it is known to be as it was."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from cdkit.api import Cancellation, InvalidInput, in_parallel
from cdkit_images.content.stat_cache import Known, StatCache, stamp_of
from cdkit_images.context import ContextEntry

THREADS = 4
PIECE_BYTES = 1 << 20
BATCH_BYTES = 16 << 20
BATCH_FILES = 256
"""Reading many small files is not worth a thread each."""


def file_digests(
    context: Path, files: Sequence[ContextEntry], cache: StatCache, cancellation: Cancellation
) -> dict[str, bytes]:
    """The SHA-256 of each file, by its path.

    Args:
        context: the folder of the context.
        files: its files.
        cache: what is known of them; learns what is read.
        cancellation: ends the reading.

    Raises:
        InvalidInput: a file cannot be read.
    """
    digests: dict[str, bytes] = {}
    unknown: list[ContextEntry] = []
    for file in files:
        digest = cache.find(file.path, file.stat)
        if digest is None:
            unknown.append(file)
        else:
            digests[file.path] = digest
    if unknown:
        cache.begin_to_learn()
        jobs = [partial(_read_all, context, batch) for batch in _batches(unknown)]
        for known in in_parallel(jobs, THREADS, cancellation):
            cache.learn(known)
            digests.update((path, each.digest) for path, each in known.items())
    return digests


def _batches(files: Sequence[ContextEntry]) -> list[list[ContextEntry]]:
    batches: list[list[ContextEntry]] = []
    room = 0
    for file in files:
        if room < file.stat.st_size or len(batches[-1]) == BATCH_FILES:
            batches.append([])
            room = max(BATCH_BYTES, file.stat.st_size)
        batches[-1].append(file)
        room -= file.stat.st_size
    return batches


def _read_all(context: Path, files: Sequence[ContextEntry], cancellation: Cancellation) -> dict[str, Known]:
    piece = bytearray(PIECE_BYTES)
    return {file.path: _read(context / file.path, file, memoryview(piece), cancellation) for file in files}


def _read(path: Path, file: ContextEntry, piece: memoryview, cancellation: Cancellation) -> Known:
    cancellation.raise_if_cancelled()
    seen = hashlib.sha256()
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            while count := os.readv(descriptor, [piece]):
                seen.update(piece[:count])
                cancellation.raise_if_cancelled()
            after = os.fstat(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        remedy = "Make it readable, or leave it out with .dockerignore."
        raise InvalidInput(
            f"{file.path} in the build context cannot be read: {error.strerror}.", remedy=remedy
        ) from error
    # What was written to while we read it has to be read again the next time.
    stamp = stamp_of(after)
    return Known(stamp if stamp == stamp_of(file.stat) else None, seen.digest())
