from __future__ import annotations

import msgspec

from cdkit.diagnosis.judge import Judge
from cdkit.diagnosis.verdict import Verdict
from tests.unit.diagnosis.objects import a_cause


def seeing(*causes: object) -> Verdict:
    return Verdict("progressing", "0 of 1 replica updated", causes)  # type: ignore[arg-type]


SLOW = a_cause("registry-unreachable", 30)


def test_a_cause_that_is_fatal_now_ends_it_at_once() -> None:
    cause = a_cause("image-not-found")
    decision = Judge().observe(seeing(cause), 100)
    assert (decision.state, decision.cause, decision.is_final) == ("failed", cause, True)


def test_a_cause_with_a_grace_ends_it_when_it_has_stood_that_long() -> None:
    judge = Judge()
    assert judge.observe(seeing(SLOW), 100).state == "progressing"
    assert judge.observe(seeing(SLOW), 129.9).state == "progressing"
    assert judge.observe(seeing(SLOW), 130).cause == SLOW


def test_a_cause_that_went_away_starts_again() -> None:
    judge = Judge()
    judge.observe(seeing(SLOW), 100)
    judge.observe(seeing(), 120)
    judge.observe(seeing(SLOW), 125)
    assert judge.observe(seeing(SLOW), 150).state == "progressing"
    assert judge.observe(seeing(SLOW), 155).state == "failed"


def test_a_cause_is_the_same_whichever_pod_shows_it() -> None:
    judge = Judge()
    judge.observe(seeing(SLOW), 100)
    other = a_cause("registry-unreachable", 30, sentence="Pod hello-2 cannot start.")
    assert judge.observe(seeing(other), 130).state == "failed"


def test_the_same_cause_of_another_container_is_another_one() -> None:
    judge = Judge()
    judge.observe(seeing(SLOW), 100)
    assert judge.observe(seeing(a_cause("registry-unreachable", 30, container="proxy")), 130).state == "progressing"


def test_a_grace_that_gets_shorter_counts_from_the_beginning() -> None:
    judge = Judge()
    judge.observe(seeing(a_cause("crash-loop", 120)), 100)
    assert judge.observe(seeing(a_cause("crash-loop", 30)), 131).state == "failed"


def test_a_cause_that_is_never_fatal_is_waited_out() -> None:
    judge = Judge()
    starting = a_cause("startup-probe-failing", None)
    assert judge.observe(seeing(starting), 100).state == "progressing"
    assert judge.observe(seeing(starting), 10_000).state == "progressing"
    assert judge.next_look(10_000) is None


def test_the_next_look_is_when_the_first_grace_runs_out() -> None:
    judge = Judge()
    assert judge.next_look(90) is None
    judge.observe(seeing(SLOW, a_cause("unschedulable", 20)), 100)
    assert judge.next_look(105) == 120
    judge.observe(seeing(SLOW), 110)
    assert judge.next_look(110) == 130
    assert judge.next_look(140) == 140
    judge.observe(seeing(), 125)
    assert judge.next_look(125) is None


def test_success_is_final_whatever_is_left_over() -> None:
    decision = Judge().observe(Verdict("succeeded", "1 of 1", (a_cause("crash-loop"),)), 100)
    assert (decision.state, decision.cause, decision.is_final) == ("succeeded", None, True)


def test_the_cause_that_has_run_out_is_named_before_the_others() -> None:
    judge = Judge()
    young = a_cause("readiness-failing", 120)
    judge.observe(seeing(young, SLOW), 100)
    assert judge.observe(seeing(young, SLOW), 130).cause == SLOW


def test_a_verdict_may_fail_without_a_cause() -> None:
    decision = Judge().observe(Verdict("failed", "it is gone"), 100)
    assert (decision.state, decision.cause) == ("failed", None)


def test_no_grace_runs_while_the_cluster_cannot_be_seen() -> None:
    judge = Judge()
    judge.observe(seeing(SLOW), 100)
    judge.lose_sight(110)
    judge.lose_sight(150)
    assert judge.next_look(160) is None
    assert judge.observe(seeing(SLOW), 200).state == "progressing"
    assert judge.next_look(200) == 220
    assert judge.observe(seeing(SLOW), 220).state == "failed"


def test_what_was_told_exactly_stands_while_less_is_known() -> None:
    judge = Judge()
    exact = msgspec.structs.replace(a_cause("registry-unreachable", 30), concern="image", pod="hello-1")
    vague = msgspec.structs.replace(a_cause("image-pull-failing", 30), concern="image", pod="hello-1", is_vague=True)
    judge.observe(seeing(vague), 0)
    judge.observe(seeing(exact), 10)
    decision = judge.observe(seeing(vague), 30)
    assert (decision.state, decision.cause) == ("failed", exact)


def test_causes_of_one_concern_share_their_time() -> None:
    judge = Judge()
    silent = msgspec.structs.replace(a_cause("never-ready", 180), concern="readiness")
    failing = msgspec.structs.replace(a_cause("readiness-failing", 120), concern="readiness")
    judge.observe(seeing(silent), 0)
    assert judge.observe(seeing(failing), 119).state == "progressing"
    assert judge.observe(seeing(failing), 120).state == "failed"
