from __future__ import annotations

import pytest

from tests.unit.diagnosis.objects import (
    IMAGE,
    Json,
    causes,
    container_status,
    event,
    only_cause,
    pod,
    running,
    terminated,
    waiting,
)


def unscheduled(message: str, **parts: Json) -> Json:
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
    return pod("hello-1", container_status(), status={"conditions": [condition], "containerStatuses": []}, **parts)


NODES = [
    ("0/3 nodes are available: 3 Insufficient memory.", "not enough free memory (3 of 3 nodes)"),
    (
        (
            "0/3 nodes are available: 1 node(s) had taint {dedicated: gpu}, that the pod didn't tolerate, 2 "
            "Insufficient cpu."
        ),
        "a taint that it does not tolerate, dedicated: gpu (1 of 3 nodes); not enough free cpu (2 of 3 nodes)",
    ),
    (
        (
            "0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/master: }, 2 node(s) "
            "didn't match Pod's node affinity/selector. preemption: 0/3 nodes are available: 3 Preemption is not "
            "helpful for scheduling."
        ),
        (
            "a taint that it does not tolerate, node-role.kubernetes.io/master (1 of 3 nodes); its node selector or "
            "node affinity does not match (2 of 3 nodes)"
        ),
    ),
    ("0/2 nodes are available: 2 node(s) didn't match node selector.", "its node selector or node affinity does not "),
    (
        (
            "0/2 nodes are available: 2 node(s) didn't match pod affinity/anti-affinity, 2 node(s) didn't match pod "
            "anti-affinity rules."
        ),
        "a pod that its anti-affinity keeps away from (2 of 2 nodes)",
    ),
    ("0/2 nodes are available: 2 node(s) didn't match pod affinity rules.", "no pod that its pod affinity asks for"),
    ("0/1 nodes are available: 1 Too many pods.", "no room for one more pod (the only node)"),
    (
        "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.",
        "its host port is in use (the only node)",
    ),
    ("0/1 nodes are available: 1 node(s) were unschedulable.", "it is closed for new pods (cordoned) (the only node)"),
    (
        "0/1 nodes are available: 1 node(s) had volume node affinity conflict.",
        "its volume cannot be used there (the only node)",
    ),
    (
        "0/1 nodes are available: 1 node(s) didn't match pod topology spread constraints.",
        "its topology spread constraints do not allow it (the only node)",
    ),
    ("no nodes available to schedule pods", "no nodes available to schedule pods"),
    ("0/1 nodes are available: 1 something new.", "something new (the only node)"),
]


@pytest.mark.parametrize(("message", "why"), NODES)
def test_the_schedulers_reasons_are_told_in_words(message: str, why: str) -> None:
    cause = only_cause(unscheduled(message))
    assert cause.sentence.startswith(f"Pod hello-1 cannot be placed on a node: {why}")
    assert cause.patience.grace == 30
    assert any(message in line for line in cause.evidence)


def test_a_node_that_is_being_added_is_waited_for() -> None:
    stuck = unscheduled("0/1 nodes are available: 1 Insufficient cpu.")
    scaling = event(stuck, "TriggeredScaleUp", "pod triggered scale-up: [{group 1->2 (max: 5)}]")
    assert only_cause(stuck, scaling).patience.grace == 300


def test_it_is_hopeless_when_no_node_fits_and_the_autoscaler_adds_none() -> None:
    stuck = unscheduled("0/2 nodes are available: 2 node(s) didn't match node selector.")
    refused = event(stuck, "NotTriggerScaleUp", "pod didn't trigger scale-up (it wouldn't fit if a new node is added)")
    assert only_cause(stuck, refused).patience.is_fatal_now


def test_room_may_come_when_one_node_only_lacks_room() -> None:
    stuck = unscheduled("0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match node selector.")
    refused = event(stuck, "NotTriggerScaleUp", "pod didn't trigger scale-up: 1 max node group size reached")
    assert only_cause(stuck, refused).patience.grace == 30


def test_an_evicted_pod_says_why() -> None:
    gone = pod("hello-1", status={"phase": "Failed", "reason": "Evicted", "message": "The node was low on memory."})
    cause = only_cause(gone)
    assert (cause.id, cause.patience.grace) == ("evicted", 60)
    assert cause.sentence == "Pod hello-1 was evicted from its node: The node was low on memory."


