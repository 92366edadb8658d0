"""Static sites: the generators that make them, and a page that somebody wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdkit.api import Fact, ProjectFolder, Source
from cdkit_manifests.reading.lines import source_of_match
from cdkit_manifests.reading.toml_file import read_toml
from cdkit_manifests.recognise.programs import has_program

_GENERATORS = {
    "hugo.toml": "hugo",
    "hugo.yaml": "hugo",
    "mkdocs.yml": "mkdocs",
    "_config.yml": "jekyll",
    "book.toml": "mdbook",
    "antora-playbook.yml": "antora",
    "conf.py": "sphinx",
}
"""By the file that sets them up."""
_PAGES = ("index.html", "public/index.html", "site/index.html", "www/index.html", "html/index.html")
_TITLE = re.compile(r"<title>([^<\n]{1,200})</title>", re.IGNORECASE)
_TITLES = {"hugo.toml": ("title",), "book.toml": ("book", "title")}
_OTHERS = ("package.json", "config.ru", "Procfile")
"""Where one of these or the metadata of a program is, a page or a generator is only a part of something."""


def read(folder: ProjectFolder) -> Iterator[Fact]:
    """The site, where there is nothing that runs.

    Raises:
        InvalidInput: a generator's TOML is malformed.
    """
    if any(map(folder.has, _OTHERS)) or has_program(folder):
        return
    generator = next((file for file in _GENERATORS if folder.has(file)), "")
    page = next(filter(folder.has, _PAGES), "")
    if generator:
        yield Fact("frameworks", (_GENERATORS[generator],), Source(generator), "derived")
    if generator or page:
        yield Fact("kind", "static", Source(generator or page), "derived")
    if generator in _TITLES:
        yield from read_toml(folder, generator).word_facts({"description": _TITLES[generator]}, "derived")
    elif page and not generator:
        text = folder.data(page).decode("utf-8", errors="replace")
        from html import unescape

        title = _TITLE.search(text)
        if title and title[1].strip():
            source = source_of_match(page, text, title, "the title")
            yield Fact("description", " ".join(unescape(title[1]).split()), source, "assumed")
