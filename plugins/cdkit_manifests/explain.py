"""`--explain`: what is known and what else was found, which enrichers work, and where each field comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cdkit.api import ManifestEnricher, Node
from cdkit_manifests.compose import chosen
from cdkit_manifests.draft import Draft
from cdkit_manifests.reading.explain import explain as explain_project
from cdkit_manifests.wish import Wish

HIDDEN = "***"
_SECRET = ("secrets",)


def explain(wish: Wish, draft: Draft, enrichers: Sequence[ManifestEnricher]) -> Iterator[str]:
    """The lines of the whole table.

    Args:
        wish: what the manifests shall say.
        draft: what came of it.
        enrichers: all that there are, in their order.
    """
    yield from _section("Facts", _facts(wish))
    yield from _section("Settings", _settings(wish.said.node, wish, ()))
    yield from _section("Enrichers", _enrichers(wish, enrichers))
    yield from _section("Fields", _fields(draft))


def _facts(wish: Wish) -> Iterator[Sequence[str]]:
    for line in explain_project(wish.project):
        yield line.fact, line.value, line.source, line.confidence, line.reader, "" if line.stands else "not taken"


def _settings(node: Node, wish: Wish, path: tuple[str, ...]) -> Iterator[Sequence[str]]:
    """Every setting that was said. What a Secret holds is shown to nobody."""
    for key, child in (node.value or {}).items():
        way = (*path, key)
        if isinstance(child.value, dict) and child.value:
            yield from _settings(child, wish, way)
            continue
        value = HIDDEN if way[:1] == _SECRET and "values" in way else _shown(child)
        yield ".".join(way), value, str(wish.source(*way) or "")


def _shown(node: Node) -> str:
    text = ", ".join(map(str, node.plain())) if isinstance(node.value, list) else node.text or str(node.plain())
    return " ".join(text.split())


def _enrichers(wish: Wish, enrichers: Sequence[ManifestEnricher]) -> Iterator[Sequence[str]]:
    working = chosen(wish, enrichers)
    for enricher in enrichers:
        yield enricher.name, "" if enricher in working else "left out", enricher.summary


def _fields(draft: Draft) -> Iterator[Sequence[str]]:
    return ((str(field), str(source)) for field, source in draft.origins.items())


def _section(title: str, rows: Iterable[Sequence[str]]) -> Iterator[str]:
    table = list(rows)
    if table:
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        yield f"{title}:"
        for row in table:
            yield ("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))).rstrip()
