"""Pods that run once: test pods and Jobs; and what a log adds to a cause."""

from __future__ import annotations

import pytest

from cdkit.diagnosis.companion import Companions
from cdkit.diagnosis.job import diagnose_job
from cdkit.diagnosis.log import with_log
from cdkit.diagnosis.single_pod import diagnose_test_pod
from cdkit.diagnosis.verdict import NEVER_FATAL
from tests.unit.diagnosis.objects import (
    Json,
    a_cause,
    container_status,
    event,
    metadata,
    pod,
    running,
    terminated,
    waiting,
)


def once(*statuses: Json, phase: str = "Running", **parts: Json) -> Json:
    status = {"phase": phase, **parts.pop("status", {})}
    return pod("smoke", *statuses, spec={"restartPolicy": "Never"}, status=status, **parts)


def test_a_pod_whose_command_ended_well_has_succeeded() -> None:
    done = once(container_status("test", state=terminated(0, "Completed")), phase="Succeeded")
    assert diagnose_test_pod(done, []).state == "succeeded"


def test_a_container_beside_the_main_one_may_still_run() -> None:
    test, proxy = container_status("test", state=terminated(0)), container_status("proxy", ready=True, state=running())
    assert diagnose_test_pod(once(test, proxy), []).state == "succeeded"
    assert diagnose_test_pod(once(proxy, test), []).state == "progressing"
    assert diagnose_test_pod(once(proxy, test), [], container="test").state == "succeeded"


def test_a_container_beside_the_main_one_may_end_badly() -> None:
    test, proxy = container_status("test", ready=True, state=running()), container_status("proxy", state=terminated(1))
    verdict = diagnose_test_pod(once(test, proxy), [])
    assert verdict.state == "progressing"
    assert verdict.causes[0].patience == NEVER_FATAL


def test_a_command_that_failed_is_told_with_its_exit_code() -> None:
    failed = once(container_status("test", state=terminated(3)), phase="Failed")
    verdict = diagnose_test_pod(failed, [])
    assert (verdict.state, verdict.summary) == ("failed", "Pod smoke has failed")
    (cause,) = verdict.causes
    assert (cause.id, cause.log) == ("command-failed", "current")
    assert cause.sentence == "Pod smoke has failed: container test ended with exit code 3."


def test_a_command_that_failed_is_the_end_although_a_container_beside_it_runs() -> None:
    test, proxy = container_status("test", state=terminated(3)), container_status("proxy", ready=True, state=running())
    assert diagnose_test_pod(once(test, proxy), []).causes[0].id == "command-failed"


def test_a_command_that_is_started_again_is_given_another_chance() -> None:
    failed = once(container_status("test", state=terminated(3)))
    failed["spec"]["restartPolicy"] = "OnFailure"
    assert diagnose_test_pod(failed, []).state == "progressing"


def test_running_out_of_memory_is_the_end() -> None:
    killed = once(container_status("test", state=terminated(137, "OOMKilled")), phase="Failed")
    verdict = diagnose_test_pod(killed, [])
    assert [(cause.id, cause.patience.grace) for cause in verdict.causes] == [("oom-killed", 0)]


def test_an_image_that_is_missing_fails_it() -> None:
    stuck = once(container_status("test", state=waiting("ErrImagePull", "manifest unknown")), phase="Pending")
    verdict = diagnose_test_pod(stuck, [])
    assert (verdict.state, verdict.summary) == ("failed", "Pod smoke is pending (ErrImagePull)")
    assert verdict.causes[0].id == "image-not-found"


def test_an_evicted_test_pod_has_failed() -> None:
    evicted = once(status={"phase": "Failed", "reason": "Evicted", "message": "The node was low on memory."})
    verdict = diagnose_test_pod(evicted, [])
    assert verdict.state == "failed"
    assert verdict.causes[0].sentence == "Pod smoke was evicted from its node: The node was low on memory."


def test_a_pod_that_took_too_long_says_so() -> None:
    late = once(container_status("test", state=terminated(137)), phase="Failed", status={"reason": "DeadlineExceeded"})
    late["spec"]["activeDeadlineSeconds"] = 60
    (cause,) = diagnose_test_pod(late, []).causes
    assert cause.sentence == "Pod smoke did not end within 60 seconds (activeDeadlineSeconds)."


def test_a_pod_that_failed_without_a_word_is_told_all_the_same() -> None:
    verdict = diagnose_test_pod(once(phase="Failed", status={"message": "lost"}), [])
    assert [(cause.id, cause.sentence) for cause in verdict.causes] == [("pod-failed", "Pod smoke has failed: lost.")]


