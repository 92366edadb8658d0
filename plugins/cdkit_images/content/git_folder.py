"""What a `.git` folder in a build context says of the checkout.

A build that copies `.git` wants to know its version: the commit, the branch, the tags. The files themselves differ in
each clone, and after each `git status`; to count them would mean to build each time.
https://git-scm.com/docs/gitrepository-layout
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

FOLDER = ".git"
_MOST_LINKS = 5
"""A symbolic reference may name another one; git itself follows five."""


def git_facts(context: Path) -> dict[str, str] | None:
    """The commit, the branch and the tags by name; None when they cannot be read here.

    Args:
        context: the folder that holds `.git`.
    """
    try:
        folder = _git_folder(context / FOLDER)
        common = _common_folder(folder)
        packed = dict(_packed(common))
        head = (folder / "HEAD").read_text().strip()
        facts = {"HEAD": head, "commit": _resolve(head, folder, common, packed)}
        tags = {name: commit for name, commit in packed.items() if name.startswith("refs/tags/")}
        tags |= {
            path.relative_to(common).as_posix(): path.read_text().strip() for path in _files(common / "refs" / "tags")
        }
    except (OSError, ValueError):
        return None
    return facts | tags if facts["commit"] else None


def _git_folder(path: Path) -> Path:
    """The folder itself; in a worktree or a submodule `.git` is a file that names it."""
    if path.is_dir():
        return path
    return path.parent / path.read_text().removeprefix("gitdir:").strip()


def _common_folder(folder: Path) -> Path:
    """Where the branches and tags of all worktrees are."""
    pointer = folder / "commondir"
    return folder / pointer.read_text().strip() if pointer.exists() else folder


def _packed(common: Path) -> Iterator[tuple[str, str]]:
    path = common / "packed-refs"
    for line in path.read_text().splitlines() if path.exists() else ():
        commit, _, name = line.partition(" ")
        if name and not line.startswith(("#", "^")):
            yield name, commit


def _resolve(head: str, folder: Path, common: Path, packed: dict[str, str]) -> str:
    for _ in range(_MOST_LINKS):
        if not head.startswith("ref:"):
            return head
        name = head.removeprefix("ref:").strip()
        loose = next((path for path in (folder / name, common / name) if path.is_file()), None)
        head = loose.read_text().strip() if loose else packed.get(name, "")
    return ""


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())
