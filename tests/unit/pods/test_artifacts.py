"""Archives: what goes into a pod, and what comes out of one that nobody vouches for."""

from __future__ import annotations

import io
import os
import stat
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdkit.errors import CdkitError, ClusterUnreachable, InvalidInput, WorldFailed
from cdkit_pods.artifacts.pack import pack
from cdkit_pods.artifacts.unpack import MOST_WARNINGS, Limits, Unpacked, unpack


class Entry(msgspec.Struct, frozen=True):
    """A member of an archive that a test makes."""

    name: str
    content: bytes = b""
    kind: bytes = tarfile.REGTYPE
    link: str = ""
    mode: int = 0o644


def archive(*entries: Entry, form: Literal[0, 1, 2] = tarfile.GNU_FORMAT) -> bytes:
    """An archive with these members, written as they are."""
    made = b""
    for entry in entries:
        info = tarfile.TarInfo(entry.name)
        info.type, info.linkname, info.mode, info.size = entry.kind, entry.link, entry.mode, len(entry.content)
        content = entry.content + bytes(-len(entry.content) % 512)
        made += info.tobuf(form, "utf-8", "surrogateescape") + content
    return made + bytes(1024)


def pieces(data: bytes, size: int = 1000) -> Iterator[bytes]:
    """The data as a connection may cut it."""
    yield b""
    for place in range(0, len(data), size):
        yield data[place : place + size]


