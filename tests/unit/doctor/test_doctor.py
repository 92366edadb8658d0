"""The doctor names what is missing, and takes no longer than a few seconds."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cdkit.doctor.checks import cluster, engine, git, interpreter, logins, plugins
from cdkit.doctor.examine import PATIENCE, Check, examine
from cdkit.doctor.finding import Finding
from cdkit.doctor.place import Place
from cdkit.engine.messages import Interrupted, Messages
from cdkit.errors import AccessDenied, Cancelled, EngineUnreachable
from cdkit.flow.cancellation import Cancellation
from cdkit.flow.clock import Inbox
from cdkit.plugin.installed import installed_plugins
from cdkit.plugin.manager import BrokenPlugin, StepRegistry, load_steps
from cdkit.report.findings import finding_lines
from cdkit.report.style import Style
from cdkit.testing import FakeClock, FakeCluster, FakeImageEngine, FakeProcesses, FakeWorld

BUILT_IN = load_steps(installed_plugins())


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A place where nothing is."""
    return Place(
        world=FakeWorld(),
        environ={},
        home=tmp_path,
        workspace=tmp_path,
        python=(3, 11, 2),
        find_program=lambda _: None,
        load_steps=lambda: BUILT_IN,
        cancellation=Cancellation(),
        engine_socket=tmp_path / "docker.sock",
    )


def changed(place: Place, **fields: Any) -> Place:
    return msgspec.structs.replace(place, **fields)


def health(check: Check, place: Place) -> list[tuple[str, str]]:
    return [(finding.about, finding.health) for finding in check(place)]


def test_nothing_that_may_not_be_needed_is_wrong_only_because_it_is_not_there(place: Place) -> None:
    for check in (engine.check, logins.check, cluster.check, git.check):
        assert [finding.health for finding in check(place)] == ["remark"]


def test_an_old_python_is_wrong(place: Place) -> None:
    assert health(interpreter.check, place) == [("python", "well")]
    assert health(interpreter.check, changed(place, python=(3, 10, 9))) == [("python", "wrong")]


def test_a_broken_plugin_is_named(place: Place) -> None:
    registry = StepRegistry({}, (BrokenPlugin("acme", "ImportError: no module"),))
    (finding,) = plugins.check(changed(place, load_steps=lambda: registry))
    assert (finding.health, "'acme'" in finding.message) == ("wrong", True)


def test_an_engine_that_somebody_speaks_of_must_answer(place: Place) -> None:
    away = FakeImageEngine()
    away.go_away()
    spoken = changed(place, environ={"DOCKER_HOST": "tcp://x"})
    assert health(engine.check, spoken) == [("engine", "well")]
    with pytest.raises(EngineUnreachable):
        list(engine.check(changed(spoken, world=FakeWorld(images=away))))


def configure(place: Place, config: str) -> None:
    folder = place.home / ".docker"
    folder.mkdir()
    (folder / "config.json").write_text(config, encoding="utf-8")


@pytest.mark.parametrize(
    ("config", "programs", "expected", "said"),
    [
        ({}, (), "remark", "has no logins"),
        ({"auths": {"r.example": {"auth": "c2VjcmV0"}}}, (), "well", "logins for r.example"),
        ({"credsStore": "pass"}, (), "wrong", "docker-credential-pass, which is not on PATH"),
        ({"credsStore": "pass"}, ("docker-credential-pass",), "well", "docker-credential-pass keeps the logins"),
        ({"credHelpers": {"r.example": "ecr"}}, (), "wrong", "docker-credential-ecr"),
        ({"credHelpers": {"r.example": "ecr"}}, ("docker-credential-ecr",), "well", "logins for r.example"),
        ({"auths": None, "credHelpers": None}, (), "remark", "has no logins"),
    ],
)
def test_logins_are_those_of_dockers_own_configuration(
    place: Place, config: Any, programs: tuple[str, ...], expected: str, said: str
) -> None:
    configure(place, json.dumps(config))
    (finding,) = logins.check(changed(place, find_program=lambda name: name if name in programs else None))
    assert finding.health == expected
    assert said in finding.message
    assert "c2VjcmV0" not in finding.message


