"""A run as a card, which Drone shows at the step that has made it.

https://docs.drone.io/plugins/adaptive_cards/
"""

from __future__ import annotations

import base64

import msgspec

from cdkit.models.duration import Duration
from cdkit.models.result import StepResult
from cdkit.models.test_report import TestReport
from cdkit.report.collected import Collected
from cdkit.report.handed_on import named_outputs
from cdkit.report.style import Style
from cdkit.report.tests import counts

MOST_STEPS = 50
"""A card is looked at as a whole; the log has all steps."""

_PLAIN = Style()


class CardStep(msgspec.Struct, frozen=True):
    """A step as the card's template knows it."""

    name: str
    status: str
    took: str
    message: str


class CardData(msgspec.Struct, frozen=True):
    """What the card's template knows; `container/drone-card.json` is one that uses all of it."""

    pipeline: str
    environment: str
    result: str
    took: str
    image: str
    url: str
    steps: tuple[CardStep, ...]


def card(run: Collected, template: str) -> bytes:
    """The card as JSON.

    Args:
        run: the run, ended.
        template: the address of the Adaptive Card with which Drone's page shows it.
    """
    outputs = named_outputs(run)
    data = CardData(
        pipeline=_PLAIN.harmless(run.pipeline),
        environment=_PLAIN.harmless(run.environment),
        result="succeeded" if run.exit_code == 0 else f"failed with exit code {run.exit_code}",
        took=str(Duration(run.seconds)),
        image=_PLAIN.harmless(outputs.get("image", "")),
        url=_PLAIN.harmless(outputs.get("url", "")),
        steps=tuple(_step(result, run.tests.get(result.step)) for result in run.results[:MOST_STEPS]),
    )
    return msgspec.json.encode({"schema": template, "data": data})


def in_the_log(content: bytes) -> str:
    """A card as a line of the log, where Drone's runner takes it out."""
    return f"\x1b]1338;{base64.b64encode(content).decode()}\x1b]0m\n"


def _step(result: StepResult, tests: TestReport | None) -> CardStep:
    told = result.failure.message if result.failure else result.reason or (counts(tests) if tests else "")
    return CardStep(
        name=_PLAIN.harmless(result.step),
        status=result.status,
        took=str(Duration(result.seconds)),
        message=_PLAIN.harmless(told),
    )
