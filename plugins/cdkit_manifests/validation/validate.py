"""All that is wrong with manifests, at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from cdkit.api import Manifest, Problem, Source
from cdkit_manifests.fields import Field
from cdkit_manifests.finding import Finding
from cdkit_manifests.nulls import without_nulls
from cdkit_manifests.validation.examined import Examined
from cdkit_manifests.validation.rules import RULES
from cdkit_manifests.validation.schema import schema_findings
from cdkit_manifests.versions.fit import fit
from cdkit_manifests.versions.library import nearest
from cdkit_manifests.versions.version import KubernetesVersion


def validate(
    objects: Sequence[Manifest],
    version: KubernetesVersion,
    *,
    origins: Mapping[Field, Source],
    external: Collection[str] = (),
    off: Collection[str] = (),
    release: bool = False,
) -> list[Problem]:
    """What is wrong with the objects of an application: their form, and then what makes no sense.

    Args:
        objects: the objects; each has `apiVersion`, `kind` and `metadata.name`.
        version: the version of Kubernetes that they are for.
        origins: where fields came from, for the position of a problem.
        external: objects that are known to be in the cluster, as `Secret/db`.
        off: the ids of rules that are not followed.
        release: whether this is to run where it matters.
    """
    known = nearest(version)
    plain = [without_nulls(item) for item in objects]
    found: list[Finding] = []
    sound = []
    # There are no schemas of the oldest versions: what is written for them is looked at in a newer form.
    for item in fit(plain, known).objects if version < known else plain:
        wrong = list(schema_findings(item, known))
        found.extend(wrong)
        if not wrong:
            # Rules look only at objects of a right form: they can rely on it.
            sound.append(item)
    names = frozenset((item["kind"], item["metadata"]["name"]) for item in objects)
    complete = len(sound) == len(objects)
    examined = Examined(objects=sound, names=names, complete=complete, external=external, release=release)
    for rule in RULES:
        found.extend(Finding(rule.id, field, what, rule.remedy) for field, what in rule.find(examined))
    return [finding.problem(origins) for finding in found if finding.rule not in off]
