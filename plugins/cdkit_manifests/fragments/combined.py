"""Manifests that come with what a project uses: files, folders, archives and packages that it names itself."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from cdkit.api import InvalidInput, Problem
from cdkit_manifests.fragments.documents import ENDINGS, read_fragments
from cdkit_manifests.fragments.fragment import Fragment
from cdkit_manifests.named_files import list_folder, locate, read_text

ARCHIVES = (".jar", ".war", ".whl", ".zip")
PLACES = ("META-INF/cdkit/", "META-INF/jkube/", "META-INF/fabric8/", "cdkit/")
"""The folders of an archive or a package that hold manifests; of a wheel also those right in its packages."""
MOST_ENTRIES = 100_000
LARGEST_ENTRY = 1024 * 1024
MOST_MANIFESTS = 200
PACKAGE = "package:"
_PACKAGE_FOLDERS = ("node_modules", ".venv/lib/*/site-packages", "venv/lib/*/site-packages", "vendor")
_OPENSHIFT = "openshift"


def combined(project: Path, boundary: Path, said: Sequence[str], values: Mapping[str, str]) -> tuple[Fragment, ...]:
    """The objects of all that is named, in that order.

    Args:
        project: the project's folder; relative paths start there.
        boundary: the folder above which no file is read.
        said: files of manifests, folders, archives, and `package:NAME` for an installed package.
        values: the parameters that are known.

    Raises:
        InvalidInput: with every problem of every file.
    """
    problems: list[Problem] = []
    found: list[Fragment] = []
    for path in said:
        for file, text in _texts(project, boundary, path):
            found.extend(read_fragments(text, file, values, problems))
    if problems:
        raise InvalidInput("The manifests under `combine` are wrong.", problems=problems)
    return tuple(found)


def _texts(project: Path, boundary: Path, path: str) -> Iterator[tuple[str, str]]:
    """The files of manifests below one path, each with its name."""
    if path.startswith(PACKAGE):
        path = _package_folder(project, boundary, path.removeprefix(PACKAGE))
    place = locate(project, boundary, path)
    if place.is_dir():
        for name in list_folder(project, boundary, path):
            if name.endswith(ENDINGS):
                yield f"{path}/{name}", read_text(project, boundary, f"{path}/{name}")
    elif path.endswith(ARCHIVES):
        yield from _archived(place, path)
    else:
        yield path, read_text(project, boundary, path)


def _package_folder(project: Path, boundary: Path, name: str) -> str:
    """The folder of manifests in an installed package, found without running anything of it."""
    parts = name.split("/")
    if not name or ".." in parts or name.startswith("/") or any(sign in name for sign in "*?["):
        raise InvalidInput(f"{name!r} is no name of a package.")
    for folder in _PACKAGE_FOLDERS:
        for place in sorted(project.glob(f"{folder}/{name}")):
            for inner in PLACES:
                path = (place / inner).relative_to(project).as_posix()
                if locate(project, boundary, path).is_dir():
                    return path
    places = ", ".join(folder.rstrip("/") for folder in PLACES)
    remedy = f"Install it into the project; its manifests are looked for in {places}."
    raise InvalidInput(f"There is no package {name!r} with manifests in the project.", remedy=remedy)


def _archived(place: Path, path: str) -> Iterator[tuple[str, str]]:
    """Nothing is unpacked: entries are read by name, and no more of each than its bound."""
    if not place.is_file():
        raise InvalidInput(
            f"There is no archive {path!r} in the project.", remedy="Correct `combine`, or build it before."
        )
    try:
        with zipfile.ZipFile(place) as archive:
            names = archive.namelist()
            if len(names) > MOST_ENTRIES:
                raise InvalidInput(f"The archive {path!r} has more than {MOST_ENTRIES} entries.")
            chosen = sorted(name for name in names if _is_manifest(name))
            if len(chosen) > MOST_MANIFESTS:
                raise InvalidInput(f"The archive {path!r} has more than {MOST_MANIFESTS} manifests.")
            for name in chosen:
                yield f"{path}!{name}", _entry(archive, path, name)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError, EOFError) as error:
        raise InvalidInput(f"The archive {path!r} cannot be read: {error}.") from error


def _is_manifest(name: str) -> bool:
    folder, _, file = name.rpartition("/")
    if not file.endswith(ENDINGS) or file.startswith(_OPENSHIFT) or _OPENSHIFT in folder.split("/"):
        return False
    inside = f"{folder}/"
    return inside in PLACES or inside.partition("/")[2] in PLACES


def _entry(archive: zipfile.ZipFile, path: str, name: str) -> str:
    with archive.open(name) as file:
        data = file.read(LARGEST_ENTRY + 1)
    if len(data) > LARGEST_ENTRY:
        raise InvalidInput(f"{name} in {path!r} is larger than {LARGEST_ENTRY // 1024} KiB.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{name} in {path!r} is not UTF-8.") from error
