"""What the real `helm` and `kubectl kustomize` make of a folder."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from cdkit_manifests.bundle import Bundle
from cdkit_manifests.nulls import without_nulls
from cdkit_manifests.writers import Format
from cdkit_manifests.writers.file_names import file_name
from cdkit_manifests.writers.place import place_files
from cdkit_manifests.writers.writer import files_of

REPOSITORY = Path(__file__).parents[1]
Objects = dict[tuple[str, str, str], dict[str, Any]]


class _Loader(yaml.CSafeLoader):
    """Reads dates as text, as Kubernetes does."""


_Loader.yaml_implicit_resolvers = {
    sign: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":value", ":merge"))]
    for sign, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


class Tools(msgspec.Struct, frozen=True):
    """The programs that people use for what we write."""

    kubectl: str
    helm: str

    def run(self, *command: str) -> str:
        """What a program prints; it has to succeed."""
        return _output(list(command))

    def kustomized(self, folder: Path) -> Objects:
        """The objects of a folder with a `kustomization.yaml`."""
        return _objects(_output([self.kubectl, "kustomize", str(folder)]))

    def templated(self, chart: Path, *values: str) -> Objects:
        """The objects of a chart with files of values."""
        given = [argument for name in values for argument in ("--values", str(chart / name))]
        return _objects(_output([self.helm, "template", "release", str(chart), *given]))

    def rendered(self, bundle: Bundle, form: Format, folder: Path) -> Mapping[str, Objects]:
        """Write a bundle down, and give what people's program makes of it, by environment; the base's name is empty."""
        place_files(folder, files_of(bundle, form))
        names = {name: file_name(name) for name in bundle.environments}
        if form == "kustomize":
            overlays = {name: self.kustomized(folder / "overlays" / file) for name, file in names.items()}
            return {"": self.kustomized(folder / "base"), **overlays}
        charts = {name: self.templated(folder, f"values-{file}.yaml") for name, file in names.items()}
        return {"": self.templated(folder), **charts}


def expected(bundle: Bundle) -> Mapping[str, Objects]:
    """The objects of a bundle by environment."""
    sets = {"": bundle.objects, **bundle.environments}
    return {name: {_key(item): without_nulls(item) for item in objects} for name, objects in sets.items()}


@pytest.fixture(scope="session")
def tools() -> Tools:
    """The real `kubectl` and `helm`: those that the environment names, else those that `tests/cluster/tools` brings."""
    known = os.environ
    if not {"CDKIT_TEST_KUBECTL", "CDKIT_TEST_HELM"} <= set(known):
        line = _output([str(REPOSITORY / "tests" / "cluster" / "tools")])
        known = dict(word.split("=", 1) for word in shlex.split(line) if "=" in word)
    return Tools(known["CDKIT_TEST_KUBECTL"], known["CDKIT_TEST_HELM"])


def _output(command: list[str]) -> str:
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, f"{' '.join(command)}\n{ended.stderr}"
    return ended.stdout


def _objects(text: str) -> Objects:
    documents = [item for item in yaml.load_all(text, Loader=_Loader) if item is not None]
    found = {_key(item): item for item in documents}
    assert len(found) == len(documents)
    return found


def _key(item: dict[str, Any]) -> tuple[str, str, str]:
    return (item["apiVersion"], item["kind"], item["metadata"]["name"])
