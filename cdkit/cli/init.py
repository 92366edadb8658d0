"""`cdkit init`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from cdkit.cli.arguments import DEFAULT_FILE
from cdkit.errors import InvalidInput
from cdkit.scaffold.draft import draft
from cdkit.scaffold.project import DOCKERFILE, Project, look_at
from cdkit.scaffold.write import written


@click.command("init")
@click.option(
    "-f",
    "--file",
    default=DEFAULT_FILE,
    show_default=True,
    metavar="FILE",
    help="The file to write; its folder is the project.",
)
@click.option("--force", is_flag=True, help="Replace a file that is there already.")
@click.option("--print", "to_stdout", is_flag=True, help="Write to stdout, and no file.")
def command(file: str, *, force: bool, to_stdout: bool) -> None:
    """Write a pipeline file for the project that is here.

    It says what it was inferred from what. Steps for which something is missing yet are written as comments.
    """
    path = Path(file)
    if not (force or to_stdout):
        _must_be_free(path)
    project = _project(path)
    text = written(draft(project))
    out = sys.stderr if to_stdout else sys.stdout
    out.writelines(f"{line}\n" for line in _inferences(project))
    if to_stdout:
        sys.stdout.write(text)
        return
    _write(path, text, force=force)
    sys.stdout.write(f"\nWrote {file!r}. Next: cdkit validate, cdkit plan, cdkit run.\n")


def _project(path: Path) -> Project:
    from cdkit.clients.git_repository import read_build_facts
    from cdkit.scaffold.registry import registries_with_login

    folder = path.resolve().parent
    if not folder.is_dir():
        raise InvalidInput(f"There is no folder {str(folder)!r}.", remedy="Make it, or name another file.")
    return look_at(folder, read_build_facts(folder), registries_with_login(os.environ, Path.home()))


def _inferences(project: Project) -> Iterator[str]:
    yield f"name: {project.name.value} <- {project.name.source}"
    for language in project.languages:
        yield f"language: {language.name} <- {language.metadata}"
        if language.install and language.test:
            yield f"install command: {language.install.line} <- {language.install.source}"
        if language.test:
            yield f"test command: {language.test.line} <- {language.test.source}"
    if not any(language.test for language in project.languages):
        yield "test command: none was found"
    yield f"image: built <- {DOCKERFILE}" if project.has_dockerfile else f"image: none, for there is no {DOCKERFILE}"
    for what, found in (("repository", project.repository), ("release branch", project.branch)):
        if project.has_dockerfile and found.value:
            yield f"{what}: {found.value} <- {found.source}"


def _must_be_free(path: Path) -> None:
    if os.path.lexists(path):
        raise _taken(path)


def _taken(path: Path) -> InvalidInput:
    remedy = "Give --force to replace it, --print to look only, or --file to write another one."
    return InvalidInput(f"{str(path)!r} is there already, and is left as it is.", remedy=remedy)


def _write(path: Path, text: str, *, force: bool) -> None:
    """Write the file; without `force` only where nothing is.

    Raises:
        InvalidInput: something is there, or the folder cannot be written.
    """
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise _taken(path) from None
    except OSError as error:
        message = f"{str(path)!r} cannot be written: {error.strerror}."
        raise InvalidInput(message, remedy="Make the folder writable, or give --print.") from error
