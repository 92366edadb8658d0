"""The archive that the classic builder gets."""

from __future__ import annotations

import io
import os
import tarfile
import tracemalloc
from pathlib import Path

import pytest

from cdkit.clients.engine.context_tar import HIDDEN_DOCKERFILE, ContextTar
from cdkit.errors import Cancelled, WorkFailed
from cdkit.flow.cancellation import Cancellation
from cdkit.models.image_build import BuildRequest


def request(context: Path, *files: str, dockerfile: Path | None = None, epoch: int = 0) -> BuildRequest:
    path = dockerfile or context / "Dockerfile"
    return BuildRequest(context=str(context), dockerfile=str(path), files=files or None, epoch=epoch)


def archive(what: BuildRequest) -> tuple[bytes, tarfile.TarFile]:
    content = b"".join(ContextTar(what, Cancellation()).pieces())
    return content, tarfile.open(fileobj=io.BytesIO(content))


def text(archived: tarfile.TarFile, name: str) -> str:
    file = archived.extractfile(name)
    assert file is not None
    return file.read().decode()


@pytest.fixture
def context(tmp_path: Path) -> Path:
    folder = tmp_path / "context"
    (folder / "src").mkdir(parents=True)
    (folder / "Dockerfile").write_text("FROM scratch\n")
    (folder / "src" / "a").write_text("content of a")
    (folder / "src" / "a").chmod(0o750)
    (folder / "src" / "link").symlink_to("a")
    return folder


def test_only_what_the_build_can_see_is_sent(context: Path) -> None:
    _, archived = archive(request(context, "src", "src/a", "Dockerfile"))
    assert archived.getnames() == ["src", "src/a", "Dockerfile"]
    assert text(archived, "src/a") == "content of a"


def test_without_a_choice_everything_is_sent(context: Path) -> None:
    _, archived = archive(request(context))
    assert archived.getnames() == ["Dockerfile", "src", "src/a", "src/link"]
    link = archived.getmember("src/link")
    assert link.issym()
    assert link.linkname == "a"


def test_the_same_files_elsewhere_give_the_same_bytes(context: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / "src").mkdir(parents=True)
    for name in ("Dockerfile", "src/a"):
        (other / name).write_bytes((context / name).read_bytes())
        (other / name).chmod((context / name).stat().st_mode)
        os.utime(other / name, (1, 1))
    names = ("Dockerfile", "src", "src/a")
    assert archive(request(context, *names))[0] == archive(request(other, *names))[0]


def test_modes_are_kept_and_files_belong_to_nobody_in_particular(context: Path) -> None:
    _, archived = archive(request(context, epoch=1_700_000_000))
    member = archived.getmember("src/a")
    assert (member.mode, member.uid, member.gid, member.uname, member.mtime) == (0o750, 0, 0, "", 1_700_000_000)


def test_a_dockerfile_elsewhere_is_sent_and_taken_away_by_the_engine(context: Path, tmp_path: Path) -> None:
    dockerfile = tmp_path / "Dockerfile.release"
    dockerfile.write_text("FROM scratch\n# elsewhere\n")
    what = request(context, "src", "src/a", dockerfile=dockerfile)
    _, archived = archive(what)
    assert ContextTar(what, Cancellation()).dockerfile == HIDDEN_DOCKERFILE
    assert text(archived, HIDDEN_DOCKERFILE) == "FROM scratch\n# elsewhere\n"
    assert text(archived, ".dockerignore").split() == [".dockerignore", HIDDEN_DOCKERFILE]


def test_a_dockerfile_that_the_build_may_not_see_is_hidden_too(context: Path) -> None:
    _, archived = archive(request(context, "src"))
    assert archived.getnames() == ["src", HIDDEN_DOCKERFILE, ".dockerignore"]


def test_an_ignore_file_that_the_build_sees_keeps_its_rules(context: Path) -> None:
    (context / ".dockerignore").write_text("Dockerfile")
    _, archived = archive(request(context, ".dockerignore", "src"))
    assert archived.getnames().count(".dockerignore") == 1
    assert text(archived, ".dockerignore").split() == ["Dockerfile", HIDDEN_DOCKERFILE]


def test_long_names_and_any_bytes_in_names_are_kept(context: Path) -> None:
    long = "d" * 150 + "/" + "f" * 200
    (context / long).parent.mkdir()
    (context / long).write_text("long")
    odd = os.fsdecode(b"caf\xe9-\xc3\xa9")
    (context / odd).write_text("odd")
    _, archived = archive(request(context, "Dockerfile", long, odd))
    assert text(archived, long) == "long"
    assert odd in archived.getnames()


def test_a_file_that_cannot_be_read_is_named(context: Path) -> None:
    with pytest.raises(WorkFailed, match="gone cannot be sent"):
        archive(request(context, "Dockerfile", "gone"))


def test_a_cancel_stops_the_sending(context: Path) -> None:
    (context / "large").write_bytes(bytes(1 << 20))
    cancellation = Cancellation()
    pieces = ContextTar(request(context), cancellation).pieces()
    next(pieces)
    cancellation.cancel(Cancelled())
    with pytest.raises(Cancelled):
        list(pieces)


def test_a_large_context_is_never_whole_in_memory(context: Path) -> None:
    with (context / "large").open("wb") as large:
        large.truncate(300_000_000)
    tracemalloc.start()
    try:
        size = sum(len(piece) for piece in ContextTar(request(context, "Dockerfile", "large"), Cancellation()).pieces())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert size > 300_000_000
    assert peak < 5_000_000