def test_a_pod_that_its_node_refused_says_why() -> None:
    refused = pod("hello-1", status={"phase": "Failed", "reason": "OutOfcpu", "message": "Node didn't have enough cpu"})
    cause = only_cause(refused)
    assert cause.id == "pod-refused-by-node"
    assert cause.sentence == "Pod hello-1 was refused by its node (OutOfcpu): Node didn't have enough cpu."


def test_a_pod_that_is_leaving_has_no_cause() -> None:
    broken = container_status(restarts=5, state=waiting("CrashLoopBackOff"), lastState=terminated(1))
    leaving = pod("hello-1", broken, metadata={"deletionTimestamp": "2026-01-31T12:00:00Z"})
    assert causes(leaving) == ()


def test_a_pod_that_has_just_begun_has_no_cause() -> None:
    assert causes(pod("hello-1", container_status(state=waiting("ContainerCreating")))) == ()
    assert causes(pod("hello-1", status={"containerStatuses": []})) == ()


def test_each_container_is_looked_at() -> None:
    crashed = container_status("proxy", 2, state=waiting("CrashLoopBackOff"), lastState=terminated(1))
    unpulled = container_status("hello", state=waiting("ErrImagePull", "manifest unknown"))
    both = causes(pod("hello-1", unpulled, crashed))
    assert [(cause.id, cause.container) for cause in both] == [("image-not-found", "hello"), ("crash-loop", "proxy")]


@pytest.mark.parametrize(
    ("exit_code", "signal", "how"),
    [
        (1, 0, "ended with exit code 1"),
        (137, 0, "was killed by SIGKILL (exit code 137)"),
        (139, 11, "was killed by SIGSEGV (exit code 139)"),
        (255, 0, "ended with exit code 255"),
    ],
)
def test_a_crash_tells_the_exit_code_and_the_signal(exit_code: int, signal: int, how: str) -> None:
    ended = terminated(exit_code)
    ended["terminated"]["signal"] = signal
    cause = only_cause(pod("hello-1", container_status(state=ended)))
    assert cause.sentence == f"Pod hello-1 has crashed: container hello {how}."
    assert cause.patience.grace == 30


def test_the_second_crash_is_a_loop() -> None:
    cause = only_cause(pod("hello-1", container_status(restarts=1, state=terminated(3))))
    assert cause.sentence == "Pod hello-1 keeps crashing: container hello ended with exit code 3, twice so far."
    assert cause.patience.is_fatal_now


def test_what_the_program_left_as_its_last_words_is_evidence() -> None:
    cause = only_cause(pod("hello-1", container_status(state=terminated(3, message="no database\nat db:5432\n"))))
    assert cause.evidence == (
        "container hello is terminated: Error: no database",
        "at db:5432",
        "container hello ended with exit code 3: no database",
    )


def test_a_crash_of_the_past_is_no_cause_once_the_container_is_ready() -> None:
    recovered = container_status(restarts=1, ready=True, state=running(), lastState=terminated(1))
    assert causes(pod("hello-1", recovered)) == ()


def test_the_memory_limit_is_told() -> None:
    killed = pod("hello-1", container_status(restarts=1, state=terminated(137, "OOMKilled")))
    killed["spec"]["containers"][0]["resources"] = {"limits": {"memory": "64Mi"}}
    assert only_cause(killed).sentence == (
        "Pod hello-1 runs out of memory: container hello was killed at its memory limit of 64Mi, twice so far."
    )


def test_an_init_container_that_failed_and_then_ended_well_is_no_cause() -> None:
    migrated = container_status("migrate", 1, state=terminated(0, "Completed"), lastState=terminated(1))
    starting = pod("hello-1", container_status(state=waiting("PodInitializing")))
    starting["spec"]["initContainers"] = [{"name": "migrate", "image": IMAGE}]
    starting["status"]["initContainerStatuses"] = [migrated]
    assert causes(starting) == ()


