"""What in a project is program text that runs: no tests, and no comments."""

from __future__ import annotations

import re

_TEST = re.compile(
    r"(?:.*/)?(?:tests?|specs?|__tests__|testing|testdata|e2e|fixtures|examples|benches|benchmarks|docs)/.*"
    r"|(?:.*/)?(?:test_[^/]*|conftest\.py|[^/]*[._-](?:test|spec)\.[^/]*|[^/]*Tests?\.(?:java|kt|cs|php)|[^/]*_spec\.rb)",
)
_HASH = (".py", ".rb", ".ru", ".rake", ".sh", ".yml", ".yaml", ".properties", ".toml")
_SLASHES = ("//", "/*", "*")


def is_test(path: str) -> bool:
    """Whether a file is for tests, examples or documentation, by the customs of its language."""
    return _TEST.fullmatch(path) is not None


def is_comment(path: str, text: str, place: int) -> bool:
    """Whether a place in a text is in a comment, as far as its own line tells."""
    before = text[text.rfind("\n", 0, place) + 1 : place]
    if path.endswith(_HASH):
        return "#" in before and before.lstrip().startswith("#")
    line = before.strip()
    return line.startswith(_SLASHES) or bool(re.search(r"(?:^|\s)//", before))
