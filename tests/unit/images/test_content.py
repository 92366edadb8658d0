"""The content tag: what changes it, what does not, and who is asked."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdkit.errors import CheckFailed, EngineUnreachable, ObjectNotFound
from cdkit.flow.cancellation import Cancellation
from cdkit.models.build import Build
from cdkit.models.environment import Environment
from cdkit.models.event import Warned
from cdkit.models.image import Credentials
from cdkit.step import StepContext
from cdkit.testing import FakeClock, FakeImageEngine, FakeRegistry, FakeWorld, RecordedRun, StepRun, run_step
from cdkit_images.build_image import BuildImage
from cdkit_images.content.file_digests import FileToRead, file_digests
from cdkit_images.content.fingerprint import Fingerprint, FolderFacts
from cdkit_images.content.folder_cache import UNKNOWN, FolderCache, KnownFolder, stamp_to_keep, stamps_of
from cdkit_images.content.folder_facts import read_folders
from cdkit_images.context import ContextFolder, visible_folders
from cdkit_images.dockerignore import IgnoreRules
from tests.git_command import git

REPOSITORY = "registry.example/shop"
BASE = "registry.example/base:1"
DIGEST = f"sha256:{'a' * 64}"
OTHER = f"sha256:{'b' * 64}"


class Project:
    """A folder with a Dockerfile that copies all of it, an engine, and registries."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.engine = FakeImageEngine()
        self.registry = FakeRegistry(self.engine)
        self.registry.images[BASE] = DIGEST

    def write(self, path: str, content: str | bytes) -> Path:
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
        return place

    def build(self, **options: Any) -> StepRun:
        world = FakeWorld(images=self.engine, registry=self.registry)
        return run_step(BuildImage, {"repository": REPOSITORY, **options}, world=world, workspace=self.folder)

    def tag(self, **options: Any) -> str:
        image: str = self.build(**options).outputs.image
        return image.removeprefix(f"{REPOSITORY}:")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path / "project")
    project.write("Dockerfile", f"FROM {BASE}\nCOPY . /app\n")
    project.write("src/main.py", "print('hello')\n")
    project.write("run.sh", "exec true\n")
    (project.folder / "current").symlink_to("src")
    return project


# What changes the tag


def rename(project: Project) -> object:
    return (project.folder / "run.sh").rename(project.folder / "start.sh")


def relink(project: Project) -> None:
    (project.folder / "current").unlink()
    (project.folder / "current").symlink_to("run.sh")


