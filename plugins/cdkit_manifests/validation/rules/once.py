"""What may stand only once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cdkit_manifests.fields import Field
from cdkit_manifests.validation.examined import Examined, Wrong, below, field_of


def objects(examined: Examined) -> Iterator[Wrong]:
    """An object is written once: the second would take the place of the first."""
    seen = set()
    for item in examined.objects:
        group = item["apiVersion"].rpartition("/")[0]
        identity = (group, item["kind"], item["metadata"].get("namespace", ""), item["metadata"]["name"])
        if identity in seen:
            yield field_of(item), "stands more than once"
        seen.add(identity)


def names_in_pods(examined: Examined) -> Iterator[Wrong]:
    """Containers, volumes and the variables of a container have names of their own."""
    for pod in examined.pods:
        named = [(container.field("name"), container.value.get("name")) for container in pod.containers]
        yield from _repeated(named)
        yield from _repeated((below(field, "name"), volume.get("name")) for field, volume in pod.entries("volumes"))
        for container in pod.containers:
            variables = container.entries("env")
            yield from _repeated((below(field, "name"), variable.get("name")) for field, variable in variables)


def _repeated(named: Iterable[tuple[Field, object]]) -> Iterator[Wrong]:
    seen = set()
    for field, name in named:
        if name in seen:
            yield field, f"is {name!r}, as of another one"
        seen.add(name)
