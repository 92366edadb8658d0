"""`.dockerignore`, read as Docker reads it.

https://docs.docker.com/build/concepts/context/#dockerignore-files, and where that is silent, moby's patternmatcher.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import msgspec

from cdkit.api import InvalidInput, Position, Problem
from cdkit_images.patterns import has_wildcard, name_regex, sign_regex, signs_of

FILE = ".dockerignore"

OWN = "**/.cdkit\n"
"""What cdkit writes beside the pipeline file: it differs after each run, and no image needs it."""


class IgnorePattern(msgspec.Struct, frozen=True):
    """One line of a `.dockerignore`.

    Attributes:
        pattern: without `!`, cleaned: no `./`, no `/` at either end.
        includes: it began with `!`: what matches comes back in.
        regex: what it matches, from the root of the context.
    """

    pattern: str
    includes: bool
    regex: re.Pattern[str]


class IgnoreRules(msgspec.Struct, frozen=True):
    """All lines of a `.dockerignore`; the last one that matches a path, or a folder above it, decides.

    Attributes:
        patterns: in the order of the file.
        text: the file.
    """

    patterns: tuple[IgnorePattern, ...] = ()
    text: str = ""

    def ignores(self, path: str) -> bool:
        """Whether a path of the context, `/` between its parts, is left out."""
        return self.below(posixpath.dirname(path)).ignores(posixpath.basename(path))

    def root(self) -> IgnoredFolder:
        """The context itself, of which nothing is left out."""
        return IgnoredFolder(self.patterns, "", (False,) * len(self.patterns))

    def below(self, path: str) -> IgnoredFolder:
        """A folder of the context; the empty path is the context itself."""
        folder = self.root()
        for name in path.split("/") if path else ():
            folder = folder.enter(name)
        return folder


class IgnoredFolder:
    """A folder, with what the patterns say of it, so that nothing need be asked twice for what is below.

    Args:
        patterns: of the file.
        path: the folder's; empty for the context itself.
        matched: which of them match the folder or one above it.
    """

    def __init__(self, patterns: Sequence[IgnorePattern], path: str, matched: tuple[bool, ...]) -> None:
        self._patterns = patterns
        self._prefix = f"{path}/" if path else ""
        self._matched = matched

    def ignores(self, name: str) -> bool:
        """Whether something in this folder is left out."""
        ignored = False
        path = f"{self._prefix}{name}"
        for pattern, above in zip(self._patterns, self._matched, strict=True):
            if pattern.includes == ignored and (above or pattern.regex.fullmatch(path)):
                ignored = not pattern.includes
        return ignored

    def left(self, names: Collection[str]) -> list[str]:
        """Those of the names in this folder that are not left out; quicker than to ask for each."""
        if not any(self._matched):
            suspects = self._suspects(names)
            return [name for name in names if name not in suspects or not self.ignores(name)]
        return [name for name in names if not self.ignores(name)]

    def _suspects(self, names: Collection[str]) -> set[str]:
        """The names that a pattern can match, going by its depth and its last part, which mostly is a plain name."""
        depth = self._prefix.count("/")
        here = [pattern.pattern for pattern in self._patterns if not pattern.includes]
        endings = {pattern.rpartition("/")[2] for pattern in here if "**" in pattern or pattern.count("/") == depth}
        wild = sorted(ending for ending in endings if has_wildcard(ending))
        if any("**" in ending for ending in wild):
            return set(names)
        suspects = endings.intersection(names)
        if wild:
            matches = re.compile("|".join(name_regex(ending).pattern for ending in wild), re.DOTALL).fullmatch
            suspects.update(name for name in names if matches(name))
        return suspects

    def enter(self, name: str) -> IgnoredFolder:
        """A folder in this one."""
        path = f"{self._prefix}{name}"
        matched = tuple(
            above or pattern.regex.fullmatch(path) is not None
            for pattern, above in zip(self._patterns, self._matched, strict=True)
        )
        return IgnoredFolder(self._patterns, path, matched)

    @property
    def may_include(self) -> bool:
        """Whether something below a folder that is left out may come back in; else nobody need look there."""
        return any(pattern.includes and _may_match_below(pattern.pattern, self._prefix) for pattern in self._patterns)


def read_rules(context: Path, dockerfile: Path, shown: str = "") -> IgnoreRules:
    """The rules for a build: of `<Dockerfile>.dockerignore` beside the Dockerfile, else of the context's own file.

    What cdkit itself writes is left out in any case.

    Args:
        context: the folder of the context.
        dockerfile: the Dockerfile's path.
        shown: how a person would name the file; its path when left out.

    Raises:
        InvalidInput: a pattern is none, or the file cannot be read.
    """
    path = find_ignore_file(context, dockerfile)
    if path is None:
        return parse_dockerignore(OWN)
    try:
        text = path.read_bytes().decode("utf-8-sig", errors="surrogateescape")
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.", remedy="Make it readable.") from error
    return parse_dockerignore(f"{text}\n{OWN}", shown or str(path))


def find_ignore_file(context: Path, dockerfile: Path) -> Path | None:
    """The file whose rules count, or None when there is none."""
    candidates = (dockerfile.with_name(f"{dockerfile.name}{FILE}"), context / FILE)
    return next((path for path in candidates if path.is_file()), None)


def parse_dockerignore(text: str, file: str = FILE) -> IgnoreRules:
    """The rules in a text.

    Raises:
        InvalidInput: a line is no pattern; the error names it.
    """
    return IgnoreRules(tuple(_patterns(text.removeprefix("\ufeff"), file)), text)


def _patterns(text: str, file: str) -> Iterator[IgnorePattern]:
    for number, line in enumerate(text.split("\n"), start=1):
        # A comment begins in the first column; behind white space, `#` is the beginning of a name.
        written = "" if line.startswith("#") else line.strip()
        includes = written.startswith("!")
        bare = written.removeprefix("!").strip()
        if bare:
            pattern = _cleaned(bare)
            yield IgnorePattern(pattern, includes, _compiled(pattern, written, file, number))
        elif written:
            raise _mistake(file, number, "A `!` alone includes nothing.", "Write the pattern behind it: `!keep.txt`.")


def _cleaned(pattern: str) -> str:
    """As Go's `filepath.Clean` does, and without a `/` at the beginning."""
    cleaned = posixpath.normpath(pattern)
    return cleaned.lstrip("/") or cleaned[:1]


