"""What is known of the objects of one query. A message that is late or told twice never moves it back."""

from __future__ import annotations

from collections.abc import Sequence

from cdkit.models.kube import Manifest, ObjectChange


def is_newer(resource_version: str, than: str) -> bool:
    """Whether a resource version is later than another one.

    Resource versions are opaque; those of etcd are numbers that grow, and only such are put in order. Of two others
    all that is known is whether they are the same.
    https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
    """
    if resource_version.isdigit() and than.isdigit():
        return int(resource_version) > int(than)
    return resource_version != than


def resource_version_of(manifest: Manifest) -> str:
    """`metadata.resourceVersion`, or the empty string."""
    return str(manifest.get("metadata", {}).get("resourceVersion", ""))


def _key(manifest: Manifest) -> str:
    metadata = manifest.get("metadata", {})
    return metadata.get("uid") or f"{metadata.get('namespace', '')}/{metadata.get('name', '')}"


class Picture:
    """The objects of one query, by uid: an object that was deleted and made again is another one."""

    def __init__(self) -> None:
        self._objects: dict[str, Manifest] = {}
        self._gone: dict[str, str] = {}

    @property
    def objects(self) -> list[Manifest]:
        """The objects, in the order in which they became known."""
        return list(self._objects.values())

    def replace(self, objects: Sequence[Manifest], resource_version: str) -> bool:
        """Take in a whole list, made at a resource version. Gives whether the picture changed.

        Another API server may answer with a list that is older than what the watch has shown: what is known to be
        newer stays.
        """
        listed = {_key(item): item for item in objects}
        missing = [
            key for key, held in self._objects.items() if key not in listed and not _is_after(held, resource_version)
        ]
        for key in missing:
            del self._objects[key]
            self._gone[key] = resource_version
        changed = [self._put(key, item) for key, item in listed.items()]
        return bool(missing) or any(changed)

    def apply(self, change: ObjectChange) -> bool:
        """Take in one message of a watch. Gives whether the picture changed."""
        key = _key(change.object)
        if change.type == "DELETED":
            return self._remove(key, change.object)
        return self._put(key, change.object)

    def _put(self, key: str, item: Manifest) -> bool:
        version = resource_version_of(item)
        held = self._objects.get(key)
        if held is not None and not is_newer(version, resource_version_of(held)):
            return False
        # An object that left the selector is told as deleted, and may come back with the same uid and a later version.
        if key in self._gone and not is_newer(version, self._gone[key]):
            return False
        self._objects[key] = item
        return True

    def _remove(self, key: str, item: Manifest) -> bool:
        version = resource_version_of(item)
        held = self._objects.get(key)
        if held is not None and _is_after(held, version):
            return False
        if key not in self._gone or is_newer(version, self._gone[key]):
            self._gone[key] = version
        return self._objects.pop(key, None) is not None


def _is_after(held: Manifest, version: str) -> bool:
    """Whether an object is known to be later than a version; of versions that are no numbers that is never known."""
    known = resource_version_of(held)
    return known.isdigit() and version.isdigit() and int(known) > int(version)