class Out:
    """What came out of an archive."""

    def __init__(self, folder: Path, data: bytes, limits: Limits | None = None, size: int = 1000) -> None:
        self.folder = folder / "out"
        self.warnings: list[str] = []
        self.sizes: list[int] = []
        self.unpacked: Unpacked = unpack(
            pieces(data, size),
            self.folder,
            warn=self.warnings.append,
            on_progress=self.sizes.append,
            limits=limits or Limits(),
        )

    def files(self) -> dict[str, bytes]:
        """Content by path of all plain files."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file() and not path.is_symlink()
        }


STRANGE_NAMES = [
    "with space",
    "line\nbreak",
    "ünïcode ☃",
    "-dash",
    "tab\tquote'\"",
    "bytes-\udcff\udcfe",
    "*",
    "n" * 255,
]
LONG_PATH = "/".join(["deep" * 20] * 12)


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("name", [*STRANGE_NAMES, LONG_PATH, "./a/b", "a//b/./c"])
def test_strange_and_long_names_come_out(tmp_path: Path, name: str, form: Literal[1, 2]) -> None:
    out = Out(tmp_path, archive(Entry(name, b"content"), form=form))
    assert out.files() == {os.path.normpath(name): b"content"}
    assert out.warnings == []
    assert out.unpacked == Unpacked(files=1, size=7)


def test_names_in_the_way_of_ustar_come_out(tmp_path: Path) -> None:
    name = "/".join(["folder" * 4] * 5) + "/" + "n" * 90
    assert Out(tmp_path, archive(Entry(name, b"x"), form=tarfile.USTAR_FORMAT)).files() == {name: b"x"}


def test_content_of_every_length_comes_out_however_the_pieces_are_cut(tmp_path: Path) -> None:
    content = {str(length): os.urandom(length) for length in (0, 1, 511, 512, 513, 1024, 100_000)}
    data = archive(*(Entry(name, data) for name, data in content.items()))
    for size in (1, 511, 512, 4096, len(data)):
        assert Out(tmp_path / str(size), data, size=size).files() == content


@pytest.mark.parametrize(
    ("entry", "warning"),
    [
        (Entry("../x", b"x"), "'../x' was left out: its path leads out of the folder."),
        (Entry("a/../../x", b"x"), "'a/../../x' was left out: its path leads out of the folder."),
        (Entry("/etc/x", b"x"), "'/etc/x' was left out: its path is absolute."),
        (Entry("./", kind=tarfile.REGTYPE), "'./' was left out: its path is that of the folder itself."),
        (Entry("dev", kind=tarfile.CHRTYPE), "'dev' was left out: it is a device."),
        (Entry("pipe", kind=tarfile.FIFOTYPE), "'pipe' was left out: it is a fifo."),
        (Entry("what", kind=b"!"), "'what' was left out: it is of a kind that is not known here."),
        (Entry("holes", kind=tarfile.GNUTYPE_SPARSE), "'holes' was left out: it is of a kind that is not known here."),
        (
            Entry("up", kind=tarfile.SYMTYPE, link=".."),
            "'up' was left out: it is a link to '..', which leads out of the folder.",
        ),
        (
            Entry("root", kind=tarfile.SYMTYPE, link="/etc"),
            "'root' was left out: it is a link to '/etc', which leads out of the folder.",
        ),
        (
            Entry("a/zigzag", kind=tarfile.SYMTYPE, link="../b/.."),
            "'a/zigzag' was left out: it is a link to '../b/..', which leads out of the folder.",
        ),
        (Entry("hard", kind=tarfile.LNKTYPE, link="../x"), "'hard' was left out: its path leads out of the folder."),
        (Entry("hard", kind=tarfile.LNKTYPE, link="later"), "'hard' was left out: No such file or directory."),
        (Entry("n" * 256, b"x"), f"'{'n' * 256}' was left out: File name too long."),
        (Entry("new\nline/../..", b""), r"'new\nline/../..' was left out: its path leads out of the folder."),
    ],
)
def test_what_is_refused_is_named_and_the_rest_comes_out(tmp_path: Path, entry: Entry, warning: str) -> None:
    out = Out(tmp_path, archive(Entry("before", b"1"), entry, Entry("after", b"2")))
    assert out.warnings == [warning]
    assert out.files() == {"before": b"1", "after": b"2"}
    assert out.unpacked.refused == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_links_within_the_folder_stay_links(tmp_path: Path) -> None:
    out = Out(
        tmp_path,
        archive(
            Entry("run/1/report", b"passed"),
            Entry("run/latest", kind=tarfile.SYMTYPE, link="1"),
            Entry("run/1/up", kind=tarfile.SYMTYPE, link="../latest/report"),
            Entry("dangling", kind=tarfile.SYMTYPE, link="nowhere"),
            Entry("same", kind=tarfile.LNKTYPE, link="./run/1/report"),
            Entry("same", kind=tarfile.LNKTYPE, link="same"),
        ),
    )
    assert out.warnings == []
    assert (out.folder / "run" / "1" / "up").read_bytes() == b"passed"
    assert (out.folder / "same").read_bytes() == b"passed"
    assert (out.folder / "dangling").is_symlink()


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    out = Out(
        tmp_path,
        archive(
            Entry("real/x", b"kept"),
            Entry("link", kind=tarfile.SYMTYPE, link="real"),
            Entry("link/x", b"changed"),
            Entry("link", kind=tarfile.DIRTYPE),
            Entry("hard", kind=tarfile.LNKTYPE, link="link/x"),
            Entry("to-link", kind=tarfile.LNKTYPE, link="link"),
            Entry("real", b"a file where a folder is"),
        ),
    )
    assert out.files() == {"real/x": b"kept"}
    assert out.warnings == [
        "'link/x' was left out: 'link', which it is in, is no folder.",
        "'link' was left out: 'link', which it is in, is no folder.",
        "'hard' was left out: 'link', which it is in, is no folder.",
        "'to-link' was left out: what it leads to is no file.",
        "'real' was left out: a folder of that name is there.",
    ]


def test_a_link_that_was_there_before_leads_no_file_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "file").write_text("kept")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "folder").symlink_to("../elsewhere")
    (tmp_path / "out" / "report").symlink_to("../file")
    out = Out(tmp_path, archive(Entry("folder/x", b"x"), Entry("report", b"new")))
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert (tmp_path / "file").read_text() == "kept"
    assert out.files() == {"report": b"new"}


def test_modes_are_kept_but_for_those_that_give_power(tmp_path: Path) -> None:
    modes = {"script": 0o755, "secret": 0o600, "suid": 0o6755, "open": 0o777, "none": 0o000}
    out = Out(tmp_path, archive(*(Entry(name, b"", mode=mode) for name, mode in modes.items())))
    found = {name: stat.S_IMODE((out.folder / name).stat().st_mode) for name in modes}
    assert found == {"script": 0o755, "secret": 0o600, "suid": 0o755, "open": 0o755, "none": 0o600}


def test_too_many_and_too_large_members_are_refused(tmp_path: Path) -> None:
    entries = [Entry("a", b"12345"), Entry("b", b"123456"), Entry("c", b"12345"), Entry("d")]
    out = Out(tmp_path, archive(*entries), Limits(members=3, size=10))
    assert sorted(out.files()) == ["a", "c"]
    assert out.warnings == [
        "'b' was left out: all files together would have more than 10 bytes.",
        "'d' was left out: there are more than 3 members.",
    ]


def test_only_some_of_many_refusals_are_named(tmp_path: Path) -> None:
    out = Out(tmp_path, archive(*(Entry(f"../{number}") for number in range(MOST_WARNINGS + 5))))
    assert len(out.warnings) == MOST_WARNINGS + 1
    assert out.warnings[-1] == "5 more were left out."


def test_how_far_it_has_come_is_told(tmp_path: Path) -> None:
    assert Out(tmp_path, archive(Entry("a", b"x" * 2500)), size=1000).sizes[-1] == 2500


@pytest.mark.parametrize("length", [0, 1, 511, 512, 700, 1023, 1024])
def test_an_archive_that_ends_too_early_is_not_whole_and_leaves_no_half_file(tmp_path: Path, length: int) -> None:
    data = archive(Entry("zeros", bytes(1000)))[:length]
    with pytest.raises(WorldFailed, match="no whole tar archive: it ends too early"):
        Out(tmp_path, data)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_broken_connection_is_told_as_such(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield archive(Entry("a", b"x" * 1000))[:900]
        raise ClusterUnreachable("The connection broke.")

    with pytest.raises(ClusterUnreachable):
        unpack(broken(), tmp_path / "out", warn=print)
    assert list((tmp_path / "out").iterdir()) == []


def a_header(kind: bytes, content: bytes, size: int | None = None) -> bytes:
    info = tarfile.TarInfo("header")
    info.type, info.size = kind, len(content) if size is None else size
    return info.tobuf(tarfile.GNU_FORMAT) + content + bytes(-len(content) % 512)


@pytest.mark.parametrize(
    "data",
    [
        b"not an archive at all, but an error message of some program\n" * 20,
        a_header(tarfile.GNUTYPE_LONGNAME, b"", size=1 << 40),
        a_header(tarfile.XHDTYPE, b"", size=-512),
        a_header(tarfile.XHDTYPE, b"11 size=-1\n"),
        a_header(tarfile.XHDTYPE, b"0 path=x\n"),
        a_header(tarfile.XHDTYPE, b"99999999999999999999999 path=x\n"),
        a_header(tarfile.XHDTYPE, b"9" * 60_000),
        a_header(tarfile.XHDTYPE, b"12 path=xx"),
        a_header(tarfile.REGTYPE, b"", size=-512),
    ],
)
def test_a_broken_header_is_an_error_and_not_the_end(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(WorldFailed, match="no whole tar archive"):
        Out(tmp_path, data + archive(Entry("after", b"x")))


@pytest.mark.parametrize(
    ("kind", "record"), [(tarfile.REGTYPE, b"12 path=a\0b\n"), (tarfile.SYMTYPE, b"16 linkpath=a\0b\n")]
)
def test_a_name_with_a_nul_is_refused(tmp_path: Path, kind: bytes, record: bytes) -> None:
    data = a_header(tarfile.XHDTYPE, record) + archive(Entry("name", kind=kind, link="x"), Entry("after", b"2"))
    out = Out(tmp_path, data)
    assert out.files() == {"after": b"2"}
    (warning,) = out.warnings
    assert warning.endswith("was left out: its name or its target is none for a file system.")


def test_what_global_headers_say_is_passed_over(tmp_path: Path) -> None:
    data = a_header(tarfile.XGLTYPE, b"15 path=../up\n\n") + archive(Entry("a", b"x"))
    assert Out(tmp_path, data).files() == {"a": b"x"}


NAMES = ["a", "b", "a/b", "a/b/c", "b/a", ".", "..", "../outside/x", "/x", "a/../../outside/x", "a/b/../../..", "b/"]
TARGETS = ["a", "b", "..", "../..", "../outside", "a/..", "b/../..", "../b/..", "/", "a/b", ".", "", "../a", "./../a"]
KINDS = [tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE]
hostile = st.builds(
    Entry, st.sampled_from(NAMES), st.just(b"bad"), st.sampled_from(KINDS), st.sampled_from(TARGETS), st.just(0o6777)
)
legal = st.builds(lambda number, data: Entry(f"legal/{number}/file", data), st.integers(0, 5), st.binary(max_size=1500))


@settings(max_examples=250, deadline=None)
@given(entries=st.lists(hostile | legal, max_size=14))
def test_a_hostile_archive_never_reaches_outside_and_what_is_legal_comes_out(entries: list[Entry]) -> None:
    plain = [
        entry if entry.kind == tarfile.REGTYPE else msgspec.structs.replace(entry, content=b"") for entry in entries
    ]
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        (base / "outside").mkdir()
        (base / "outside" / "x").write_bytes(b"untouched")
        out = Out(base, archive(*plain))
        assert sorted(path.name for path in base.iterdir()) == ["out", "outside"]
        assert [(path.name, path.read_bytes()) for path in (base / "outside").iterdir()] == [("x", b"untouched")]
        for path in out.folder.rglob("*"):
            assert not path.is_symlink() or is_within(path, out.folder)
            assert not path.lstat().st_mode & (stat.S_ISUID | stat.S_ISGID)
        wanted = {entry.name: entry.content for entry in plain if entry.name.startswith("legal/")}
        assert {name: data for name, data in out.files().items() if name.startswith("legal/")} == wanted


def is_within(link: Path, folder: Path) -> bool:
    """Whether a link leads to a place within; one in a circle leads nowhere."""
    return Path(os.path.realpath(link)).is_relative_to(os.path.realpath(folder))


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=3000), place=st.integers(0, 5000), length=st.integers(0, 5000))
def test_no_archive_makes_it_raise_anything_but_errors_for_people(data: bytes, place: int, length: int) -> None:
    whole = archive(Entry("a", b"x" * 600), Entry("b" * 200, b"y"), form=tarfile.PAX_FORMAT)
    spoilt = whole[:place] + data + whole[place + length :]
    with tempfile.TemporaryDirectory() as name:
        with suppress(CdkitError):
            Out(Path(name), spoilt)
        assert [path.name for path in Path(name).iterdir()] == ["out"]


names = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=40).filter(
    lambda name: name not in {".", ".."} and len(name.encode()) < 200
)
trees = st.recursive(
    st.binary(max_size=2000), lambda below: st.dictionaries(names, below, max_size=4), max_leaves=8
).filter(lambda tree: isinstance(tree, dict))


@settings(max_examples=80, deadline=None)
@given(tree=trees)
def test_what_goes_into_a_pod_comes_out_as_it_was(tree: dict[str, object]) -> None:
    with tempfile.TemporaryDirectory() as name:
        checkout = Path(name) / "checkout"
        grow(checkout / "data", tree)
        data = b"".join(pack(checkout, "data"))
        assert data == b"".join(pack(checkout, "data/"))
        out = Out(Path(name), data)
        assert out.warnings == []
        assert shape(out.folder) == tree


def grow(path: Path, tree: object) -> None:
    if isinstance(tree, bytes):
        path.write_bytes(tree)
        return
    path.mkdir(parents=True)
    assert isinstance(tree, dict)
    for name, below in tree.items():
        grow(path / name, below)


def shape(path: Path) -> object:
    return {child.name: shape(child) for child in path.iterdir()} if path.is_dir() else path.read_bytes()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    (folder / "data" / "sub").mkdir(parents=True)
    (folder / "data" / "script").write_text("#!")
    (folder / "data" / "script").chmod(0o755)
    (folder / "shared").mkdir()
    (folder / "shared" / "x").write_text("shared")
    return folder


def members(checkout: Path, source: str = "data", name: str = "") -> list[tarfile.TarInfo]:
    return tarfile.open(fileobj=io.BytesIO(b"".join(pack(checkout, source, name=name)))).getmembers()


def test_a_folder_is_packed_in_order_with_its_modes_and_without_an_owner(checkout: Path) -> None:
    found = [(member.name, member.mode, member.uid, member.uname) for member in members(checkout)]
    assert found == [("script", 0o755, 0, ""), ("sub", (checkout / "data" / "sub").stat().st_mode & 0o777, 0, "")]


def test_a_single_file_is_one_member_by_its_own_or_another_name(checkout: Path) -> None:
    assert [member.name for member in members(checkout, "data/script")] == ["script"]
    assert [member.name for member in members(checkout, "data/script", "run")] == ["run"]


def test_a_file_with_strange_bytes_in_its_name_is_packed(checkout: Path) -> None:
    (checkout / "data" / "sub" / "bytes-\udcff").write_text("x")
    assert members(checkout)[-1].name == "sub/bytes-\udcff"


def test_links_within_what_is_packed_stay_and_others_give_way_to_what_they_lead_to(checkout: Path) -> None:
    (checkout / "data" / "sub" / "link").symlink_to("../script")
    (checkout / "data" / "absolute").symlink_to(checkout / "data" / "script")
    (checkout / "data" / "common").symlink_to("../shared")
    (checkout / "data" / "file").symlink_to("../shared/x")
    found = {member.name: (member.type, member.linkname) for member in members(checkout)}
    assert found["sub/link"] == (tarfile.SYMTYPE, "../script")
    assert found["absolute"] == (tarfile.SYMTYPE, "script")
    assert found["common/x"][0] == found["file"][0] == tarfile.REGTYPE


@pytest.mark.parametrize(
    ("make", "source", "message"),
    [
        (lambda _: None, "nothing", "'nothing' is to be copied into the pod, and"),
        (lambda _: None, "../secret", "'../secret' leads out of the checkout"),
        (lambda folder: (folder / "way").symlink_to(".."), "way/secret", "'way/secret' leads out of the checkout"),
        (
            lambda folder: (folder / "data" / "x").symlink_to("../../secret"),
            "data",
            "'data/x' leads out of the checkout",
        ),
        (
            lambda folder: (folder / "data" / "x").symlink_to("/etc/passwd"),
            "data",
            "'data/x' leads out of the checkout",
        ),
        (lambda folder: (folder / "data" / "x").symlink_to(".."), "data", "'data/x' is a link to a folder that it is"),
        (lambda folder: (folder / "data" / "x").symlink_to("../gone"), "data", "'data/x' is to be copied into the pod"),
        (lambda folder: os.mkfifo(folder / "data" / "x"), "data", "'data/x' is neither a file nor a folder"),
    ],
)
def test_what_is_not_of_the_checkout_is_refused_before_anything_is_sent(
    checkout: Path, make: object, source: str, message: str
) -> None:
    (checkout.parent / "secret").write_text("secret")
    assert callable(make)
    make(checkout)
    with pytest.raises(InvalidInput) as refused:
        pack(checkout, source)
    assert refused.value.message.startswith(message)
