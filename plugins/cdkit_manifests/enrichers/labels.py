"""The recommended labels, and the selectors.

https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
"""

from __future__ import annotations

import re

from cdkit.api import Manifest
from cdkit_manifests.draft import NAME_LABEL, WORKLOADS, Draft, Place
from cdkit_manifests.names import label_value
from cdkit_manifests.wish import Wish

PREFIX = "app.kubernetes.io"
VERSION_LABEL = f"{PREFIX}/version"
LONGEST_VALUE = 63
LONGEST_PREFIX = 253
_VALUE = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")


def enrich(wish: Wish, draft: Draft) -> None:
    """Label every object and the pods; select by the name alone, for that never changes."""
    _check_own(wish, draft)
    for item in draft.objects:
        place = draft.place(item)
        if draft.is_borrowed(item):
            place.at("metadata", "labels").put_default(f"{PREFIX}/managed-by", "cdkit")
            continue
        is_own = place.kind not in WORKLOADS or item is draft.workload.manifest
        name = draft.workload.name if is_own else place.name
        _label(wish, place.at("metadata", "labels"), name)
        template = _template(place)
        if template is not None:
            _label(wish, template.at("metadata", "labels"), name)
            _select(place, template, name)
    _select_for_services(draft)


def is_key(key: str) -> bool:
    """Whether Kubernetes takes the key of a label or an annotation."""
    prefix, slash, name = key.rpartition("/")
    is_prefix = not slash or (len(prefix) <= LONGEST_PREFIX and _DOMAIN.fullmatch(prefix) is not None)
    return is_prefix and _NAME.fullmatch(name) is not None


def _check_own(wish: Wish, draft: Draft) -> None:
    said = wish.settings
    own: dict[tuple[str, ...], str] = {("labels", key): value for key, value in said.labels.items()}
    own |= {(setting,): getattr(said, setting) for setting in ("part_of", "component")}
    for path, value in own.items():
        key = path[-1]
        if len(path) > 1 and not is_key(key):
            draft.refuse(
                f"{key!r} cannot be the key of a label.", wish.source(*path), "Write it like team or acme.example/team."
            )
        if not _VALUE.fullmatch(value):
            advice = f"Use up to {LONGEST_VALUE} letters, digits, dashes, underscores and dots."
            draft.refuse(f"{value!r} cannot be the value of the label {key!r}.", wish.source(*path), advice)
    if NAME_LABEL in said.labels:
        draft.refuse(f"{NAME_LABEL} is what pods are found by.", wish.source("labels", NAME_LABEL), "Say `name`.")


def _label(wish: Wish, labels: Place, name: str) -> None:
    for key, value in wish.settings.labels.items():
        labels.put_default(key, value, wish.source("labels", key))
    labels.put_default(NAME_LABEL, name)
    labels.put_default(f"{PREFIX}/managed-by", "cdkit")
    version = wish.known("version")
    value = label_value(str(version.value or ""))
    if value:
        labels.put_default(VERSION_LABEL, value, version.source)
    for setting, key in (("part_of", "part-of"), ("component", "component")):
        said = getattr(wish.settings, setting)
        if said:
            labels.put_default(f"{PREFIX}/{key}", said, wish.source(setting))


def _template(place: Place) -> Place | None:
    if place.kind not in WORKLOADS:
        return None
    return (
        place.at("spec", "jobTemplate", "spec", "template") if place.kind == "CronJob" else place.at("spec", "template")
    )


def _select(place: Place, template: Place, name: str) -> None:
    """A controller that came with a fragment finds its pods too; a Job is told by the API server how."""
    if place.kind in {"Job", "CronJob"}:
        return
    selector = place.at("spec", "selector")
    selector.put_default("matchLabels", {NAME_LABEL: name})
    labels = template.at("metadata", "labels")
    for key, value in selector.value["matchLabels"].items():
        labels.put_default(key, value)


def _select_for_services(draft: Draft) -> None:
    """A Service of a fragment that selects nothing leads to the application's pods."""
    for item in draft.objects:
        is_ours = item["kind"] == "Service" and not draft.is_borrowed(item)
        if is_ours and item.get("spec", {}).get("type") != "ExternalName":
            draft.place(item).at("spec").put_default("selector", _own_selector(draft))


def _own_selector(draft: Draft) -> Manifest:
    return dict(draft.workload.value["spec"].get("selector", {}).get("matchLabels", draft.selector))
