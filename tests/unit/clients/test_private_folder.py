"""Folders for secrets are closed to others, and gone afterwards, also after a process that was killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cdkit.clients.private_folder import private_folder, write_private

HOLD = """
import sys, time
from pathlib import Path
from cdkit.clients.private_folder import private_folder, write_private
with private_folder(Path(sys.argv[1])) as folder:
    write_private(folder / "secret", "hush")
    print(folder, flush=True)
    time.sleep(600)
"""


def test_only_its_owner_may_look_into_it(tmp_path: Path) -> None:
    with private_folder(tmp_path) as folder:
        write_private(folder / "secret", "hush")
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (folder / "secret").stat().st_mode & 0o777 == 0o600
        assert (folder / "secret").read_text() == "hush"


def test_it_is_gone_afterwards_also_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(KeyError), private_folder(tmp_path) as folder:
        raise KeyError
    assert not folder.exists()


def test_one_that_is_in_use_stays(tmp_path: Path) -> None:
    with private_folder(tmp_path) as first, private_folder(tmp_path) as second:
        assert first.exists()
        assert first != second


def test_one_of_a_process_that_was_killed_goes_with_the_next(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    left = Path(child.stdout.readline().strip())
    child.stdout.close()
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert (left / "secret").exists()
    with private_folder(tmp_path):
        assert not left.exists()


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    (tmp_path / "cdkit-private-other").mkdir()
    (tmp_path / "else").mkdir()
    (tmp_path / "cdkit-private-link").symlink_to(tmp_path / "else")
    with private_folder(tmp_path):
        assert (tmp_path / "cdkit-private-other").exists()
        assert (tmp_path / "else").exists()
