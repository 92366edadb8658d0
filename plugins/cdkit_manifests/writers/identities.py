"""Which object of an environment is which object of the base."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cdkit.api import Manifest

Identity = tuple[str, ...]
"""API version, kind and name; with the namespace where these alone do not tell objects apart."""


def identities(*sets: Sequence[Manifest]) -> Callable[[Manifest], Identity]:
    """What tells the objects of each of these sets apart, and is the same in all sets where it can be.

    Args:
        sets: the objects of the base, and of environments.
    """
    unique = all(len({_named(item) for item in objects}) == len(objects) for objects in sets)
    return _named if unique else _placed


def _named(item: Manifest) -> Identity:
    return (item["apiVersion"], item["kind"], item["metadata"]["name"])


def _placed(item: Manifest) -> Identity:
    return (*_named(item), item["metadata"].get("namespace", ""))
