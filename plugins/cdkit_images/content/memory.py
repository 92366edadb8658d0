"""What is remembered of the images of a checkout from one run to the next. All of it may be lost at any time."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

import msgspec

from cdkit_images.content.fingerprint import Fingerprint
from cdkit_images.content.folder_cache import FolderCache
from cdkit_images.content.whole_file import read_whole, write_whole

MOST_FILES = 64
"""Of this many images and contexts something is remembered; the one that was not used for longest is forgotten."""


class Memory:
    """What is remembered of one image.

    Args:
        folder: where all of it is kept.
        context: the folder of the build context.
        image: what tells the image from others that are built here: its repository, Dockerfile and target.
    """

    def __init__(self, folder: Path, context: Path, *image: str) -> None:
        self._folder = folder
        self._context = _name(str(context))
        self._image = _name(str(context), *image)

    def context(self) -> FolderCache:
        """What is known of the context."""
        return FolderCache(self._folder / f"context-{self._context}")

    def last(self) -> Fingerprint | None:
        """What the last image was made of; None when that is not known."""
        for path in self._records():
            raw = read_whole(path)
            with suppress(msgspec.MsgspecError):
                return msgspec.msgpack.decode(raw, type=Fingerprint)
        return None

    def remember(self, fingerprint: Fingerprint) -> None:
        """Remember what an image is made of, and forget what the one before was made of."""
        path = self._folder / f"image-{self._image}-{fingerprint.tag}"
        with suppress(OSError):
            if path.exists():
                path.touch()
                return
            earlier = self._records()
            write_whole(path, msgspec.msgpack.encode(fingerprint))
            for record in earlier:
                record.unlink(missing_ok=True)
            self._forget()

    def _records(self) -> list[Path]:
        return list(self._folder.glob(f"image-{self._image}-*"))

    def _forget(self) -> None:
        kept = sorted(self._folder.iterdir(), key=lambda path: path.lstat().st_mtime, reverse=True)
        for path in kept[MOST_FILES:]:
            path.unlink(missing_ok=True)


def _name(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:16]
