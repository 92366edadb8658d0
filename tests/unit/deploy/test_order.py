"""Objects are applied phase by phase, and in a phase what others refer to first."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdkit.errors import InvalidInput
from cdkit.models.kube import Manifest
from cdkit_deploy.order import PHASE, in_order, phases


def an_object(kind: str, phase: str = "") -> Manifest:
    metadata: Manifest = {"name": kind.lower()}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata | ({"annotations": {PHASE: phase}} if phase else {})}


IN_ORDER = [
    "Namespace",
    "CustomResourceDefinition",
    "ResourceQuota",
    "ServiceAccount",
    "Role",
    "RoleBinding",
    "ConfigMap",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Service",
    "Certificate",
    "Deployment",
    "HorizontalPodAutoscaler",
    "Ingress",
    "ValidatingWebhookConfiguration",
]


@given(st.randoms())
def test_the_order_of_kinds(chance: random.Random) -> None:
    shuffled = chance.sample(IN_ORDER, len(IN_ORDER))
    assert [item["kind"] for item in in_order(map(an_object, shuffled))] == IN_ORDER


def test_phases_come_before_kinds_and_kinds_of_one_rank_together() -> None:
    objects = [an_object("Job", "5"), an_object("Secret"), an_object("Deployment"), an_object("ConfigMap", "0")]
    kinds = [[[item["kind"] for item in rank] for rank in phase] for phase in phases(objects, lambda item: item)]
    assert kinds == [[["Secret", "ConfigMap"], ["Deployment"]], [["Job"]]]


def test_a_phase_that_is_no_integer_is_told() -> None:
    with pytest.raises(InvalidInput, match="of Job job is 'first', which is no integer"):
        in_order([an_object("Job", "first")])