def test_a_sidecar_among_the_init_containers_is_judged_like_a_container() -> None:
    crashed = container_status("proxy", 2, state=waiting("CrashLoopBackOff"), lastState=terminated(1))
    starting = pod("hello-1", container_status(state=waiting("PodInitializing")))
    starting["spec"]["initContainers"] = [{"name": "proxy", "image": IMAGE, "restartPolicy": "Always"}]
    starting["status"]["initContainerStatuses"] = [crashed]
    assert only_cause(starting).id == "crash-loop"


def test_a_user_that_is_only_a_name_may_be_root() -> None:
    words = 'container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root (pod: "x")'
    cause = only_cause(pod("hello-1", container_status(state=waiting("CreateContainerConfigError", words))))
    assert cause.sentence == (
        "Pod hello-1 cannot start: container hello must not run as root (runAsNonRoot), and its image "
        f"{IMAGE} names its user by a name, which may be root."
    )


def test_settings_that_cannot_be_used_for_another_reason_may_become_usable() -> None:
    words = "failed to sync configmap cache: timed out waiting for the condition"
    cause = only_cause(pod("hello-1", container_status(state=waiting("CreateContainerConfigError", words))))
    assert (cause.id, cause.patience.grace) == ("container-config-refused", 30)
    assert cause.sentence == f"Pod hello-1 cannot start: the settings of container hello cannot be used: {words}."


def probed(status: Json, **probes: Json) -> Json:
    started = pod("hello-1", status)
    started["spec"]["containers"][0].update(probes)
    return started


def test_a_probe_that_failed_before_the_last_restart_is_of_the_past() -> None:
    fresh = probed(container_status(state=running("2026-01-31T12:00:00Z")), readinessProbe={})
    old = event(fresh, "Unhealthy", "Readiness probe failed: x", "hello", lastTimestamp="2026-01-31T11:59:59Z")
    new = event(fresh, "Unhealthy", "Readiness probe failed: y", "hello", lastTimestamp="2026-01-31T12:00:00Z")
    assert [cause.id for cause in causes(fresh, old)] == ["never-ready"]
    assert only_cause(fresh, new).id == "readiness-failing"


def test_a_readiness_probe_that_passes_in_the_end_is_no_cause() -> None:
    ready = probed(container_status(ready=True, state=running()), readinessProbe={})
    assert causes(ready, event(ready, "Unhealthy", "Readiness probe failed: x", "hello")) == ()


def test_the_initial_delay_of_a_probe_is_added_to_its_grace() -> None:
    slow = probed(container_status(state=running()), readinessProbe={"initialDelaySeconds": 60})
    assert only_cause(slow, event(slow, "Unhealthy", "Readiness probe failed: x", "hello")).patience.grace == 180


def test_the_answer_of_a_probe_is_told_on_one_line() -> None:
    slow = probed(container_status(state=running()), readinessProbe={})
    answer = "Readiness probe failed: \x1b[31mTraceback\x1b[0m\n  File x\n" + "y" * 900
    cause = only_cause(slow, event(slow, "Unhealthy", answer, "hello"))
    assert "(Traceback File x yyy" in cause.sentence
    assert cause.sentence.endswith("...).")
    assert len(cause.sentence) < 400
    assert cause.evidence[0] == "Event Unhealthy: Readiness probe failed: Traceback"


def test_a_startup_probe_that_kills_is_named() -> None:
    killed = probed(container_status(restarts=1, state=running(), started=False), startupProbe={})
    told = event(killed, "Killing", "Container hello failed startup probe, will be restarted", "hello")
    answer = event(killed, "Unhealthy", "Startup probe failed: HTTP probe failed with statuscode: 500", "hello")
    cause = only_cause(killed, told, answer)
    assert cause.id == "startup-killed"
    assert cause.sentence == (
        "Pod hello-1 is restarted by Kubernetes: the startup probe of container hello fails (HTTP probe failed with "
        "statuscode: 500); killed once so far."
    )


def waiting_pod(**spec: Json) -> Json:
    return pod("hello-1", container_status(state=waiting("ContainerCreating")), spec=spec)