@pytest.mark.parametrize("config", ["{", "[]", '{"credHelpers": 3}', '{"auths": {"r.example": "c2VjcmV0"}}'])
def test_a_configuration_that_no_step_could_read_is_wrong(place: Place, config: str) -> None:
    configure(place, config)
    with pytest.raises(AccessDenied, match="is not a configuration of Docker") as denied:
        list(logins.check(place))
    assert "c2VjcmV0" not in str(denied.value)


def test_logins_of_the_environment_count_too(place: Place) -> None:
    given = json.dumps({"auths": {"r.example": {"auth": "c2VjcmV0"}}})
    (finding,) = logins.check(changed(place, environ={"DOCKER_AUTH_CONFIG": given}))
    assert (finding.health, finding.message) == ("well", "logins for r.example")


def test_a_cluster_without_the_namespace_or_the_permissions_is_wrong(place: Place) -> None:
    fake = FakeCluster()
    here = changed(place, environ={"KUBECONFIG": "x"}, world=FakeWorld(cluster=fake))
    assert health(cluster.check, here) == [("cluster", "well"), ("permissions", "well")]
    assert health(cluster.check, changed(here, namespace="nowhere"))[0] == ("cluster", "wrong")
    fake.deny("create", "pods")
    finding = list(cluster.check(here))[1]
    assert (finding.health, finding.evidence) == ("wrong", ("create pods: run-test-pod",))


def test_git_tells_of_a_shallow_or_a_foreign_checkout(place: Place) -> None:
    def asked(**script: Any) -> list[tuple[str, str]]:
        processes = FakeProcesses().on("git", "rev-parse", **script).on("git", "--version", prints=["git version 2"])
        return health(git.check, changed(place, find_program=str, world=FakeWorld(processes=processes)))

    assert asked(prints=["false"]) == [("git", "well")]
    assert asked(prints=["true"]) == [("git", "remark")]
    assert asked(exit_code=128, complains=["fatal: not a git repository"]) == [("git", "remark")]
    assert asked(exit_code=128, complains=["fatal: detected dubious ownership"]) == [("git", "wrong")]


def well(_: Place) -> Iterator[Finding]:
    yield Finding("one", "well", "fine")


def breaks(_: Place) -> Iterator[Finding]:
    raise ZeroDivisionError("oh")


def fails(_: Place) -> Iterator[Finding]:
    raise EngineUnreachable("It does not answer.")


def never(place: Place) -> Iterator[Finding]:
    stopped = threading.Event()
    place.cancellation.on_cancel(stopped.set)
    stopped.wait()
    yield Finding("never", "well", "too late")


def nothing(_: Place) -> Iterator[Finding]:
    return iter(())


def test_every_check_answers_or_is_said_not_to(place: Place) -> None:
    clock = FakeClock(auto_advance=True)
    inbox: Messages = Inbox()
    checks: dict[str, Check] = {"one": well, "nothing": nothing, "breaks": breaks, "fails": fails}
    found = examine(checks, place, FakeClock(), inbox)
    assert [(finding.about, finding.health, finding.message) for finding in found] == [
        ("one", "well", "fine"),
        ("breaks", "wrong", "This could not be looked at: ZeroDivisionError: oh"),
        ("fails", "wrong", "It does not answer."),
    ]
    (silent,) = examine({"never": never}, changed(place, cancellation=Cancellation()), clock, Inbox())
    assert (silent.health, silent.message) == ("wrong", "No answer within 5 seconds.")
    assert clock.monotonic() == PATIENCE


def test_an_interruption_ends_it(place: Place) -> None:
    inbox: Messages = Inbox()
    inbox.put(Interrupted(2))
    with pytest.raises(Cancelled):
        examine({"never": never}, place, FakeClock(), inbox)


def test_each_finding_is_a_tick_or_a_cause_and_a_remedy() -> None:
    findings = [
        Finding("python", "well", "Python 3.11.2"),
        Finding("git", "remark", "There is no git.", "Install it."),
        Finding("cluster", "wrong", "No\x1b[2J answer.", "See to it.", ("a line",)),
    ]
    assert list(finding_lines(findings, Style())) == [
        "✓ python   Python 3.11.2",
        "! git      There is no git.",
        "           What to do: Install it.",
        "✗ cluster  No answer.",
        "           │ a line",
        "           What to do: See to it.",
    ]
