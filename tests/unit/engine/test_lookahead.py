"""What can be known before a run: checks and previews, all at once, with nothing changed."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cdkit.engine.lookahead import check, missing_secrets, preview
from cdkit.engine.messages import Interrupted
from cdkit.errors import Cancelled, CheckFailed, ClusterUnreachable, EngineUnreachable, StepBroken
from cdkit.models.change import Change
from cdkit.models.problem import Problem
from cdkit.report.plan import plan_of
from cdkit.report.preview import preview_lines
from cdkit.report.style import Style
from cdkit.step import StepContext
from tests.unit.engine.runs import ARun, a_run, acting

REAL = 10.0


def finds(*messages: str) -> Any:
    return lambda _: [Problem(message) for message in messages]


def raises(error: Exception) -> Any:
    def ask(_: StepContext) -> None:
        raise error

    return ask


def refused(run: ARun) -> CheckFailed:
    with pytest.raises(CheckFailed) as caught:
        check(run.session, run.inbox)
    return caught.value


def shown_plan(run: ARun) -> list[str]:
    return list(preview_lines(plan_of("x", "", preview(run.session, run.inbox), []), Style()))


def test_all_steps_are_checked_at_once_and_nothing_is_said_of_it(tmp_path: Path) -> None:
    meet = threading.Barrier(3)
    names = ("a", "b", "c")
    together = dict.fromkeys(names, lambda _: meet.wait(REAL) and ())
    run = a_run(tmp_path, "".join(f"  {name}: {{uses: act}}\n" for name in names), acting(checks=together))
    check(run.session, run.inbox)
    assert run.heard.events == []


def test_every_problem_of_every_step_is_told_in_the_order_of_the_run(tmp_path: Path) -> None:
    run = a_run(
        tmp_path,
        "  a: {uses: act}\n  b: {uses: act}\n  c: {uses: act}\n",
        acting(checks={"a": finds("no folder"), "b": raises(EngineUnreachable("no engine")), "c": finds("x", "y")}),
    )
    error = refused(run)
    assert error.code == 3
    assert error.message == "The run cannot work: 3 things are missing or wrong. Nothing was changed."
    assert error.evidence == ("no folder", "x", "y")


def test_a_world_that_cannot_be_asked_is_told_as_such_with_its_own_exit_code(tmp_path: Path) -> None:
    run = a_run(
        tmp_path,
        "  a: {uses: act}\n  b: {uses: act}\n",
        acting(checks={"b": raises(ClusterUnreachable("The cluster does not answer."))}),
    )
    with pytest.raises(ClusterUnreachable) as caught:
        check(run.session, run.inbox)
    assert caught.value.code == 4


def test_a_check_that_breaks_names_its_step(tmp_path: Path) -> None:
    run = a_run(tmp_path, "  a: {uses: act}\n", acting(checks={"a": raises(KeyError("spec"))}))
    with pytest.raises(StepBroken, match="The step 'a' failed unexpectedly: KeyError: 'spec'"):
        check(run.session, run.inbox)


SECRETS = (
    "secrets: {TOKEN: {env: MY_TOKEN}, OTHER: {env: OTHER}, UNUSED: {env: UNUSED}}\nsteps:\n"
    "  a:\n    uses: act\n    env: {T: '${{ secrets.TOKEN }}'}\n    with: {text: 'x:${{ secrets.OTHER }}'}\n"
    "  b:\n    uses: act\n    when: ${{ build.branch == 'release' }}\n    env: {T: '${{ secrets.TOKEN }}'}\n"
    "  c:\n    uses: act\n    needs: [b]\n    env: {T: '${{ secrets.TOKEN }}'}\n"
)


def test_secrets_without_a_value_are_named_with_the_place_of_their_use(tmp_path: Path) -> None:
    error = refused(a_run(tmp_path, SECRETS, secrets={"OTHER": "value"}))
    place = f"{tmp_path}/cdkit.yaml:6:14"
    assert error.evidence == (
        f"{place}: The secret 'TOKEN' has no value: the environment variable MY_TOKEN is not set or empty.",
    )


def test_a_step_that_would_be_skipped_needs_no_secrets(tmp_path: Path) -> None:
    run = a_run(tmp_path, SECRETS, secrets={"OTHER": "value"})
    previews = [item for item in preview(run.session, run.inbox) if item.step != "a"]
    assert [item.skipped for item in previews] == [
        "`when` is not true: ${{ build.branch == 'release' }}",
        "it needs 'b', which would be skipped",
    ]
    assert missing_secrets(run.session, previews) == []


def test_a_step_that_would_be_skipped_need_not_be_able_to_work(tmp_path: Path) -> None:
    run = a_run(
        tmp_path,
        "  a: {uses: act, when: false}\n  b: {uses: act, needs: [a]}\n",
        acting(checks={"a": finds("x"), "b": finds("y")}),
    )
    check(run.session, run.inbox)


def test_an_interruption_ends_the_asking_although_a_step_still_waits(tmp_path: Path) -> None:
    asked, never = threading.Event(), threading.Event()

    def hangs(_: StepContext) -> None:
        asked.set()
        never.wait(REAL)

    run = a_run(tmp_path, "  a: {uses: act}\n", acting(checks={"a": hangs}))
    threading.Thread(target=lambda: (asked.wait(REAL), run.inbox.put(Interrupted(15))), daemon=True).start()
    with pytest.raises(Cancelled) as caught:
        check(run.session, run.inbox)
    never.set()
    assert caught.value.code == 143


def test_options_that_wait_for_another_step_are_asked_with_a_placeholder(tmp_path: Path) -> None:
    seen: dict[str, Any] = {}

    def look(ctx: StepContext) -> None:
        seen.update(pending=ctx.pending, env=ctx.env)

    run = a_run(
        tmp_path,
        "  a: {uses: act}\n  b:\n    uses: act\n    env: {I: 'i:${{ steps.a.text }}'}\n"
        "    with: {text: 'r/${{ steps.a.text }}'}\n"
        "  c: {uses: act, with: {number: '${{ steps.a.value }}'}}\n",
        acting(checks={"b": look}),
    )
    check(run.session, run.inbox)
    assert seen == {"pending": frozenset({"text"}), "env": {"I": "i:(known after a)"}}
    assert shown_plan(run) == [
        "a (act)",
        "  run  a",
        "b (act)",
        "  run  r/(known after a)",
        "c (act)",
        "  could not ask  act: number (known after a)",
    ]


def test_a_plan_in_a_world_that_does_not_answer_tells_what_it_could_not_ask(tmp_path: Path) -> None:
    run = a_run(
        tmp_path,
        "  a: {uses: act}\n  b: {uses: act}\n  c: {uses: act}\n  d: {uses: act, when: false}\n",
        acting(
            plans={
                "a": raises(ClusterUnreachable("The cluster does not answer.")),
                "b": lambda _: [Change("update", "Deployment x", "the image differs", ("- old", "+ \x1b[2Jnew"))],
                "c": raises(ZeroDivisionError("oh")),
            }
        ),
    )
    assert shown_plan(run) == [
        "a (act)",
        "  could not ask  act: The cluster does not answer.",
        "b (act)",
        "  update  Deployment x: the image differs",
        "      - old",
        "      + new",
        "c (act)",
        "  would fail  The step 'c' failed unexpectedly: ZeroDivisionError: oh",
        "d (act)",
        "  skip  `when` is not true: false",
    ]


# What a check has learned


class Seen(NamedTuple):
    """What the check of a test has seen."""

    what: str


def keep(ctx: StepContext) -> None:
    ctx.keep(Seen(f"by {ctx.step}"))


def test_what_a_check_keeps_is_there_for_the_run_of_its_own_step_until_another_step_begins(tmp_path: Path) -> None:
    found: dict[str, Seen | None] = {}

    def take(ctx: StepContext) -> None:
        found[ctx.step] = ctx.kept(Seen)

    names = ("first", "second")
    steps = "  first: {uses: act}\n  second: {uses: act, needs: [first]}\n"
    run = a_run(tmp_path, steps, acting(checks=dict.fromkeys(names, keep), runs=dict.fromkeys(names, take)))
    check(run.session, run.inbox)
    assert run.execute().exit_code == 0
    assert found == {"first": Seen("by first"), "second": None}


def test_what_a_step_keeps_does_not_hold_while_another_one_works(tmp_path: Path) -> None:
    found: dict[str, Seen | None] = {}
    meet = threading.Barrier(2)

    def take(ctx: StepContext) -> None:
        meet.wait(REAL)
        found[ctx.step] = ctx.kept(Seen)
        meet.wait(REAL)

    names = ("first", "second")
    steps = "  first: {uses: act}\n  second: {uses: act}\n"
    run = a_run(tmp_path, steps, acting(checks=dict.fromkeys(names, keep), runs=dict.fromkeys(names, take)))
    check(run.session, run.inbox)
    assert run.execute(jobs=2).exit_code == 0
    assert found == {"first": None, "second": None}
