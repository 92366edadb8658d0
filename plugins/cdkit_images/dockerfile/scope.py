"""The variables of a stage, as far as the Dockerfile itself knows them."""

from __future__ import annotations

from collections.abc import Mapping

from cdkit_images.dockerfile.errors import mistake
from cdkit_images.dockerfile.instructions import Dockerfile, Instruction
from cdkit_images.dockerfile.platforms import PLATFORM_ARGUMENTS
from cdkit_images.dockerfile.words import expand, name_value, split_quoted


class UnknownValue(Exception):
    """A variable may have a value that the Dockerfile does not show: the base image may have set it."""


class Scope:
    """What `ARG` and `ENV` have set so far.

    Args:
        dockerfile: whose variables they are.
        args: the build arguments, and those that Docker itself gives.
        outer: the variables above the first FROM, which `ARG NAME` brings in; None for those themselves.
        knows_all: nothing else can have set a variable; one that is not known here has no value.
    """

    def __init__(
        self, dockerfile: Dockerfile, args: Mapping[str, str], *, outer: Scope | None = None, knows_all: bool
    ) -> None:
        self._dockerfile = dockerfile
        self._args = args
        self._outer = outer
        self._knows_all = knows_all
        self._set: dict[str, str] = {}
        self._env: dict[str, str] = {}

    def child(self) -> Scope:
        """The scope of a stage that begins with this one: an `ENV` stays, what an `ARG` does is no longer certain."""
        scope = Scope(self._dockerfile, self._args, outer=self._outer, knows_all=self._knows_all and not self._set)
        scope._env = dict(self._env)
        return scope

    def lookup(self, name: str) -> str | None:
        """The value of a variable, or None when it certainly has none.

        Raises:
            UnknownValue: only the base image could tell.
        """
        if name in self._env:
            return self._env[name]
        if name in self._set:
            return self._set[name]
        if self._outer is None:
            # Above the first FROM, the platform arguments need no ARG.
            return self._args.get(name) if name in PLATFORM_ARGUMENTS else None
        if self._knows_all:
            return None
        raise UnknownValue(name)

    def take(self, instruction: Instruction) -> None:
        """Do what an instruction does to the variables; most do nothing."""
        if instruction.keyword == "ARG":
            for word in split_quoted(instruction.text):
                self._declare(*name_value(word), instruction)
        elif instruction.keyword == "ENV":
            # All values of one ENV see what was before it.
            pairs = {name: self._value(value, instruction) for name, value in _env_pairs(instruction)}
            for name, value in pairs.items():
                self._remember(self._env, name, value)

    def expand(self, word: str, instruction: Instruction) -> str:
        """A word with its variables replaced.

        Raises:
            UnknownValue: the value of one of them is not known.
            InvalidInput: the word has no end, or misses a variable that it demands.
        """
        try:
            return expand(word, self.lookup, self._dockerfile.escape)
        except ValueError as error:
            raise mistake(self._dockerfile.file, instruction.line, f"{error}.") from error

    def _declare(self, name: str, default: str | None, instruction: Instruction) -> None:
        if name in self._args:
            self._set[name] = self._args[name]
        elif default is not None:
            self._remember(self._set, name, self._value(default, instruction))
        elif self._outer is not None and (outer := self._outer.lookup(name)) is not None:
            self._set[name] = outer

    def _value(self, word: str, instruction: Instruction) -> str | None:
        try:
            return self.expand(word, instruction)
        except UnknownValue:
            return None

    def _remember(self, where: dict[str, str], name: str, value: str | None) -> None:
        if value is not None:
            where[name] = value
            return
        # It has a value now, and nobody here knows which one.
        self._env.pop(name, None)
        self._set.pop(name, None)
        self._knows_all = False


def _env_pairs(instruction: Instruction) -> list[tuple[str, str]]:
    words = split_quoted(instruction.text)
    if not words:
        return []
    if "=" not in words[0]:
        # The old form: ENV NAME the rest of the line.
        name, _, rest = instruction.text.partition(words[0])[2].partition(" ")
        return [(words[0], f"{name}{rest}".strip())]
    return [(name, value or "") for name, value in map(name_value, words)]
