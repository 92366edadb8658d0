"""Options as a pipeline file has them."""

from __future__ import annotations

from cdkit.models.problem import Problem
from cdkit.pipeline.decode import decode
from cdkit.pipeline.document import parse_document
from cdkit_pods.options.test_pod import TestPodOptions


def read(text: str) -> TestPodOptions:
    """The options of a text; `image` may be left out."""
    problems: list[Problem] = []
    options = decode(parse_document(_with_image(text), "file"), TestPodOptions, problems)
    assert options is not None, [str(problem) for problem in problems]
    return options


def problems_of(text: str) -> list[str]:
    """What is wrong with the options of a text, each with its place; the image is on line 1."""
    problems: list[Problem] = []
    assert decode(parse_document(_with_image(text), "file"), TestPodOptions, problems) is None
    return [str(problem).removeprefix("file:") for problem in problems]


def _with_image(text: str) -> str:
    return f"image: tests\n{text.lstrip()}"
