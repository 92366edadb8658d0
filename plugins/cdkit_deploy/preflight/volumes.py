"""A rolling update does not wait for ever for a volume that the old pod holds.

A ReadWriteOnce volume can be mounted on one node at a time: where the new pod comes to another node while the old one
still runs, it waits for a volume that the old one gives back only after the new one is ready.
https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes
"""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.api import Manifest, ObjectRef, Problem
from cdkit_deploy.preflight.finding import Doubt, Finding
from cdkit_deploy.preflight.nodes import may_run_on
from cdkit_deploy.preflight.pods import PodTemplate
from cdkit_deploy.preflight.surroundings import Surroundings

REMEDY = "Use the strategy Recreate, a StatefulSet, or a volume that many nodes can mount (ReadWriteMany)."


def findings(around: Surroundings) -> Iterator[Finding]:
    """A problem for each Deployment whose new pods could never mount what the old ones hold."""
    for template in around.templates:
        if template.owner.kind == "Deployment" and template.surge:
            for claim in _claims(around, template):
                yield from _of_claim(around, template, claim)


def _claims(around: Surroundings, template: PodTemplate) -> Iterator[Manifest]:
    for volume in template.spec.get("volumes") or ():
        name = (volume.get("persistentVolumeClaim") or {}).get("claimName")
        found = around.find("PersistentVolumeClaim", name) if name else None
        if found is not None:
            yield found


def _of_claim(around: Surroundings, template: PodTemplate, claim: Manifest) -> Iterator[Finding]:
    modes = set((claim.get("spec") or {}).get("accessModes") or ())
    name = claim["metadata"]["name"]
    if "ReadWriteOncePod" in modes:
        message = (
            f"{template.owner} is updated by having a new pod beside the old one, and the volume {name} can be mounted "
            f"by one pod only (ReadWriteOncePod): the new pod would wait for ever."
        )
        yield Problem(message, None, REMEDY)
    elif modes == {"ReadWriteOnce"} and _can_leave(around, template, claim):
        message = (
            f"{template.owner} is updated by having a new pod beside the old one, and the volume {name} can be mounted "
            f"on one node only (ReadWriteOnce): on another node the new pod would wait for ever."
        )
        yield Problem(message, None, REMEDY) if not template.unavailable else Doubt(f"{message} {REMEDY}")


def _can_leave(around: Surroundings, template: PodTemplate, claim: Manifest) -> bool:
    """Whether a new pod may come to another node than the old one."""
    if sum(may_run_on(template, node) for node in around.nodes()) <= 1:
        return False
    volume = (claim.get("spec") or {}).get("volumeName")
    live = around.live(ObjectRef("v1", "PersistentVolume", volume)) if volume else None
    # A volume of one node's own disk holds its pods there.
    return live is None or not {"local", "hostPath"} & set(live.get("spec") or {})
