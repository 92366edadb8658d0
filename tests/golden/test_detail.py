"""What `--quiet` and `--verbose` print is a contract, too."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from cdkit.models.event import (
    ChecksPassed,
    Event,
    OptionsResolved,
    RunFinished,
    StepFinished,
    StepProgress,
    StepStarted,
)
from cdkit.models.result import StepResult
from cdkit.report.console import Console
from cdkit.report.style import Style
from cdkit.report.wording import QuietWording, VerboseWording, Wording
from cdkit.testing.pytest_plugin import Golden
from tests.golden.stories import JOURNAL, STORIES, TESTS, started

FOLDER = Path(__file__).parent / "console"
PUSH: list[Event] = [
    started("push", "rollout"),
    ChecksPassed(seconds=0.212),
    StepStarted(step="push", uses="push-to-registry", time=10.0),
    OptionsResolved(step="push", options={"image": "r/hello:1", "password": "***", "tags": ["a", "b"], "username": ""}),
    StepProgress(step="push", item="3f4a", current=512, total=2_500_000, unit="bytes", time=10.0),
    StepProgress(step="push", item="77ab", current=900, total=999, unit="bytes", time=10.1),
    StepProgress(step="push", item="3f4a", current=1_000_000, total=2_500_000, unit="bytes", time=10.5),
    StepProgress(step="push", item="3f4a", current=1_200_000, total=2_500_000, unit="bytes", time=11.0),
    StepProgress(step="push", item="3f4a", current=2_500_000, total=2_500_000, unit="bytes", time=11.2),
    StepFinished(step="push", result=StepResult("push", "succeeded", 1.2, {"digest": "sha256:1"})),
    StepStarted(step="rollout", uses="set-image", time=11.3),
    StepProgress(step="rollout", item="Deployment hello", current=1, total=3, unit="replicas", time=12.0),
    StepProgress(step="rollout", item="unknown", current=7, total=0, time=12.0),
    StepFinished(step="rollout", result=StepResult("rollout", "succeeded", 3.0)),
    RunFinished(exit_code=0, seconds=4.4),
]


def printed(events: list[Event], wording: Wording) -> str:
    out = io.StringIO()
    console = Console(out, wording)
    for event in events:
        console.report(event)
    return out.getvalue()


@pytest.mark.parametrize("story", ["success", "failure", "skip", "timeout", "cancel", "refused", "tests"])
def test_the_quiet_console_says_what_went_wrong_and_how_it_ended(story: str, golden: Golden) -> None:
    golden(str(FOLDER / f"quiet-{story}.txt"), printed(STORIES[story], QuietWording(Style(), JOURNAL)))


def test_the_verbose_console_says_options_and_progress(golden: Golden) -> None:
    golden(str(FOLDER / "verbose-push.txt"), printed(PUSH, VerboseWording(Style())))


def test_the_verbose_console_says_what_tests_say(golden: Golden) -> None:
    golden(str(FOLDER / "verbose-tests.txt"), printed(TESTS, VerboseWording(Style())))


@pytest.mark.parametrize("story", STORIES)
def test_the_verbose_console_says_all_that_the_normal_one_says(story: str) -> None:
    normal = printed(STORIES[story], Wording(Style())).splitlines()
    verbose = printed(STORIES[story], VerboseWording(Style())).splitlines()
    assert [line for line in verbose if " · " not in line] == normal
