"""Asks every reader, and puts together what they say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from cdkit.api import (
    FACTS,
    CdkitError,
    Fact,
    InvalidInput,
    Problem,
    Project,
    ProjectFolder,
    ProjectReader,
    StepBroken,
    convert,
)
from cdkit_manifests.reading.conclude import conclude
from cdkit_manifests.reading.malformed import REMEDY


def collect(folder: ProjectFolder, readers: Sequence[ProjectReader]) -> Project:
    """All that is known of a project.

    Args:
        folder: the project.
        readers: who reads it, in their order.

    Raises:
        InvalidInput: files of the project are malformed; with every one of them.
        StepBroken: a reader gives something that is no fact, or fails in a way that it should not.
    """
    facts: list[Fact] = []
    problems: list[Problem] = []
    for reader in readers:
        try:
            if not reader.looks_for or folder.find(*reader.looks_for):
                facts += _ask(reader, folder)
        except InvalidInput as error:
            problems += error.problems or [Problem(error.message, None, error.remedy)]
    if problems:
        unique = list(dict.fromkeys(problems))
        told = "; ".join(map(str, unique))
        raise InvalidInput(f"The project cannot be read: {told}", problems=unique, remedy=REMEDY)
    looked_for = dict.fromkeys(name for reader in readers for name in reader.looks_for)
    return conclude(facts, (*looked_for, folder.dockerfile))


def _ask(reader: ProjectReader, folder: ProjectFolder) -> Iterator[Fact]:
    try:
        facts = list(reader.read(folder))
    except CdkitError:
        raise
    except Exception as error:
        raise _broken(reader, f"{type(error).__name__}: {error}") from error
    for fact in facts:
        _must_be_known(reader, fact)
        yield msgspec.structs.replace(fact, reader=reader.name)


def _must_be_known(reader: ProjectReader, fact: Any) -> None:
    if not isinstance(fact, Fact):
        raise _broken(reader, f"it gave {fact!r}, which is no Fact")
    if fact.name not in FACTS:
        raise _broken(reader, f"it gave a fact that is not known: {fact.name!r}")
    try:
        convert(fact.value, FACTS[fact.name])
    except msgspec.ValidationError as error:
        raise _broken(reader, f"it gave a value for {fact.name!r} of a wrong type: {error}") from error


def _broken(reader: ProjectReader, reason: str) -> StepBroken:
    return StepBroken(f"The project reader {reader.name!r} does not work: {reason}.")
