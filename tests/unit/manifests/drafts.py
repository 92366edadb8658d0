"""Drafts for tests: settings as YAML and facts by name, and what the enrichers make of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cdkit.api import Build, Fact, InvalidInput, Manifest, ManifestEnricher, Project, Source, parse_document
from cdkit_manifests.compose import compose
from cdkit_manifests.draft import Draft
from cdkit_manifests.enrichers.own import OWN_ENRICHERS
from cdkit_manifests.fragments.documents import read_fragments
from cdkit_manifests.settings.resolve import resolve
from cdkit_manifests.wish import Wish

IMAGE = "registry.example:5000/hello@sha256:" + "a" * 64
NEWEST = (1, 37)


def make_wish(
    settings: str = "",
    *,
    facts: Mapping[str, Any] | None = None,
    fragments: Mapping[str, str] | None = None,
    image: str = IMAGE,
    kubernetes: tuple[int, int] = NEWEST,
    build: Build | None = None,
    folder: Path = Path("/nowhere"),
) -> Wish:
    """A wish of the application `hello`; facts come from `test`."""
    words = [parse_document(settings, "cdkit.yaml")] if settings else []
    known = [Fact(name, value, Source("test", note=name)) for name, value in (facts or {}).items()]
    problems: list[Any] = []
    read = [item for file, text in (fragments or {}).items() for item in read_fragments(text, file, {}, problems)]
    assert problems == []
    return Wish(
        name="hello",
        image=image,
        said=resolve(words, ""),
        project=Project.of(known),
        build=build or Build(),
        kubernetes=kubernetes,
        fragments=tuple(read),
        folder=folder,
        boundary=folder,
    )


def make_draft(settings: str = "", *, enrichers: Sequence[ManifestEnricher] = (), **wish: Any) -> Draft:
    """What all enrichers of cdkit make of a wish, and those that are given."""
    every = sorted([*OWN_ENRICHERS, *enrichers], key=lambda enricher: enricher.order)
    return compose(make_wish(settings, **wish), every)


def one(draft: Draft, kind: str) -> Manifest:
    """The only object of a kind."""
    (found,) = [item for item in draft.objects if item["kind"] == kind]
    return found


def kinds(draft: Draft) -> list[str]:
    """The kinds of all objects, in the order in which they are applied."""
    return [item["kind"] for item in draft.in_apply_order]


def refusals(settings: str = "", **wish: Any) -> list[str]:
    """Why no manifests can be made."""
    try:
        make_draft(settings, **wish)
    except InvalidInput as error:
        return [str(problem) for problem in error.problems]
    return []
