"""Which containers of a pod template run which image, and the change of that. Pure."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from cdkit.api import InvalidInput

LISTS = ("containers", "initContainers")


class ImageChange(msgspec.Struct, frozen=True):
    """A container that is to run another image.

    Attributes:
        group: `containers` or `initContainers`.
        container: the container's name.
        before: the image that it runs.
        after: the image that it is to run.
    """

    group: str
    container: str
    before: str
    after: str

    @property
    def is_none(self) -> bool:
        """Whether the container has the image already."""
        return self.before == self.after

    @property
    def path(self) -> str:
        """Where the image stands in the pod template."""
        return f"spec.{self.group}[name={self.container}].image"


def image_changes(template: Mapping[str, Any], wanted: Mapping[str, str], owner: str) -> list[ImageChange]:
    """What is wanted of the containers of a pod template; also where that is what they run already.

    Args:
        template: the pod template.
        wanted: images by the names of containers, init containers included; the empty name is the only container.
        owner: whose template it is, for messages.

    Raises:
        InvalidInput: there is no such container, or several where none was named.
    """
    known = {item["name"]: (group, item) for group, item in _containers(template)}
    return [_change(known, name, image, owner) for name, image in wanted.items()]


def template_patch(changes: Iterable[ImageChange]) -> dict[str, Any]:
    """A strategic merge patch of a pod template: containers are merged by name, so the others stay as they are."""
    groups: dict[str, list[dict[str, str]]] = {}
    for change in changes:
        groups.setdefault(change.group, []).append({"name": change.container, "image": change.after})
    return {"spec": groups}


def with_images(template: Mapping[str, Any], changes: Iterable[ImageChange]) -> dict[str, Any]:
    """A copy of a pod template with its containers changed."""
    changed = copy.deepcopy(dict(template))
    wanted = {(change.group, change.container): change.after for change in changes}
    for group, item in _containers(changed):
        item["image"] = wanted.get((group, item["name"]), item.get("image", ""))
    return changed


def images_of(template: Mapping[str, Any]) -> dict[str, str]:
    """The image of each container of a pod template, by the container's name."""
    return {item["name"]: str(item.get("image", "")) for _, item in _containers(template)}


def _change(known: Mapping[str, tuple[str, dict[str, Any]]], name: str, image: str, owner: str) -> ImageChange:
    main = [found for found, (group, _) in known.items() if group == "containers"]
    chosen = name or (main[0] if len(main) == 1 else "")
    if chosen not in known:
        what = f"no container {name!r}" if name else "several containers"
        raise InvalidInput(f"{owner} has {what}.", remedy=f"Say which under `container:`: {', '.join(known)}.")
    group, item = known[chosen]
    return ImageChange(group, chosen, str(item.get("image", "")), image)


def _containers(template: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    pod = template.get("spec") or {}
    return ((group, item) for group in LISTS for item in pod.get(group) or ())
