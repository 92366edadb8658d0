"""Resources: what a pod asks for, so that it gets a node where there is room, and the most memory that it may take.

There is no limit of processor time unless one is said: it would slow an application down on a node that is idle.
"""

from __future__ import annotations

from cdkit.api import Source
from cdkit_manifests.draft import Draft, Place
from cdkit_manifests.settings.parts import ResourceSettings
from cdkit_manifests.wish import Wish

CPU = "100m"
_MEMORY = {
    "java": ("512Mi", "1Gi"),
    "kotlin": ("512Mi", "1Gi"),
    "scala": ("512Mi", "1Gi"),
    "dotnet": ("256Mi", "512Mi"),
    "ruby": ("256Mi", "512Mi"),
    "go": ("64Mi", "256Mi"),
    "rust": ("64Mi", "256Mi"),
    "static": ("32Mi", "128Mi"),
}
"""By language, what a small service needs and what it may take."""
_MEMORY_OF_OTHERS = ("128Mi", "512Mi")


def enrich(wish: Wish, draft: Draft) -> None:
    """Write what was said; of what was not, what a small service in the language needs."""
    said = wish.settings.resources
    language = wish.fact("language")
    kind = "static" if wish.project.get("kind") == "static" else str(language.value or "").lower()
    memory, most = _MEMORY.get(kind, _MEMORY_OF_OTHERS)
    write_resources(draft, draft.container, said, wish.source("resources"))
    place = draft.container.at("resources")
    if said.cpu is None and said.cpu_limit is None:
        place.at("requests").put("cpu", CPU)
    if said.memory is None and said.memory_limit is None:
        place.at("requests").put("memory", memory, language.source)
        place.at("limits").put("memory", most, language.source)


def write_resources(draft: Draft, container: Place, said: ResourceSettings, source: Source | None) -> None:
    """Write what was said into a container, and nothing else."""
    for name, least, most in (("cpu", said.cpu, said.cpu_limit), ("memory", said.memory, said.memory_limit)):
        if least is not None and most is not None and least.amount > most.amount:
            draft.refuse(f"More {name} is asked for ({least}) than may be taken ({most}).", source)
    requests = {"cpu": said.cpu, "memory": said.memory, "ephemeral-storage": said.storage}
    limits = {
        "cpu": said.cpu_limit,
        "memory": said.memory_limit or said.memory,
        "ephemeral-storage": said.storage_limit,
    }
    for field, values in (("requests", requests), ("limits", limits)):
        for name, value in values.items():
            if value is not None:
                container.at("resources", field).put(name, str(value), source)