def test_a_pod_that_is_gone_is_named_where_its_name_is_known() -> None:
    verdict = diagnose_test_pod(None, [], name="smoke")
    assert [cause.sentence for cause in verdict.causes] == ["Pod smoke was deleted before it had ended."]


@pytest.mark.parametrize(
    ("gone", "sentence"),
    [
        (None, "The pod was deleted before it had ended."),
        (
            once(container_status("test", state=running()), metadata={"deletionTimestamp": "2026-01-31T12:00:00Z"}),
            "Pod smoke was deleted before it had ended.",
        ),
    ],
)
def test_a_pod_that_somebody_deletes_has_failed(gone: Json | None, sentence: str) -> None:
    verdict = diagnose_test_pod(gone, [])
    assert verdict.state == "failed"
    assert [(cause.id, cause.sentence) for cause in verdict.causes] == [("pod-gone", sentence)]


def leaving(*statuses: Json, phase: str = "Running") -> Json:
    """A pod that was told at 12:00:00 to end within five seconds."""
    asked = {"deletionTimestamp": "2026-01-31T12:00:05Z", "deletionGracePeriodSeconds": 5}
    return once(*statuses, phase=phase, metadata=asked)


@pytest.mark.parametrize(
    ("ended", "state"), [("11:59:59", "succeeded"), ("12:00:00", "failed"), ("12:00:03", "failed")]
)
def test_a_command_that_ends_well_because_its_pod_is_deleted_has_not_succeeded(ended: str, state: str) -> None:
    state_then = {"terminated": {"exitCode": 0, "reason": "Completed", "finishedAt": f"2026-01-31T{ended}Z"}}
    done = container_status("test", state=state_then)
    assert diagnose_test_pod(leaving(done, phase="Succeeded"), []).state == state


def test_a_pod_that_has_to_make_room_says_so() -> None:
    victim = leaving(container_status("test", state=running()))
    told = event(victim, "Preempted", "Preempted by other/urgent on node node-7")
    verdict = diagnose_test_pod(victim, [told])
    assert verdict.state == "failed"
    assert [(cause.id, cause.sentence) for cause in verdict.causes] == [
        ("preempted", "Pod smoke had to make room for a pod of higher priority.")
    ]


def job(*conditions: Json, **status: Json) -> Json:
    return {
        "kind": "Job",
        "metadata": metadata("migrate"),
        "spec": {},
        "status": {"conditions": list(conditions), **status},
    }


def failed_pod(name: str) -> Json:
    failed = container_status(state=terminated(3))
    return pod(name, failed, owner="uid-migrate", spec={"restartPolicy": "Never"}, status={"phase": "Failed"})


def test_a_complete_job_has_succeeded() -> None:
    verdict = diagnose_job(job({"type": "Complete", "status": "True"}, succeeded=1), [failed_pod("migrate-1")], [])
    assert (verdict.state, verdict.summary) == ("succeeded", "1 of 1 completion")


def test_a_job_tries_again_by_itself() -> None:
    verdict = diagnose_job(job(active=1, failed=1), [failed_pod("migrate-1")], [])
    assert (verdict.state, verdict.summary) == ("progressing", "0 of 1 completion, 1 active, 1 failed")
    assert [(cause.id, cause.patience.grace) for cause in verdict.causes] == [("crash-loop", None)]


def test_a_failed_job_tells_how_its_pod_ended() -> None:
    condition = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "Too many retries."}
    verdict = diagnose_job(job(condition, failed=2), [failed_pod("migrate-1"), failed_pod("migrate-2")], [])
    assert verdict.state == "failed"
    assert [cause.sentence for cause in verdict.causes] == [
        (
            "Job migrate has failed for good (backoffLimit 6): Pod migrate-1 has crashed: container hello ended with "
            "exit code 3. The same holds for 1 other pod."
        ),
    ]


def test_a_job_that_cannot_create_its_pod_says_why() -> None:
    stuck = job()
    told = event(stuck, "FailedCreate", 'Error creating: pods "x" is forbidden: serviceaccount "robot" not found')
    (cause,) = diagnose_job(stuck, [], [told]).causes
    assert cause.sentence == "Job migrate cannot create its pods: the ServiceAccount robot does not exist."


def test_the_last_lines_of_a_log_are_further_evidence() -> None:
    cause = with_log(a_cause("crash-loop"), ["no database", "\x1b[31mgiving up\x1b[0m", ""])
    assert cause.evidence == ("log of container hello: no database", "log of container hello: giving up")
    assert cause.id == "crash-loop"


