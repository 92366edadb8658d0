"""Names, labels and annotations that Kubernetes takes.

https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ and
https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from cdkit_manifests.fields import Field
from cdkit_manifests.pods import TEMPLATES
from cdkit_manifests.validation.examined import Examined, Wrong, below, field_of

LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
"""RFC 1123: lower case letters, digits and dashes."""

SERVICE_LABEL = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
"""RFC 1035: as above, and a letter first."""

SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
SEGMENT = re.compile(r"(?!\.\.?$)[^/%]+")
"""Names of roles: anything that can stand in a path."""

_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?")
_KEY = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
_VARIABLE = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")

LONGEST_LABEL, LONGEST_NAME = 63, 253
LARGEST_ANNOTATIONS = 256 * 1024
"""Bytes of all keys and values together."""

_OF_KIND: dict[str, tuple[re.Pattern[str], int]] = {
    "Service": (SERVICE_LABEL, LONGEST_LABEL),
    "Namespace": (LABEL, LONGEST_LABEL),
    # A pod's name gets a number behind this one, and becomes a label; so do a CronJob's Jobs, with eleven signs.
    "StatefulSet": (SUBDOMAIN, 52),
    "CronJob": (SUBDOMAIN, 52),
    "Job": (SUBDOMAIN, LONGEST_LABEL),
    "Deployment": (SUBDOMAIN, LONGEST_LABEL),
    "DaemonSet": (SUBDOMAIN, LONGEST_LABEL),
    "Role": (SEGMENT, LONGEST_NAME),
    "ClusterRole": (SEGMENT, LONGEST_NAME),
    "RoleBinding": (SEGMENT, LONGEST_NAME),
    "ClusterRoleBinding": (SEGMENT, LONGEST_NAME),
}


def object_names(examined: Examined) -> Iterator[Wrong]:
    """Names that an API server refuses, or that make names and labels of pods too long."""
    for item in examined.objects:
        pattern, longest = _OF_KIND.get(item["kind"], (SUBDOMAIN, LONGEST_NAME))
        yield from _checked(field_of(item, "metadata", "name"), item["metadata"]["name"], pattern, longest)
        namespace = item["metadata"].get("namespace")
        if namespace is not None:
            yield from _checked(field_of(item, "metadata", "namespace"), namespace, LABEL, LONGEST_LABEL)


def names_in_pods(examined: Examined) -> Iterator[Wrong]:
    """Names of containers and volumes."""
    for pod in examined.pods:
        for container in pod.containers:
            yield from _checked(container.field("name"), container.value.get("name", ""), LABEL, LONGEST_LABEL)
        for field, volume in pod.entries("volumes"):
            yield from _checked(below(field, "name"), volume.get("name", ""), LABEL, LONGEST_LABEL)


def variables(examined: Examined) -> Iterator[Wrong]:
    """Names of environment variables."""
    for pod in examined.pods:
        for container in pod.containers:
            for field, variable in container.entries("env"):
                if not _VARIABLE.fullmatch(variable.get("name", "")):
                    yield below(field, "name"), f"is {variable.get('name')!r}, which cannot be the name of a variable"


def label_syntax(examined: Examined) -> Iterator[Wrong]:
    """Keys and values of labels, of objects, of pods, and in selectors."""
    for item in examined.objects:
        yield from _labels(field_of(item, "metadata", "labels"), item["metadata"].get("labels"))
        spec = item.get("spec")
        selector = spec.get("selector") if isinstance(spec, dict) else None
        if item["kind"] == "Service":
            yield from _labels(field_of(item, "spec", "selector"), selector)
        elif isinstance(selector, dict) and isinstance(selector.get("matchLabels"), dict):
            yield from _labels(field_of(item, "spec", "selector", "matchLabels"), selector.get("matchLabels"))
    for pod in examined.pods:
        if pod.item["kind"] != "Pod":
            yield from _labels(pod.workload_field(*TEMPLATES[pod.item["kind"]], "metadata", "labels"), pod.labels)


def annotation_syntax(examined: Examined) -> Iterator[Wrong]:
    """Keys of annotations, and how large they are together."""
    for item in examined.objects:
        field, values = field_of(item, "metadata", "annotations"), item["metadata"].get("annotations") or {}
        for key in values:
            yield from _key(below(field, key), key)
        size = sum(len(key.encode()) + len(str(value).encode()) for key, value in values.items())
        if size > LARGEST_ANNOTATIONS:
            yield field, f"are {size:,} bytes together, of {LARGEST_ANNOTATIONS:,} allowed"


def _labels(field: Field, values: Any) -> Iterator[Wrong]:
    for key, value in (values or {}).items():
        yield from _key(below(field, key), key)
        yield from _checked(below(field, key), str(value), _VALUE, LONGEST_LABEL)


def _key(field: Field, key: str) -> Iterator[Wrong]:
    """A key: a name, and before a slash the domain that it belongs to."""
    prefix, slash, name = key.rpartition("/")
    if slash:
        yield from _checked(field, prefix, SUBDOMAIN, LONGEST_NAME)
    yield from _checked(field, name, _KEY, LONGEST_LABEL)


def _checked(field: Field, text: str, pattern: re.Pattern[str], longest: int) -> Iterator[Wrong]:
    if len(text) > longest:
        yield field, f"has {len(text)} characters, of {longest} allowed: {text[:30]!r}..."
    elif not pattern.fullmatch(text):
        yield field, f"has signs that are not allowed there: {text!r}"
