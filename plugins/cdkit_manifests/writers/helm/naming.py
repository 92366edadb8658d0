"""What the values of a chart are called: `deployment.hello.replicas`, and never what a template could not name."""

from __future__ import annotations

import re

ValuePath = tuple[str, ...]
"""The way to a value: keys that are identifiers of Go's templates."""

_RESERVED = frozenset({"image", "namespace", "global"})
"""Keys at the top that are not of an object."""

_LEFT_OUT = frozenset({"spec", "template", "jobTemplate", "metadata", "value"})
"""What every object, pod or variable has: it says nothing in a name."""


class Namer:
    """Gives each value a name that no other has. The same fields in the same order get the same names."""

    def __init__(self) -> None:
        self._values: set[ValuePath] = set()
        self._groups: set[ValuePath] = set()

    def name(self, kind: str, name: str, words: tuple[str, ...]) -> ValuePath:
        """The name of a field's value.

        Args:
            kind: the object's kind.
            name: the object's name.
            words: the way to the field in the object, entries of lists by their names.
        """
        place = (_object_key(kind), identifier(name))
        found = (*place, *map(identifier, _shortened(words)))
        if not self._is_free(found):
            found = (*place, *map(identifier, words))
        whole, number = found, 2
        while not self._is_free(found):
            found = (*whole[:-1], f"{whole[-1]}{number}")
            number += 1
        self._values.add(found)
        self._groups.update(found[:length] for length in range(1, len(found)))
        return found

    def _is_free(self, path: ValuePath) -> bool:
        """Nothing has this name, and neither is a value above it nor one below it."""
        groups = (path[:length] for length in range(1, len(path)))
        return path not in self._values | self._groups and not any(group in self._values for group in groups)


def identifier(text: str) -> str:
    """A word that Go's templates take behind a dot: `hello-web` is `helloWeb`."""
    first, *others = re.split(r"[^A-Za-z0-9_]+", text)
    joined = first + "".join(word[:1].upper() + word[1:] for word in others)
    return joined if re.match(r"[A-Za-z_]", joined) else f"n{joined}"


def _object_key(kind: str) -> str:
    """`horizontalPodAutoscaler`; not a key that is for something else."""
    key = identifier(kind[:1].lower() + kind[1:])
    return f"{key}Object" if key in _RESERVED else key


def _shortened(words: tuple[str, ...]) -> list[str]:
    """The way without what every object has; what belongs to a pod's own metadata is under `pod`."""
    of_a_pod = [*words, ""].index("template") + 1 if "template" in words else -1
    short = ["pod" if place == of_a_pod and word == "metadata" else word for place, word in enumerate(words)]
    return [word for word in short if word not in _LEFT_OUT] or list(words)