@pytest.mark.parametrize(
    ("line", "cause_id"),
    [
        ("exec /bin/hello: exec format error", "wrong-architecture"),
        ("standard_init_linux.go:228: exec user process caused: exec format error", "wrong-architecture"),
        ("exec /entrypoint.sh: no such file or directory", "command-not-found"),
        ("standard_init_linux.go:219: exec user process caused: no such file or directory", "command-not-found"),
        ("exec /entrypoint.sh: permission denied", "command-not-executable"),
        ("open /data/exec: permission denied", "crash-loop"),
    ],
)
def test_a_log_may_tell_that_the_program_never_ran(line: str, cause_id: str) -> None:
    cause = with_log(a_cause("crash-loop"), ["", line, ""])
    assert cause.id == cause_id
    assert cause.evidence == (f"log of container hello: {line}",)


def ended_at(second: int, code: int, reason: str = "Error") -> Json:
    state = terminated(code, reason)
    state["terminated"]["finishedAt"] = f"2026-01-31T12:00:{second:02}Z"
    return state


def with_service(main: Json, db: Json, **status: Json) -> Json:
    return once(container_status("db", state=db), container_status("test", ready=True, state=main), status=status)


def test_a_service_that_ends_while_the_tests_run_ends_them_soon() -> None:
    verdict = diagnose_test_pod(
        with_service(running(), ended_at(1, 2)), [], container="test", companions=Companions(services=["db"])
    )
    (cause,) = verdict.causes
    assert (cause.id, cause.container, cause.log, cause.patience.grace) == ("service-died", "db", "current", 3)
    assert cause.sentence == "The service db of pod smoke ended with exit code 2 while the tests needed it."
    assert "container db ended with exit code 2" in cause.evidence


@pytest.mark.parametrize("code", [0, 143])
def test_a_service_that_the_tests_themselves_have_ended_is_not_to_blame(code: int) -> None:
    verdict = diagnose_test_pod(
        with_service(ended_at(5, 1), ended_at(4, code)), [], container="test", companions=Companions(services=["db"])
    )
    assert verdict.causes[0].id == "command-failed"


def test_a_service_that_died_before_the_tests_failed_is_to_blame() -> None:
    verdict = diagnose_test_pod(
        with_service(ended_at(5, 1), ended_at(5, 2)), [], container="test", companions=Companions(services=["db"])
    )
    assert (verdict.state, verdict.causes[0].id) == ("failed", "service-died")
    verdict = diagnose_test_pod(
        with_service(ended_at(5, 1), ended_at(6, 2)), [], container="test", companions=Companions(services=["db"])
    )
    assert verdict.causes[0].id == "command-failed"


def test_tests_that_pass_without_their_service_have_passed() -> None:
    verdict = diagnose_test_pod(
        with_service(ended_at(5, 0), ended_at(4, 2)), [], container="test", companions=Companions(services=["db"])
    )
    assert verdict.state == "succeeded"


def test_a_service_that_is_killed_for_its_memory_is_told_as_that() -> None:
    verdict = diagnose_test_pod(
        with_service(running(), ended_at(1, 137, "OOMKilled")),
        [],
        container="test",
        companions=Companions(services=["db"]),
    )
    assert [(cause.id, cause.container) for cause in verdict.causes] == [("oom-killed", "db")]
    assert verdict.causes[0].patience.grace == 3


def test_a_command_before_the_tests_that_fails_ends_all_at_once() -> None:
    seen = with_service(running(), ended_at(1, 4))
    verdict = diagnose_test_pod(seen, [], container="test", companions=Companions(preparations=["db"]))
    assert verdict.state == "failed"
    assert verdict.causes[0].id == "init-container-failing"
    assert verdict.causes[0].sentence == ("The tests of pod smoke cannot begin: the command db ended with exit code 4.")
    assert (
        diagnose_test_pod(
            with_service(running(), ended_at(1, 0)), [], companions=Companions(preparations=["db"])
        ).causes
        == ()
    )


@pytest.mark.parametrize("reason", ["ContainerCannotRun", "Error"])
def test_a_service_whose_program_cannot_be_started_is_told_as_that(reason: str) -> None:
    """By the runtime, or by the gate behind which it waited."""
    seen = with_service(running(), terminated(127, reason, 'exec: "serve": executable file not found in $PATH'))
    verdict = diagnose_test_pod(seen, [], container="test", companions=Companions(services=["db"]))
    assert [cause.id for cause in verdict.causes] == ["command-not-found"]


def test_how_long_a_service_may_take_to_be_well_is_for_others_to_say() -> None:
    seen = with_service(running(), running())
    seen["spec"]["containers"][0]["readinessProbe"] = {"exec": {"command": ["true"]}}
    (cause,) = diagnose_test_pod(seen, [], container="test", companions=Companions(services=["db"])).causes
    assert (cause.id, cause.patience) == ("never-ready", NEVER_FATAL)
