"""The tables of docs/manifests.md are those of the code; `--update-golden` writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import msgspec
import yaml

from cdkit.api import Environment
from cdkit.testing import run_step
from cdkit.testing.pytest_plugin import Golden
from cdkit_manifests.enrichers.own import OWN_ENRICHERS
from cdkit_manifests.generate import GenerateManifests
from cdkit_manifests.readers import own_readers
from cdkit_manifests.settings.fabric8 import COUNTERPARTS
from cdkit_manifests.settings.model import Settings
from cdkit_manifests.settings.spelling import members_of

PAGE = Path(__file__).parents[2] / "docs" / "manifests.md"


def enrichers_table() -> Iterator[str]:
    yield "| enricher | what it writes |"
    yield "|---|---|"
    for enricher in OWN_ENRICHERS:
        yield f"| `{enricher.name}` | {enricher.summary} |"


def fabric8_table() -> Iterator[str]:
    yield "| property | here | note |"
    yield "|---|---|---|"
    for each in COUNTERPARTS:
        here = f"`{each.setting}`" if each.setting else "no meaning any more"
        yield f"| `{each.name}` | {here} | {each.note} |"


def settings_table() -> Iterator[str]:
    yield "| setting | meaning |"
    yield "|---|---|"
    groups: dict[str, type[msgspec.Struct]] = {}
    yield from _rows(Settings, groups)
    done: set[str] = set()
    while groups.keys() - done:
        name = next(name for name in groups if name not in done)
        done.add(name)
        group = groups[name]
        yield ""
        yield f"**{name}**: {(group.__doc__ or '').splitlines()[0]}"
        yield ""
        yield "| key | meaning |"
        yield "|---|---|"
        yield from _rows(group, groups)


def _rows(group: type[msgspec.Struct], groups: dict[str, type[msgspec.Struct]]) -> Iterator[str]:
    for field in msgspec.structs.fields(group):
        metas = [meta for meta in get_args(field.type)[1:] if isinstance(meta, msgspec.Meta)]
        meaning = next(meta.description for meta in metas if meta.description)
        choices = [
            choice for member in members_of(field.type) if get_origin(member) is Literal for choice in get_args(member)
        ]
        shown = f" One of {', '.join(f'`{choice}`' for choice in choices)}." if choices else ""
        yield f"| `{field.encode_name}` | {meaning}{shown} |"
        for struct in _structs(field.type):
            known = next((name for name, other in groups.items() if other is struct), None)
            if known is None:
                groups[f"{struct.__name__.removesuffix('Settings')}"] = struct


def _structs(wanted: Any) -> Iterator[type[msgspec.Struct]]:
    for member in members_of(wanted):
        if isinstance(member, type) and issubclass(member, msgspec.Struct):
            yield member
        elif get_origin(member) in {dict, list}:
            yield from _structs(get_args(member)[-1])


def test_the_tables_are_those_of_the_code(golden: Golden) -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name, table in (("enrichers", enrichers_table), ("settings", settings_table), ("fabric8", fabric8_table)):
        lines = "\n".join(table())
        text, count = re.subn(
            rf"(<!-- {name} -->\n).*?(<!-- end -->)",
            lambda match, lines=lines: f"{match[1]}\n{lines}\n\n{match[2]}",  # type: ignore[misc]
            text,
            flags=re.DOTALL,
        )
        assert count == 1, name
    golden(str(PAGE), text)


def test_every_reader_stands_in_its_table_in_its_order() -> None:
    table = re.search(r"<!-- readers -->\n(.*?)<!-- end -->", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert table
    rows = [row.split(" | ") for row in table[1].strip().splitlines()[2:]]
    assert [row[0].strip("| `") for row in rows] == [reader.name for reader in own_readers()]
    for row, reader in zip(rows, own_readers(), strict=True):
        if reader.looks_for:
            assert tuple(re.findall(r"`([^`]+)`", row[1])) == reader.looks_for


def test_the_example_of_the_page_makes_what_it_says(tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    pipeline = next(
        block for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if block.startswith("name: shop")
    )
    path, fragment = re.findall(r"`(k8s/[\w./-]+)`:\n\n```yaml\n(.*?)```", text, re.DOTALL)[0]
    files = {"cdkit.yaml": pipeline, path: fragment, "config/shop.ini": "a=b\n"}
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    options = yaml.safe_load(pipeline)["steps"]["manifests"]["with"]
    done = run_step(
        GenerateManifests,
        {**options, "name": "shop", "output": "m.yaml"},
        workspace=tmp_path,
        environment=Environment("production"),
    )
    assert [str(problem) for problem in done.problems] == []
    kinds = {item["kind"]: item for item in yaml.safe_load_all((tmp_path / "m.yaml").read_text(encoding="utf-8"))}
    assert {"ConfigMap", "Deployment", "Ingress", "HorizontalPodAutoscaler", "Service"} <= kinds.keys()
    pod = kinds["Deployment"]["spec"]["template"]["spec"]
    assert {"name": "LOG_LEVEL", "value": "warn"} in pod["containers"][0]["env"]
    assert pod["nodeSelector"] == {"disk": "ssd"}
