"""The API server would accept every object: a dry run of each, with admission and all."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial

from cdkit.api import Manifest, ObjectRef, Problem, Unavailable, WorldFailed, ask_all
from cdkit_deploy.preflight.finding import Finding
from cdkit_deploy.preflight.surroundings import Surroundings
from cdkit_deploy.refusals import immutable_changes, immutable_message, is_immutable


def findings(around: Surroundings, settled: Collection[ObjectRef] = ()) -> Iterator[Finding]:
    """A problem for each object that the server refuses.

    Args:
        around: the objects to deploy.
        settled: those that are not asked about, for they are as wanted already.
    """
    asked = [item for item in around.wanted if ObjectRef.of(item) not in settled and not _comes_later(around, item)]
    yield from filter(None, ask_all([partial(_refusal, around, item) for item in asked]))


def _refusal(around: Surroundings, item: Manifest) -> Problem | None:
    try:
        around.after(item)
    except Unavailable:
        raise
    except WorldFailed as error:
        return _unchangeable(around, item, error) or _refused(item, error)
    return None


def _refused(item: Manifest, error: WorldFailed) -> Problem:
    return Problem(f"{ObjectRef.of(item)} would be refused: {error.message}", None, error.remedy)


def _unchangeable(around: Surroundings, item: Manifest, error: WorldFailed) -> Problem | None:
    """The refusal of a change that is not possible, by the fields that it is about."""
    if not any(map(is_immutable, error.fields)):
        return None
    ref = ObjectRef.of(item)
    live = around.live(ref)
    if live is None:
        return None
    message = immutable_message(ref, immutable_changes(error.fields, live, item))
    return Problem(message, None, "Keep them, or let `recreate: where-needed` delete and create the object.")


def _comes_later(around: Surroundings, item: Manifest) -> bool:
    """Whether the server cannot know an object yet, because its namespace or its kind is part of the deployment."""
    return _is_to_be_made(around, "Namespace", item["metadata"].get("namespace", "")) or any(
        _defines(definition, item) for definition in around.wanted if definition["kind"] == "CustomResourceDefinition"
    )


def _is_to_be_made(around: Surroundings, kind: str, name: str) -> bool:
    wanted = around.wanted_object(kind, name)
    return wanted is not None and around.live(ObjectRef.of(wanted)) is None


def _defines(definition: Manifest, item: Manifest) -> bool:
    spec = definition.get("spec") or {}
    group = item["apiVersion"].rpartition("/")[0]
    return bool(spec.get("group") == group and (spec.get("names") or {}).get("kind") == item["kind"])
