"""Options become a plan: what is gated, what needs a keeper, what is secret, what each shard is told."""

from __future__ import annotations

from cdkit_pods.options.folders import FilePlan
from cdkit_pods.options.translate import LONGEST_VARIABLE, Occasion, pod_plan
from cdkit_pods.options.wait import Wait
from cdkit_pods.plan import PodPlan
from cdkit_pods.spec import Container, Mount, Volume
from tests.unit.pods.options.reading import read


def planned(text: str, **occasion: object) -> PodPlan:
    return pod_plan(read(text), Occasion(step="test", run_id="run-1", **occasion))  # type: ignore[arg-type]


def container(plan: PodPlan, name: str) -> Container:
    return next(each for each in plan.spec.containers if each.name == name)


def test_tests_alone_are_one_container_without_a_gate_or_a_keeper() -> None:
    plan = planned("command: python -m 'my tests'\ncpu: 500m\nmemory: 64Mi\nshm: 1Mi\nlongest: 90s")
    (test,) = plan.spec.containers
    assert (test.command, test.cpus, test.memory, test.shared_memory) == (
        ("python", "-m", "my tests"),
        0.5,
        64 * 2**20,
        2**20,
    )
    assert (test.gated, plan.spec.keeper, plan.is_one_container, plan.spec.longest) == (False, False, True, 90)


def test_a_volume_alone_needs_no_keeper() -> None:
    plan = planned("volumes: {data: {size: 1Ki, in_memory: true}}\nmounts: {data: /data}")
    assert plan.spec.volumes == (Volume(name="data", size=1024, in_memory=True),)
    assert container(plan, "test").mounts == (Mount(volume="data", path="/data"),)
    assert not plan.spec.keeper


def test_services_start_at_once_unless_they_need_another() -> None:
    plan = planned("services: {db: {image: db, ports: [5432]}, api: {image: api, needs: [db]}}\nhosts: [shop.local]")
    assert [each.name for each in plan.spec.containers] == ["db", "api", "test"]
    assert [each.gated for each in plan.spec.containers] == [False, True, True]
    assert [each.gated for each in plan.services] == [False, True]
    assert plan.spec.keeper
    assert plan.spec.aliases == ("db", "api", "shop.local")


def test_a_service_is_ready_when_it_is_healthy_or_else_all_of_its_ports_are() -> None:
    plan = planned(
        "services:\n  one: {image: x, ports: [1]}\n  two: {image: x, ports: [2, 3]}\n"
        "  well: {image: x, ports: [4], health: {command: check}}\n"
        "  told: {image: x, ports: [5, 6], health: {command: check}, ready: {tcp: 6}}\n"
    )
    assert [service.wait for service in plan.services] == [
        Wait(tcp=1),
        Wait(all_of=[Wait(tcp=2), Wait(tcp=3)]),
        Wait(healthy=True),
        Wait(tcp=6),
    ]
    assert [container(plan, name).needs_health for name in ("one", "well", "told")] == [False, True, False]


def test_a_service_is_ready_when_what_it_says_has_come() -> None:
    plan = planned(
        "services:\n  db: {image: x, ports: [1]}\n  job: {image: x}\n  seed: {image: x, ready: {exited: 0}}\n"
        "  slow: {image: x, ready: [{healthy: true}, {after: 1s}]}"
    )
    first, second, third, fourth = plan.services
    assert first.wait == Wait(tcp=1)
    assert second.wait is None
    assert (second.may_end, third.may_end) == (False, True)
    assert fourth.wait is not None
    assert [part.given for part in fourth.wait.parts] == [["healthy"], ["after"]]
    assert [container(plan, name).needs_health for name in ("db", "slow")] == [False, True]


def test_a_service_that_mounts_files_waits_for_them() -> None:
    plan = planned("files: {sql: /sql, more: /sql}\nservices: {db: {image: db, mounts: {sql: /init}}}")
    assert plan.files == {"cdkit-files-0": (FilePlan(path="sql"), FilePlan(path="more"))}
    assert container(plan, "db").mounts == (Mount(volume="cdkit-files-0", path="/init"),)
    assert container(plan, "db").gated
    assert container(plan, "test").gated


def test_a_single_file_gets_the_name_under_which_it_is_wanted() -> None:
    plan = planned(
        "files: {app.toml: /conf/own.toml, other.toml: /conf/b}", is_file=lambda path: path.endswith(".toml")
    )
    files = (FilePlan(path="app.toml", name="own.toml"), FilePlan(path="other.toml", name="b"))
    assert plan.files == {"cdkit-files-0": files}
    assert container(plan, "test").mounts == (Mount(volume="cdkit-files-0", path="/conf"),)


def test_artifacts_are_volumes_that_services_may_write_to_as_well() -> None:
    plan = planned("artifacts: [/reports, /build/Out]\nservices: {web: {image: x, mounts: {/reports: /shots}}}")
    assert plan.artifacts == {"cdkit-artifacts-0": "reports", "cdkit-artifacts-1": "build-out"}
    assert container(plan, "web").mounts == (Mount(volume="cdkit-artifacts-0", path="/shots"),)
    assert [mount.path for mount in container(plan, "test").mounts] == ["/reports", "/build/Out"]
    assert planned("artifacts: {shots: /x}").artifacts == {"cdkit-artifacts-0": "shots"}
    assert planned("artifacts: [/x]").spec.keeper


def test_commands_before_the_tests_are_as_the_tests_but_for_what_they_say() -> None:
    plan = planned(
        "env: {A: a}\nworking_dir: /src\ncommand: pytest\ninit:\n- migrate --all\n- [seed, 'a b']\n"
        "- {name: other, image: tool, command: go, env: {B: b}}"
    )
    assert plan.init == ("init-1", "init-2", "other")
    first, second, third = (container(plan, name) for name in plan.init)
    assert (first.image, first.command, first.env, first.working_dir) == (
        "tests",
        ("migrate", "--all"),
        {"A": "a"},
        "/src",
    )
    assert second.command == ("seed", "a b")
    assert (third.image, third.env, third.working_dir) == ("tool", {"A": "a", "B": "b"}, "")
    assert all(each.gated for each in plan.spec.containers)


def test_variables_that_hold_a_secret_are_kept_apart() -> None:
    plan = planned("env: {URL: 'db://u:s3cret@db', PLAIN: x}", is_secret=lambda text: "s3cret" in text)
    test = container(plan, "test")
    assert test.env == {"PLAIN": "x"}
    assert test.secret_env == {"URL": "db://u:s3cret@db"}


def test_a_shard_and_an_attempt_know_which_they_are() -> None:
    assert container(planned("env: {}"), "test").env == {}
    plan = planned("shards: 3\nretry_failed: 1", shard=2, attempt=2, failed_tests=["a::b", "c::d\ne"])
    assert container(plan, "test").env == {
        "CDKIT_SHARD_INDEX": "2",
        "CDKIT_SHARD_TOTAL": "3",
        "JOB_COMPLETION_INDEX": "2",
        "CDKIT_ATTEMPT": "2",
        "CDKIT_FAILED_TESTS": "a::b\nc::d e",
    }
    assert (plan.shard, plan.attempt) == (2, 2)


def test_more_failed_tests_than_a_variable_can_hold_are_told_as_all() -> None:
    plan = planned("retry_failed: 1", attempt=2, failed_tests=["x" * LONGEST_VARIABLE, "y"])
    assert container(plan, "test").env["CDKIT_FAILED_TESTS"] == ""
