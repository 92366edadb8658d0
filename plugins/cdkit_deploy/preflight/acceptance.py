"""The API server would accept every object: a dry run of each, with admission and all."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial

import msgspec

from cdkit.api import Manifest, ObjectRef, Problem, Unavailable, WorldFailed, ask_all
from cdkit_deploy.definitions import defined_kinds
from cdkit_deploy.preflight.finding import Finding
from cdkit_deploy.preflight.surroundings import Surroundings
from cdkit_deploy.refusals import immutable_changes, immutable_message, is_immutable


def findings(around: Surroundings, settled: Collection[ObjectRef] = ()) -> Iterator[Finding]:
    """A problem for each object that the server refuses.

    Args:
        around: the objects to deploy.
        settled: those that are not asked about, for they are as wanted already.
    """
    coming = _Coming.of(around)
    asked = [item for item in around.wanted if ObjectRef.of(item) not in settled and not coming.has_to_precede(item)]
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


class _Coming(msgspec.Struct, frozen=True):
    """What the deployment itself brings, so that the server cannot know yet what belongs to it.

    Attributes:
        namespaces: the names of those that are not there yet.
        kinds: the groups and kinds of its definitions.
    """

    namespaces: frozenset[str]
    kinds: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, around: Surroundings) -> _Coming:
        """What is coming with the objects to deploy."""
        namespaces = [ObjectRef.of(item) for item in around.wanted if item["kind"] == "Namespace"]
        missing = frozenset(ref.name for ref in namespaces if around.live(ref) is None)
        return cls(missing, defined_kinds(around.wanted))

    def has_to_precede(self, item: Manifest) -> bool:
        """Whether an object's namespace or kind is among it."""
        ref = ObjectRef.of(item)
        return ref.namespace in self.namespaces or (ref.group, ref.kind) in self.kinds
