"""Hears from the operating system of files that change."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from cdkit.errors import CdkitError, CheckFailed, Unavailable

if TYPE_CHECKING:
    from watchfiles._rust_notify import RustNotify

SETTLED_MS = 150
"""Changes are told when so long nothing else has changed: an editor, or git, writes many files at once."""

LONGEST_MS = 2_000
"""Changes are told after this time in any case."""


class FileWatcher:
    """Tells of changes below a folder, from a thread of its own. From the moment when it is made none is missed.

    Files of version control, virtual environments, caches and editors are nobody's source, and left out.

    Args:
        folder: where the paths start that are told.
        watched: what is watched, with all that is in it.
        tell: is called with the paths that changed.
        fail: is called once when the watching breaks.
        left_out: the names of further folders that hold no sources.

    Raises:
        CheckFailed: the system does not watch them: there is no such path, or there are more than its limit allows.
    """

    def __init__(
        self,
        folder: Path,
        watched: Sequence[Path],
        tell: Callable[[Sequence[str]], None],
        fail: Callable[[CdkitError], None],
        *,
        left_out: Sequence[str] = (),
    ) -> None:
        from watchfiles import DefaultFilter

        self._folder = folder
        self._tell = tell
        self._fail = fail
        self._is_source = DefaultFilter(ignore_dirs=(*DefaultFilter.ignore_dirs, *left_out))
        self._stop = threading.Event()
        self._notifier = _notifier(watched)
        self._thread = threading.Thread(target=self._watch, name="watch", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._notifier.close()

    def _watch(self) -> None:
        try:
            while isinstance(found := self._notifier.watch(LONGEST_MS, SETTLED_MS, 0, self._stop), set):
                self._tell([path for change in found if (path := self._source(change))])
        except (OSError, RuntimeError) as error:
            self._fail(Unavailable(f"The files are not watched any more: {error}.", remedy="Begin anew."))

    def _source(self, change: tuple[int, str]) -> str:
        """The path of a change, from the folder on; empty when it is none of a source."""
        from watchfiles import Change

        kind, path = Change(change[0]), os.path.relpath(change[1], self._folder)
        # What changes in a folder is told of what is in it.
        if kind is Change.modified and (self._folder / path).is_dir():
            return ""
        return path if self._is_source(kind, path) else ""


def _notifier(watched: Sequence[Path]) -> RustNotify:
    """What the library tells changes by: its `watch` begins to listen only when it is asked for the first change.

    https://watchfiles.helpmanual.io/api/rust_backend/
    """
    from watchfiles._rust_notify import RustNotify

    paths = [str(path) for path in watched]
    try:
        try:
            return RustNotify(paths, False, False, 0, True, False)  # noqa: FBT003
        except PermissionError:
            # A folder that we may not read. To pass over it is to pass over every other trouble, too.
            return RustNotify(paths, False, False, 0, True, True)  # noqa: FBT003
    except (OSError, RuntimeError) as error:
        remedy = "Raise its limit (`sysctl fs.inotify.max_user_watches`), or watch less (`--path`)."
        raise CheckFailed(f"The system does not watch these files: {error}", remedy=remedy) from error
