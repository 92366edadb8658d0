"""Whatever stands in a project's files comes out as the same value, or is refused with a clear error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cdkit.api import EnvVar, Fact, InvalidInput, Node, Port, Position, Project, Source
from cdkit_manifests.bundle import Bundle
from cdkit_manifests.compose import compose
from cdkit_manifests.draft import Draft
from cdkit_manifests.enrichers.own import OWN_ENRICHERS
from cdkit_manifests.fragments.documents import read_fragments
from cdkit_manifests.settings.resolve import resolve
from cdkit_manifests.writers.writer import files_of
from tests.unit.manifests.bundles import NASTY
from tests.unit.manifests.drafts import make_wish

PLACE = Position("cdkit.yaml", 1, 1)
nasty = st.one_of(
    st.lists(st.sampled_from((*NASTY, "a", "-", ".", "_", "\x00", "\x85", "\ufffe")), max_size=4).map("".join),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
words = st.dictionaries(nasty, nasty, max_size=3)


def drafted(said: dict[str, Any], facts: dict[str, Any], fragment: str = "") -> Draft | None:
    """What is made of settings and facts; None where they are refused, in so many words."""
    read = read_fragments(fragment, "k8s/deployment.yml", {}, []) if fragment else []
    known = [Fact(name, value, Source("test")) for name, value in facts.items()]
    try:
        wish = msgspec.structs.replace(
            make_wish(),
            said=resolve([Node.of(said, PLACE)], ""),
            project=Project.of(known),
            fragments=tuple(read),
        )
        return compose(wish, OWN_ENRICHERS)
    except InvalidInput as error:
        problems = error.problems
    assert problems
    assert all(str(problem).isprintable() for problem in problems)
    return None


def written(draft: Draft) -> list[Any] | None:
    """The objects as whoever reads the file finds them; None where they cannot be written."""
    bundle = Bundle(name="hello", objects=draft.in_apply_order, origins=draft.origins)
    try:
        (text,) = files_of(bundle, "yaml").values()
    except InvalidInput:
        return None
    return list(yaml.safe_load_all(text))


@settings(max_examples=60, deadline=None)
@given(env=words, labels=words, annotations=words, data=words, args=st.lists(nasty, max_size=3), text=nasty)
def test_settings_come_out_as_they_went_in(
    env: dict[str, str],
    labels: dict[str, str],
    annotations: dict[str, str],
    data: dict[str, str],
    args: list[str],
    text: str,
) -> None:
    for said in (
        {"env": env},
        {"labels": labels, "component": text},
        {"annotations": annotations, "pod_annotations": annotations, "icon": text},
        {"config": {"c": {"values": data}}, "secrets": {"s": {"values": data}}},
        {"args": args, "command": args, "workdir": text},
        {"port": 80, "health": text, "domain": text, "service": {"name": text, "annotations": annotations}},
        {"sidecars": {text: {"env": env}}, "volumes": {text: {"mount": text, "host_path": text}}},
    ):
        draft = drafted(said, {})
        found = None if draft is None else written(draft)
        if draft is not None and found is not None:
            assert found == draft.in_apply_order
            container = draft.container.value
            if "env" in said:
                assert {entry["name"]: entry["value"] for entry in container.get("env", [])} == env
            if args and "args" in said:
                assert container["args"] == args


@settings(max_examples=60, deadline=None)
@given(text=nasty, env=words, number=st.integers(1, 65535))
def test_facts_come_out_as_they_went_in_or_as_legal_names(text: str, env: dict[str, str], number: int) -> None:
    variables = tuple(EnvVar(name, value) for name, value in env.items())
    facts = {
        "version": text,
        "description": text,
        "license": text,
        "homepage": text,
        "env": variables,
        "ports": (Port(number, text),),
        "writable": (f"/{text}",),
        "volumes": (f"/{text}",),
    }
    draft = drafted({}, facts)
    found = None if draft is None else written(draft)
    if draft is not None and found is not None:
        assert found == draft.in_apply_order
        annotations = draft.workload.value["metadata"].get("annotations", {})
        assert annotations.get("cdkit.dev/description", "") == text


@settings(max_examples=60, deadline=None)
@given(values=st.lists(nasty, min_size=1, max_size=3))
def test_fragments_come_out_as_they_went_in(values: list[str]) -> None:
    quoted = [msgspec.json.encode(value.replace("${", "")).decode() for value in values]
    fragment = f"spec:\n  template:\n    spec:\n      containers: [{{args: [{', '.join(quoted)}]}}]\n"
    draft = drafted({}, {}, fragment)
    if draft is not None and "args" in draft.container.value:
        assert draft.container.value["args"] == [value.replace("${", "") for value in values]
        found = written(draft)
        assert found in (None, draft.in_apply_order)


def test_a_name_of_300_letters_is_refused_or_made_shorter() -> None:
    assert drafted({"service_account": "x" * 300}, {}) is None
    draft = drafted({"env": {"A": "x" * 300}}, {})
    assert draft is not None
    assert draft.container.value["env"] == [{"name": "A", "value": "x" * 300}]


def test_a_path_of_a_project_is_not_left(tmp_path: Path) -> None:
    assert drafted({"config": {"a": {"files": ["/etc/passwd"]}}}, {}) is None
    assert drafted({"config": {"a": {"folders": ["../.."]}}}, {}) is None
