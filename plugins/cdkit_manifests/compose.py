"""From a wish to manifests: one enricher after the other."""

from __future__ import annotations

from collections.abc import Sequence

from cdkit.api import InvalidInput, ManifestEnricher, Position, Problem, did_you_mean
from cdkit_manifests.draft import Draft
from cdkit_manifests.enrichers import CONTROLLER
from cdkit_manifests.wish import Wish


def compose(wish: Wish, enrichers: Sequence[ManifestEnricher]) -> Draft:
    """The manifests of an application.

    Args:
        wish: what they shall say.
        enrichers: all that there are, in their order; the wish says which of them work.

    Raises:
        InvalidInput: with everything for which no manifests can be made.
    """
    draft = Draft()
    for enricher in chosen(wish, enrichers):
        enricher.enrich(wish, draft)
    if draft.problems:
        ordered = sorted(draft.problems, key=lambda problem: problem.position or Position("", 0, 0))
        raise InvalidInput(f"No manifests can be made of {wish.name}.", problems=ordered)
    return draft


def chosen(wish: Wish, enrichers: Sequence[ManifestEnricher]) -> list[ManifestEnricher]:
    """The enrichers that work, in their order.

    Raises:
        InvalidInput: the settings name one that there is not.
    """
    said = wish.settings.enrichers
    names = [enricher.name for enricher in enrichers]
    problems = [
        _unknown(wish, group, name, names) for group in _GROUPS for name in getattr(said, group) if name not in names
    ]
    if problems:
        raise InvalidInput("The settings name enrichers that there are not.", problems=problems)
    included = {*said.include, CONTROLLER} if said.include else {*names}
    excluded = {*said.exclude} - {CONTROLLER}
    return [enricher for enricher in enrichers if enricher.name in included - excluded]


_GROUPS = ("include", "exclude", "config")


def _unknown(wish: Wish, group: str, name: str, names: Sequence[str]) -> Problem:
    source = wish.source("enrichers", group)
    position = Position(source.file, source.line, 1) if source is not None and source.line else None
    return Problem(f"There is no enricher {name!r}.", position, did_you_mean(name, names))
