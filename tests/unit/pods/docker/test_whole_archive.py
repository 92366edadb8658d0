"""An archive comes whole although the connection breaks, or not at all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cdkit.errors import EngineUnreachable, WorldFailed
from cdkit_pods.docker.whole_archive import ATTEMPTS, whole

ARCHIVE = bytes(range(256)) * 8


class Breaking:
    """A connection that breaks after so many bytes each, and then holds.

    Args:
        breaks: after how many bytes each request breaks.
        archives: what each request would give; the last one for all further.
    """

    def __init__(self, *breaks: int, archives: tuple[bytes, ...] = (ARCHIVE,)) -> None:
        self._breaks = list(breaks)
        self._archives = list(archives)
        self.pauses: list[float] = []

    def read(self) -> Iterator[bytes]:
        archive = self._archives.pop(0) if len(self._archives) > 1 else self._archives[0]
        end = self._breaks.pop(0) if self._breaks else None
        for start in range(0, len(archive[:end]), 100):
            yield archive[:end][start : start + 100]
        if end is not None:
            raise EngineUnreachable("It hung up.")

    def whole(self) -> bytes:
        return b"".join(whole(self.read, self.pauses.append))


@pytest.mark.parametrize("breaks", [(), (0,), (1,), (150, 150), (700, 100, 2048)])
def test_it_goes_on_where_it_broke_off(breaks: tuple[int, ...]) -> None:
    assert Breaking(*breaks).whole() == ARCHIVE


def test_an_empty_one_is_whole() -> None:
    assert Breaking(archives=(b"",)).whole() == b""


def test_it_is_not_asked_for_for_ever() -> None:
    breaking = Breaking(*[0] * 100)
    with pytest.raises(EngineUnreachable):
        breaking.whole()
    assert len(breaking.pauses) == ATTEMPTS - 1


@pytest.mark.parametrize("other", [b"\0" * len(ARCHIVE), ARCHIVE[:400]])
def test_another_archive_after_a_break_is_told(other: bytes) -> None:
    with pytest.raises(WorldFailed, match="changed while it was read"):
        Breaking(500, archives=(ARCHIVE, other)).whole()