CHANGES: dict[str, Callable[[Project], object]] = {
    "content": lambda project: project.write("src/main.py", "print('howdy')\n"),
    "new file": lambda project: project.write("src/new.py", ""),
    "new folder": lambda project: (project.folder / "empty").mkdir(),
    "file is gone": lambda project: (project.folder / "run.sh").unlink(),
    "name": rename,
    "mode": lambda project: (project.folder / "run.sh").chmod(0o755),
    "readable by the owner only": lambda project: (project.folder / "run.sh").chmod(0o600),
    "link": relink,
    "Dockerfile": lambda project: project.write("Dockerfile", f"FROM {BASE}\nCOPY . /srv\n"),
    "base": lambda project: project.registry.images.update({BASE: OTHER}),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_changes_the_image_changes_its_tag(project: Project, change: Callable[[Project], object]) -> None:
    before = project.tag()
    change(project)
    assert project.tag() != before


@pytest.mark.parametrize(
    "options", [{"target": "a"}, {"args": {"A": "2"}}, {"platforms": ["linux/arm64"]}, {"labels": {"team": "shop"}}]
)
def test_an_option_that_changes_the_image_changes_its_tag(project: Project, options: dict[str, Any]) -> None:
    project.write("Dockerfile", f"FROM {BASE} AS a\nARG A\nFROM {BASE}\nCOPY . /app\n")
    assert project.tag(args={"A": "1"}) != project.tag(**{"args": {"A": "1"}, **options})


def test_two_contexts_of_the_same_sizes_and_times_are_told_apart(project: Project, tmp_path: Path) -> None:
    other = Project(tmp_path / "other")
    shutil.copytree(project.folder, other.folder, symlinks=True)
    other.write("src/main.py", "print('howdy')\n")
    for folder in (project.folder, other.folder):
        for path in (folder / "src" / "main.py", folder / "src"):
            os.utime(path, ns=(1_600_000_000_000_000_000, 1_600_000_000_000_000_000))
    assert (project.folder / "src/main.py").stat().st_size == (other.folder / "src/main.py").stat().st_size
    assert project.tag() != other.tag()


def test_a_file_that_is_replaced_by_one_of_the_same_size_and_time_is_noticed(project: Project) -> None:
    path = project.folder / "src" / "main.py"
    os.utime(path, ns=(10**18, 10**18))
    before = project.tag()
    path.write_bytes(b"print('howdy')\n")
    os.utime(path, ns=(10**18, 10**18))
    assert project.tag() != before


# What does not


def test_the_same_content_has_the_same_tag(project: Project) -> None:
    assert project.tag() == project.tag()


def test_touching_a_file_does_not_change_the_tag(project: Project) -> None:
    before = project.tag()
    os.utime(project.folder / "src" / "main.py", (1, 1))
    assert project.tag() == before


def test_what_the_dockerfile_cannot_see_does_not_count(project: Project) -> None:
    project.write(".dockerignore", "*.md\n.dockerignore\n")
    before = project.tag()
    project.write("README.md", "hello")
    assert project.tag() == before
    project.write("Dockerfile", f"FROM {BASE}\nCOPY src /app\n")
    before = project.tag()
    project.write("elsewhere", "hello")
    assert project.tag() == before


@pytest.mark.parametrize("umask", [0o022, 0o002])
def test_a_clone_elsewhere_has_the_same_tag(project: Project, tmp_path: Path, umask: int) -> None:
    """Even where the Dockerfile copies `.git`, whose files differ in each clone."""
    project.write(".gitignore", ".cdkit\n")
    git(project.folder, "init", "-q", "-b", "main")
    git(project.folder, "add", "-A")
    git(project.folder, "commit", "-qm", "first")
    git(project.folder, "tag", "v1")
    before = project.tag()
    previous = os.umask(umask)
    git(tmp_path, "clone", "-q", str(project.folder), "clone")
    os.umask(previous)
    clone = Project(tmp_path / "clone")
    git(clone.folder, "status")
    assert clone.tag() == before
    git(clone.folder, "tag", "v2")
    assert clone.tag() != before


def test_a_worktree_has_the_tag_of_its_commit(project: Project, tmp_path: Path) -> None:
    git(project.folder, "init", "-q", "-b", "main")
    project.write(".gitignore", ".cdkit\n")
    git(project.folder, "add", "-A")
    git(project.folder, "commit", "-qm", "first")
    git(project.folder, "pack-refs", "--all")
    git(project.folder, "checkout", "-q", "--detach")
    before = project.tag()
    git(project.folder, "worktree", "add", "-q", "--detach", str(tmp_path / "tree"))
    assert Project(tmp_path / "tree").tag() == before


def test_names_that_are_no_text_count_too(project: Project) -> None:
    before = project.tag()
    (project.folder / os.fsdecode(b"caf\xe9")).touch()
    changed = project.tag()
    assert changed not in {before, ""}
    assert project.tag() == changed


# The cache


LIBRARY = Path(json.__file__).parent
"""A folder of files that were changed long ago."""


def read(folder: Path, cache: FolderCache) -> dict[str, FolderFacts]:
    return read_folders(folder, visible_folders(folder, IgnoreRules(), ["."]), cache, Cancellation())


def test_what_was_read_is_not_read_again(tmp_path: Path) -> None:
    cache = FolderCache(tmp_path / "cache")
    found = read(LIBRARY, cache)
    cache.save()
    content = hashlib.sha256(Path(json.__file__).read_bytes()).hexdigest()
    assert found[""].by_name()["__init__.py"].endswith(f" {content}")
    again = FolderCache(tmp_path / "cache")
    known = again.find("")
    assert known is not None
    marked = KnownFolder(known.names, known.stamps, known.facts.replace(content, "remembered"))
    again.learn("", marked)
    again.save()
    assert "remembered" in read(LIBRARY, FolderCache(tmp_path / "cache"))[""].by_name()["__init__.py"]


def test_only_what_changed_of_a_folder_is_read_again(tmp_path: Path) -> None:
    path, now = tmp_path / "cache", 2**62
    names, stats = ["a", "b"], [Path(json.__file__).stat(), (LIBRARY / "decoder.py").stat()]
    cache = FolderCache(path)
    cache.learn("", KnownFolder("a\0b", stamp_to_keep(stats[0], now) + UNKNOWN, "file 644 kept\0file 644 doubtful"))
    cache.save()
    for name in names:
        (tmp_path / name).write_text(name)
    found = read_folders(tmp_path, [ContextFolder("", names, stats)], FolderCache(path), Cancellation())
    assert found[""].by_name() == {"a": "file 644 kept", "b": f"file 644 {hashlib.sha256(b'b').hexdigest()}"}


def test_what_changed_a_moment_ago_is_not_remembered(tmp_path: Path) -> None:
    (tmp_path / "new").touch()
    status = (tmp_path / "new").stat()
    assert stamp_to_keep(status, status.st_ctime_ns + 1_000_000) == UNKNOWN
    assert stamp_to_keep(status, status.st_ctime_ns + 10**10) == stamps_of([status])


def test_several_processes_may_write_a_cache_at_once(tmp_path: Path) -> None:
    def work(_: int) -> dict[str, FolderFacts]:
        cache = FolderCache(tmp_path / "cache")
        found = read(LIBRARY, cache)
        cache.save()
        return found

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(work, range(12)))
    assert all(result == results[0] for result in results)
    assert [path.name for path in tmp_path.iterdir()] == ["cache"]


