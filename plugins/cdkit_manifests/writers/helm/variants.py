"""The objects of a chart: each as it is in the base and in every environment."""

from __future__ import annotations

import msgspec

from cdkit.api import Manifest
from cdkit_manifests.bundle import Bundle
from cdkit_manifests.nulls import without_nulls
from cdkit_manifests.writers.identities import Identity, identities

BASE = ""
"""The name under which the base stands among the environments."""


class Variants(msgspec.Struct, frozen=True):
    """One object.

    Attributes:
        manifests: the object by environment; where one has no such object, it is missing.
        everywhere: whether the base and all environments have it.
    """

    manifests: dict[str, Manifest]
    everywhere: bool

    @property
    def first(self) -> Manifest:
        """The object of the base, else of the first environment that has it."""
        return next(iter(self.manifests.values()))


def variants_of(bundle: Bundle) -> list[Variants]:
    """All objects of a bundle, those of the base first, each group in the order in which it is applied."""
    sets = {BASE: bundle.objects, **bundle.environments}
    identity = identities(*sets.values())
    found: dict[Identity, dict[str, Manifest]] = {}
    for environment, objects in sets.items():
        for item in objects:
            # Helm takes null for 'remove this'.
            found.setdefault(identity(item), {})[environment] = without_nulls(item)
    return [Variants(manifests, len(manifests) == len(sets)) for manifests in found.values()]
