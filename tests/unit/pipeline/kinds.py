"""Kinds of steps that only tests use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import pytest
from msgspec import Meta

from cdkit.errors import InvalidInput
from cdkit.models.duration import Duration
from cdkit.pipeline.load import load
from cdkit.pipeline.model import Choices
from cdkit.pipeline.pipeline import Pipeline
from cdkit.step import Step, StepContext, StepOptions, StepOutputs


class Build(Step):
    """Takes options of many types."""

    name = "build"

    class Options(StepOptions, frozen=True, kw_only=True):
        repository: Annotated[str, Meta(min_length=1)]
        version: str = ""
        copies: Annotated[int | None, Meta(ge=1)] = None
        platform: Literal["amd64", "arm64"] = "amd64"
        tags: list[str] = []
        args: dict[str, str] = {}
        wait: Duration = Duration(60)
        fast: bool = False

    class Outputs(StepOutputs, frozen=True, kw_only=True):
        image: str
        layers: int = 0

    options: Options

    def run(self, ctx: StepContext) -> Outputs:
        return self.Outputs(image=self.options.repository)


class Shell(Step):
    """Takes a text that must not hold expressions."""

    name = "shell"

    class Options(StepOptions, frozen=True, kw_only=True):
        script: Annotated[str, Meta(extra={"expressions": False})] = ""
        command: str | list[str] = ""

    options: Options

    def run(self, ctx: StepContext) -> StepOutputs:
        return self.Outputs()


KINDS: dict[str, type[Step]] = {"build": Build, "shell": Shell}


def load_text(folder: Path, text: str, choices: Choices | None = None) -> Pipeline:
    """The pipeline of a text."""
    path = folder / "cdkit.yaml"
    path.write_text(text, encoding="utf-8")
    return load(str(path), KINDS, choices)


def problems_of(folder: Path, text: str, choices: Choices | None = None) -> list[str]:
    """What is wrong with a text, each as LINE:COLUMN: MESSAGE."""
    with pytest.raises(InvalidInput) as caught:
        load_text(folder, text, choices)
    return [str(problem).removeprefix(f"{folder}/cdkit.yaml:") for problem in caught.value.problems]
