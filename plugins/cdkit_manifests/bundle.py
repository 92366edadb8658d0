"""What is written down: the objects of an application, for its base and for each environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from cdkit.api import Manifest, Source
from cdkit_manifests.fields import Field


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """The objects of an application. Writers and rules read it, and change nothing in it.

    Attributes:
        name: the application's name, a DNS label; a Helm chart is named after it.
        objects: the objects that no environment changes, in the order in which they are applied.
        environments: by name, the whole of an environment's objects, in that order too.
        version: the application's version as the project writes it; empty when it has none.
        description: what the application is, in a sentence; empty when the project does not say.
        origins: where a field's value was inferred from.
    """

    name: str
    objects: Sequence[Manifest]
    environments: Mapping[str, Sequence[Manifest]] = {}
    version: str = ""
    description: str = ""
    origins: Mapping[Field, Source] = {}