def test_a_large_file_is_never_whole_in_memory(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(256 << 20)
    tracemalloc.start()
    file_digests(tmp_path, [FileToRead("large", (tmp_path / "large").stat())], Cancellation())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20


# Who is asked


def test_an_image_that_is_served_is_not_built_and_needs_no_engine(project: Project) -> None:
    first = project.build().outputs
    project.registry.images[first.image] = DIGEST
    project.registry.requests.clear()
    built = len(project.engine.builds)
    project.engine.go_away()
    shutil.rmtree(project.folder / ".cdkit")
    again = project.build()
    assert again.outputs.image == first.image
    assert again.outputs.id == DIGEST
    assert len(project.engine.builds) == built
    assert f"the registry has {first.image} already: nothing is built" in again.lines
    assert [(change.action, change.subject) for change in again.changes] == [("keep", first.image)]
    assert project.registry.requests == [("digest", BASE), ("image_id", first.image)], "of check, plan and run together"


class CheckedBuild:
    """A build that was checked, of an image that the registry serves; it is run when the test says so."""

    def __init__(self, project: Project) -> None:
        self.served: str = project.build().outputs.image
        project.registry.images[self.served] = DIGEST
        self.run = RecordedRun(
            world=FakeWorld(images=project.engine, registry=project.registry),
            clock=FakeClock(),
            workspace=project.folder,
            build=Build(),
            environment=Environment(),
        )
        self._step = BuildImage(BuildImage.Options(repository=REPOSITORY))
        self._ctx = StepContext("image", self.run, env={}, cancellation=Cancellation())
        assert list(self._step.check(self._ctx)) == []

    def image(self) -> str:
        return self._step.run(self._ctx).image


def test_files_that_another_step_wrote_since_the_check_count(project: Project) -> None:
    build = CheckedBuild(project)
    build.run.findings.begin("generate")
    build.run.findings.end("generate")
    project.write("src/main.py", "print('howdy')\n")
    assert build.image() != build.served


def test_a_secret_that_another_step_wrote_since_the_check_is_refused(project: Project) -> None:
    build = CheckedBuild(project)
    build.run.findings.begin("generate")
    build.run.findings.end("generate")
    project.write(".npmrc", "//npm.example.org/:_authToken=npm_0123456789abcdef\n")
    with pytest.raises(CheckFailed, match="npm login"):
        build.image()


def test_a_step_that_is_the_first_takes_what_its_check_found_to_be_served(project: Project) -> None:
    build = CheckedBuild(project)
    build.run.findings.begin("image")
    project.write("src/main.py", "print('howdy')\n")
    assert build.image() == build.served


def test_an_image_that_the_engine_has_is_not_built_again(project: Project) -> None:
    project.build()
    again = project.build()
    assert len(project.engine.builds) == 1
    assert any("the engine has" in line for line in again.lines)


def test_a_build_without_any_cache_is_made_each_time(project: Project) -> None:
    tags = {project.build(no_cache=True).outputs.image for _ in range(2)}
    assert len(project.engine.builds) >= 1
    assert tags.isdisjoint({project.build().outputs.image})


def test_a_base_by_digest_is_not_asked_for(project: Project) -> None:
    project.write("Dockerfile", f"FROM registry.example/base@{DIGEST}\nCOPY . /app\n")
    project.registry.images["registry.example/base:x"] = DIGEST
    project.engine.registry[f"registry.example/base@{DIGEST}"] = DIGEST
    project.build()
    assert {question for question, _ in project.registry.requests} == {"image_id"}


def test_each_base_is_asked_for_once_whatever_its_stages(project: Project) -> None:
    project.write(
        "Dockerfile", f"FROM {BASE} AS a\nFROM {BASE} AS b\nCOPY --from=a / /\nFROM scratch\nCOPY --from=b / /\n"
    )
    project.build()
    assert [reference for question, reference in project.registry.requests if question == "digest"] == [BASE]


def test_the_newest_base_is_built_upon(project: Project) -> None:
    project.build()
    assert project.engine.builds[0].pull


def test_a_base_that_only_the_engine_has_counts_by_its_id(project: Project) -> None:
    del project.registry.images[BASE]
    project.engine.images[BASE] = DIGEST
    ended = project.build()
    assert "No registry serves the base image" in ended.of(Warned)[0].message
    assert not project.engine.builds[0].pull
    project.engine.images[BASE] = OTHER
    assert project.build().outputs.image != ended.outputs.image


def test_a_base_that_nobody_has_is_found_before_the_build(project: Project) -> None:
    del project.registry.images[BASE]
    ended = project.build()
    assert isinstance(ended.error, ObjectNotFound)
    assert BASE in ended.error.message
    assert not ended.changes


@pytest.mark.parametrize("trouble", ["silent", "locked"])
def test_a_registry_that_cannot_be_asked_keeps_nothing_from_being_built(project: Project, trouble: str) -> None:
    project.write("Dockerfile", "FROM scratch\nCOPY . /app\n")
    if trouble == "silent":
        project.registry.silent.add("registry.example")
    else:
        project.engine.logins["registry.example"] = Credentials("a", "b")
    ended = project.build()
    assert ended.outputs.image
    assert "not known whether the image is there" in ended.of(Warned)[0].message


def test_a_name_of_this_engine_alone_is_asked_for_nowhere(project: Project) -> None:
    project.write("Dockerfile", "FROM scratch\nCOPY . /app\n")
    project.build(repository="shop")
    assert project.registry.requests == []


def test_an_engine_that_is_away_is_told_when_it_is_needed(project: Project) -> None:
    project.engine.go_away()
    assert isinstance(project.build().error, EngineUnreachable)


# What is said of it


def reasons(project: Project, **options: Any) -> tuple[str, ...]:
    return project.build(**options).changes[0].details


def test_the_first_build_needs_no_reason(project: Project) -> None:
    assert reasons(project) == ("nothing is known here of an earlier build",)


def test_what_forces_a_build_is_said(project: Project) -> None:
    project.write("Dockerfile", f"FROM {BASE}\nARG A\nCOPY . /app\n")
    project.build(args={"A": "1"})
    project.write("src/main.py", "print('howdy')\n")
    project.write("src/new.py", "")
    (project.folder / "run.sh").chmod(0o755)
    relink(project)
    project.registry.images[BASE] = OTHER
    ended = project.build(args={"A": "2"})
    assert ended.changes[0].details == (
        f"base image {BASE} changed",
        "build argument A changed",
        "current leads elsewhere",
        "run.sh has mode 755 now, and had 644",
        "src/main.py changed",
        "src/new.py is new",
    )
    assert "src/main.py changed" in ended.lines


def test_the_reasons_are_those_since_the_last_build(project: Project) -> None:
    for number in range(3):
        project.write("src/main.py", f"{number}")
        (project.folder / "run.sh").chmod(0o644)
        project.build()
    (project.folder / "run.sh").unlink()
    assert reasons(project) == ("run.sh is gone",)


def test_many_reasons_are_counted(project: Project) -> None:
    project.build()
    for number in range(30):
        project.write(f"src/{number:02}.py", "")
    assert reasons(project)[-1] == "and 20 more"


def test_a_build_argument_is_not_written_down(project: Project) -> None:
    project.build(args={"VERSION": "5up3rs3cret-or-not"})
    written = b"".join(path.read_bytes() for path in project.folder.rglob(".cdkit/**/*") if path.is_file())
    assert b"5up3rs3cret" not in written


TEXTS = st.dictionaries(
    st.text(st.characters(codec="utf-8", exclude_characters="\0/"), min_size=1, max_size=4),
    st.sampled_from("abc"),
    max_size=4,
)
FACTS = st.sampled_from(["file 644 a", "file 755 a", "file 644 b", "folder 755 -", "link - b"])
FOLDERS = st.dictionaries(
    st.sampled_from(["", "a", "a/b"]),
    st.dictionaries(st.sampled_from(["x", "y", "z"]), FACTS, max_size=3).map(
        lambda things: FolderFacts("\0".join(sorted(things)), "\0".join(things[name] for name in sorted(things)))
    ),
    max_size=3,
)


@given(TEXTS, FOLDERS, TEXTS, FOLDERS)
@settings(max_examples=200, deadline=None)
def test_two_fingerprints_have_one_tag_only_when_they_are_equal(a: Any, b: Any, c: Any, d: Any) -> None:
    one, other = Fingerprint(a, b), Fingerprint(c, d)
    assert (one.tag == other.tag) == (one == other)
    assert bool(one.differences(other)) <= (one != other)


def test_a_pipe_in_the_context_is_left_out(project: Project) -> None:
    before = project.tag()
    os.mkfifo(project.folder / "pipe")
    assert project.tag() == before