def _compiled(pattern: str, written: str, file: str, line: int) -> re.Pattern[str]:
    try:
        return re.compile(_regex(pattern), re.DOTALL)
    except (ValueError, re.error) as error:
        message = f"{written!r} is no pattern: {error}."
        raise _mistake(file, line, message, r"Put a `\` before a `[` or `\` that is part of a name.") from error


def _regex(pattern: str) -> str:
    ending = pattern.removeprefix("**")
    if ending != pattern and ending and not ending.startswith("/") and not has_wildcard(ending):
        # `**.pyc`: Docker compares the end of the whole path, folders included.
        return f".*{re.escape(ending)}"
    signs = list(signs_of(pattern))
    last = len(signs) - 1
    return "".join(_sign(sign, is_last=index == last) for index, sign in enumerate(signs))


def _sign(sign: str, *, is_last: bool) -> str:
    if sign.startswith("**"):
        return ".*" if is_last else "(.*/)?"
    return sign_regex(sign)


def _may_match_below(pattern: str, prefix: str) -> bool:
    """Whether a pattern can match anything below a folder, going by their first parts; `*` may be anything."""
    parts, folders = pattern.split("/"), prefix.rstrip("/").split("/")
    for part, folder in zip(parts, folders, strict=False):
        if has_wildcard(part):
            return True
        if part != folder:
            return False
    return True


def _mistake(file: str, line: int, message: str, remedy: str) -> InvalidInput:
    problem = Problem(message, Position(file, line, 1), remedy)
    return InvalidInput(f"{file}:{line}: {message}", problems=[problem], remedy=remedy)
