"""What in a project is program text that runs: no tests, and no comments."""

from __future__ import annotations

import re

_TEST = re.compile(
    r"(?:.*/)?(?:tests?|specs?|__tests__|testing|testdata|e2e|fixtures|examples|benches|benchmarks|docs)/.*"
    r"|(?:.*/)?(?:test_[^/]*|conftest\.py|[^/]*[._-](?:test|spec)\.[^/]*|[^/]*Tests?\.(?:java|kt|cs|php)|[^/]*_spec\.rb)",
)
LONGEST_LINE = 2000
"""Characters of a line that somebody wrote; longer ones are left empty, for to search in them takes long."""
_LONG_LINE = re.compile(rf"[^\n]{{{LONGEST_LINE},}}")
_HASH = (".py", ".rb", ".ru", ".rake", ".sh", ".yml", ".yaml", ".properties", ".toml")
_SLASHES = ("//", "/*", "*")


def is_test(path: str) -> bool:
    """Whether a file is for tests, examples or documentation, by the customs of its language."""
    return _TEST.fullmatch(path) is not None


def without_long_lines(text: str) -> str:
    """The text, with every line that nobody wrote by hand left empty."""
    return _LONG_LINE.sub("", text)


def is_comment(path: str, text: str, place: int) -> bool:
    """Whether a place in a text is in a comment, as far as its own line tells."""
    before = text[text.rfind("\n", max(0, place - LONGEST_LINE), place) + 1 : place]
    if path.endswith(_HASH):
        return "#" in before and before.lstrip().startswith("#")
    line = before.strip()
    return line.startswith(_SLASHES) or bool(re.search(r"(?:^|\s)//", before))
