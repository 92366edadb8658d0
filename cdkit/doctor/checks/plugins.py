"""The plugins that bring steps."""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.doctor.finding import Finding
from cdkit.doctor.place import Place


def check(place: Place) -> Iterator[Finding]:
    """All of them can be used; one that cannot is named."""
    registry = place.load_steps()
    for broken in registry.broken:
        remedy = "Reinstall the package that brings it, or ask its author; its steps are missing until then."
        yield Finding("plugins", "wrong", f"The plugin {broken.name!r} cannot be used: {broken.reason}", remedy)
    if not registry.broken:
        yield Finding("plugins", "well", f"{len(registry.steps)} kinds of steps: {', '.join(registry.steps)}")