def test_a_mount_that_only_timed_out_says_less_than_the_one_before() -> None:
    stuck = waiting_pod()
    why = 'MountVolume.SetUp failed for volume "files" : mount failed: exit status 32'
    first = event(stuck, "FailedMount", why)
    later = event(
        stuck,
        "FailedMount",
        "Unable to attach or mount volumes: unmounted volumes=[files]: timed out waiting for the condition",
        lastTimestamp="2026-01-31T12:02:00Z",
    )
    cause = only_cause(stuck, first, later)
    assert cause.sentence == (
        "Pod hello-1 cannot start: its volume files cannot be mounted: mount failed: exit status 32."
    )
    assert len(cause.evidence) == 2
    assert only_cause(stuck, later).sentence.startswith("Pod hello-1 cannot start: a volume of it cannot be mounted: ")


def test_a_disk_that_cannot_be_attached_is_told() -> None:
    stuck = waiting_pod()
    words = 'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) hello-0'
    assert only_cause(stuck, event(stuck, "FailedAttachVolume", words)).id == "volume-not-mounting"


def test_a_mount_that_worked_in_the_end_is_no_cause() -> None:
    starting = waiting_pod()
    failed = event(starting, "FailedMount", 'MountVolume.SetUp failed for volume "files" : timed out')
    pulling = event(starting, "Pulling", "Pulling image", "hello", lastTimestamp="2026-01-31T12:00:20Z")
    assert causes(starting, failed, pulling) == ()


def test_a_key_missing_in_a_mounted_config_map_is_named() -> None:
    stuck = waiting_pod(volumes=[{"name": "files", "configMap": {"name": "settings"}}])
    words = 'MountVolume.SetUp failed for volume "files" : configmap references non-existent config key: app.ini'
    assert only_cause(stuck, event(stuck, "FailedMount", words)).sentence == (
        "Pod hello-1 cannot start: the ConfigMap settings has no key app.ini, and its volume files needs it."
    )


def test_a_sandbox_that_cannot_be_made_is_told() -> None:
    stuck = waiting_pod()
    words = "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to set up network: no IP addresses"
    cause = only_cause(stuck, event(stuck, "FailedCreatePodSandBox", words))
    assert (cause.id, cause.patience.grace) == ("sandbox-failing", 60)
    assert cause.sentence == (
        "Pod hello-1 cannot start: its node cannot make a sandbox for it: failed to set up network: no IP addresses."
    )


def test_events_of_another_pod_of_the_same_name_are_not_believed() -> None:
    stuck = waiting_pod()
    told = event(stuck, "FailedMount", 'MountVolume.SetUp failed for volume "files" : x')
    told["involvedObject"]["uid"] = "uid-of-the-one-before"
    assert causes(stuck, told) == ()


UNBOUND = "0/1 nodes are available: 1 pod has unbound immediate PersistentVolumeClaims."
DATA = {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]}
CLAIM = {"kind": "PersistentVolumeClaim", "metadata": {"name": "data", "uid": "uid-data"}}


def test_an_unbound_claim_is_named_and_says_why() -> None:
    stuck = unscheduled(UNBOUND, spec=DATA)
    failed = event(CLAIM, "FailedBinding", "no persistent volumes available for this claim and no storage class is set")
    cause = only_cause(stuck, failed)
    assert (cause.id, cause.patience.grace) == ("volume-claim-unbound", 60)
    assert cause.sentence == (
        "Pod hello-1 cannot be placed on a node: its PersistentVolumeClaim data is not bound to a volume: no "
        "persistent volumes available for this claim and no storage class is set."
    )
    assert only_cause(unscheduled(UNBOUND, spec=DATA)).sentence.endswith(
        "its PersistentVolumeClaim data is not bound to a volume."
    )


def test_a_missing_claim_is_named() -> None:
    cause = only_cause(unscheduled('0/1 nodes are available: 1 persistentvolumeclaim "data" not found.'))
    assert cause.id == "volume-claim-missing"


TAINTED = [
    ("node.kubernetes.io/disk-pressure: ", "it runs short of disk (node pressure)"),
    ("node.kubernetes.io/not-ready: ", "it is not ready"),
    ("node.kubernetes.io/unreachable: ", "it is not ready"),
    ("node.kubernetes.io/unschedulable: ", "it is closed for new pods (cordoned)"),
    ("dedicated: gpu", "a taint that it does not tolerate, dedicated: gpu"),
]


