"""Whether a CustomResourceDefinition is served."""

from __future__ import annotations

from cdkit.diagnosis.conditions import conditions_of, told, words_of
from cdkit.diagnosis.replicas import unfinished
from cdkit.diagnosis.verdict import FATAL_NOW, Cause, Verdict
from cdkit.diagnosis.wording import evidence, quoted
from cdkit.models.kube import Manifest


def diagnose_definition(definition: Manifest) -> Verdict:
    """Judge one look at a CustomResourceDefinition: the API server has accepted its names, and serves it.

    https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/

    Args:
        definition: the CustomResourceDefinition.
    """
    name, conditions = definition["metadata"]["name"], conditions_of(definition)
    accepted = conditions.get("NamesAccepted", {})
    if accepted.get("status") == "False":
        return unfinished(f"CustomResourceDefinition {name} is not served", (_name_taken(definition, accepted),))
    if conditions.get("Established", {}).get("status") == "True":
        return Verdict("succeeded", f"CustomResourceDefinition {name} is served")
    return unfinished(f"CustomResourceDefinition {name} is not served yet", ())


def _name_taken(definition: Manifest, accepted: dict[str, str]) -> Cause:
    name = definition["metadata"]["name"]
    return Cause(
        id="definition-name-taken",
        sentence=f"CustomResourceDefinition {name} is not served, because another one has a name of it already: "
        f"{quoted(words_of(accepted))}.",
        subject=f"CustomResourceDefinition {name}",
        evidence=evidence(told(accepted)),
        remedy="Give it other names (spec.names), or remove the definition that has them.",
        patience=FATAL_NOW,
    )
