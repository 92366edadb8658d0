"""docs/test-pods.md: its tables are those of the code (`--update-golden` writes them), its examples are pipelines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from cdkit.models.duration import Duration
from cdkit.pipeline.declared_types import fields_of, metas_of
from cdkit.pipeline.load import load
from cdkit.plugin.installed import installed_plugins
from cdkit.plugin.manager import load_steps
from cdkit.testing import check_golden
from cdkit_pods.options.container import Health, InitCommand, Service, VolumeOptions
from cdkit_pods.options.test_pod import TestPodOptions
from cdkit_pods.options.wait import HttpWait, Wait

PATH = Path(__file__).parents[2] / "docs" / "test-pods.md"
PAGE = PATH.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
TABLES: dict[str, type[msgspec.Struct]] = {
    "the step": TestPodOptions,
    "a service": Service,
    "a health check": Health,
    "a wait": Wait,
    "a request": HttpWait,
    "a command": InitCommand,
    "a volume": VolumeOptions,
}


def rows(options: type[msgspec.Struct]) -> Iterator[str]:
    yield "| option | default | what it says |"
    yield "|---|---|---|"
    for name, field in fields_of(options).items():
        (description,) = [meta.description for meta in metas_of(field.type) if meta.description]
        yield f"| `{name}` | {default(field)} | {description.replace('|', chr(92) + '|')} |"


def default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "required"
    value = field.default
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, Duration):
        return f"`{value.written()}`"
    return "" if value in (msgspec.NODEFAULT, None, "") else f"`{value}`"


def written() -> str:
    page = PAGE
    for name, options in TABLES.items():
        table = "\n".join(rows(options))
        block = re.compile(rf"(<!-- options of {name} -->\n)(?:\n?\|.*\n)*")
        page, count = block.subn(lambda match, table=table: f"{match[1]}\n{table}\n", page)  # type: ignore[misc]
        assert count == 1, name
    return page


def test_the_tables_are_those_of_the_code(request: pytest.FixtureRequest) -> None:
    check_golden(PATH, written(), update=bool(request.config.getoption("--update-golden")))


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_is_a_part_of_a_pipeline(tmp_path: Path, text: str) -> None:
    steps = "".join(f"  {line}\n" for line in text.splitlines())
    path = tmp_path / "cdkit.yaml"
    path.write_text(f"name: shop\nsteps:\n{steps}", encoding="utf-8")
    assert load(str(path), load_steps(installed_plugins()).steps).steps