@pytest.mark.parametrize(("taint", "why"), TAINTED)
@pytest.mark.parametrize("words", ["had taint {{{}}}, that the pod didn't tolerate", "had untolerated taint {{{}}}"])
def test_the_state_of_a_node_is_told_by_its_taint(words: str, taint: str, why: str) -> None:
    cause = only_cause(unscheduled(f"0/1 nodes are available: 1 node(s) {words.format(taint)}."))
    assert cause.sentence == f"Pod hello-1 cannot be placed on a node: {why} (the only node)."


def test_whether_the_cluster_adds_a_node_is_part_of_the_sentence() -> None:
    stuck = unscheduled("0/1 nodes are available: 1 Insufficient cpu.")
    grows = event(stuck, "TriggeredScaleUp", "pod triggered scale-up: [{group 1->2 (max: 5)}]")
    assert only_cause(stuck, grows).sentence.endswith("(the only node); the cluster is adding a node for it.")
    full = event(stuck, "NotTriggerScaleUp", "pod didn't trigger scale-up: 1 max node group size reached")
    assert only_cause(stuck, full).sentence.endswith(
        "(the only node); the cluster adds no node for it (pod didn't trigger scale-up: 1 max node group size reached)."
    )
    karpenter = event(stuck, "FailedScheduling", "no instance type fits", source={"component": "karpenter"})
    assert only_cause(stuck, karpenter).sentence.endswith("adds no node for it (no instance type fits).")


def test_each_lack_has_its_own_remedy() -> None:
    cause = only_cause(unscheduled("0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had taint {a: b}."))
    assert "resources.requests" in cause.remedy
    assert "toleration" in cause.remedy


def test_a_scheduler_that_does_not_exist_never_looks() -> None:
    cause = only_cause(pod("hello-1", container_status(), spec={"schedulerName": "mine"}))
    assert (cause.id, cause.patience.grace) == ("scheduler-missing", 60)
    assert cause.sentence == "Pod hello-1 is not placed on a node: no scheduler called mine has looked at it."


def test_a_closed_readiness_gate_is_named() -> None:
    ready = container_status(ready=True, state=running())
    gated = pod(
        "hello-1",
        ready,
        spec={"readinessGates": [{"conditionType": "example.com/lb"}]},
        status={"conditions": [{"type": "ContainersReady", "status": "True"}]},
    )
    gated["status"]["conditions"] = [
        {"type": "ContainersReady", "status": "True"},
        {
            "type": "Ready",
            "status": "False",
            "message": 'the status of pod readiness gate "example.com/lb" is not "True"',
        },
    ]
    cause = only_cause(gated)
    assert (cause.id, cause.patience.grace) == ("readiness-gate-unmet", 120)
    assert cause.sentence == "Pod hello-1 is running but not ready: its readiness gate example.com/lb is closed."


def test_a_probe_that_has_not_answered_is_waited_for() -> None:
    slow = pod("hello-1", container_status(state=running()))
    slow["spec"]["containers"][0]["readinessProbe"] = {"initialDelaySeconds": 30}
    cause = only_cause(slow)
    assert (cause.id, cause.patience.grace) == ("never-ready", 210)


def test_a_container_that_a_probe_may_have_ended_is_given_time_for_the_event_that_says_so() -> None:
    ended = pod("hello-1", container_status(restarts=2, state=waiting("CrashLoopBackOff"), lastState=terminated(137)))
    ended["spec"]["containers"][0]["livenessProbe"] = {}
    assert [(cause.id, cause.patience.grace) for cause in causes(ended)] == [("crash-loop", 10)]
    killed = event(ended, "Killing", "Container hello failed liveness probe, will be restarted", "hello")
    assert [(cause.id, cause.patience.grace) for cause in causes(ended, killed)] == [("liveness-killed", 0)]


def test_an_event_that_is_ahead_of_the_status_is_believed() -> None:
    creating = pod("hello-1", container_status(state=waiting("ContainerCreating")))
    words = (
        'Error: failed to start container "abc": OCI runtime create failed: exec: "serve": executable file not found'
    )
    failed = event(creating, "Failed", words, "hello")
    assert [cause.id for cause in causes(creating, failed)] == ["command-not-found"]
    started = event(creating, "Started", "Started container hello", "hello", lastTimestamp="2026-01-31T12:00:20Z")
    assert causes(creating, failed, started) == ()
