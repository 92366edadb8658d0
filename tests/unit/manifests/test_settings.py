"""Settings: how they may be written, which of several stands, and where each was said."""

from __future__ import annotations

import pytest

from cdkit.api import Duration, InvalidInput, Node, Quantity, parse_document
from cdkit_manifests.settings.model import Settings
from cdkit_manifests.settings.parts import EnvSource, PortSettings, ProbeSettings, ResourceSettings, ServiceSettings
from cdkit_manifests.settings.resolve import Said, resolve


def word(text: str, file: str = "cdkit.yaml") -> Node:
    return parse_document(text, file)


def said(*texts: str, environment: str = "", options: Settings | None = None) -> Said:
    words = [word(text, f"{number}.yaml") for number, text in enumerate(texts, start=1)]
    return resolve(words, environment, options)


def test_what_nobody_said_is_not_said() -> None:
    assert said().settings == Settings()
    assert said().source("replicas") is None


@pytest.mark.parametrize("text", ["pull_secrets: [a]", "pull-secrets: [a]", "pullSecrets: [a]"])
def test_names_may_be_spelled_as_the_language_of_the_file_has_it(text: str) -> None:
    assert said(text).settings.pull_secrets == ["a"]


def test_names_of_the_users_own_are_not_respelled() -> None:
    settings = said("env: {MY-var: x, my_var: y}\nservice: {keepSourceIp: true}").settings
    assert list(settings.env) == ["MY-var", "my_var"]
    assert settings.service == ServiceSettings(keep_source_ip=True)


def test_a_setting_that_is_said_in_two_spellings_is_a_mistake() -> None:
    with pytest.raises(InvalidInput) as raised:
        said("pull_policy: Never\npullPolicy: Always")
    assert raised.value.evidence == ("1.yaml:2:1: 'pullPolicy' is not known here. Did you mean 'pull_policy'?",)


def test_every_problem_of_every_file_is_told_at_once_with_its_place() -> None:
    with pytest.raises(InvalidInput) as raised:
        said("replica: 2\nport: 99999", "environments: {a: {kind: deployment}}")
    assert raised.value.message == "The settings of the manifests in 1.yaml, 2.yaml are wrong."
    assert raised.value.evidence == (
        "1.yaml:1:1: 'replica' is not known here. Did you mean 'replicas'?",
        "1.yaml:2:7: 'port': must be a whole number <= 65535.",
        "2.yaml:1:26: 'kind' cannot be 'deployment'. Did you mean 'Deployment'?",
    )


def test_options_win_over_the_environment_and_that_over_the_rest_and_the_first_file_over_the_second() -> None:
    first = "replicas: 1\nenv: {A: first, B: first, C: first}\nenvironments: {live: {env: {A: live, B: live}}}"
    second = "env: {A: second, D: second}\nenvironments: {live: {env: {B: second live, E: second live}}}"
    found = said(first, second, environment="live", options=Settings(env={"A": "option"}))
    assert found.settings.env == {"A": "option", "B": "live", "C": "first", "D": "second", "E": "second live"}
    assert found.environments == ("live",)
    assert [str(found.source("env", name)) for name in "ABCDE"] == [
        "env.A in the options",
        "env.B in 1.yaml:3",
        "env.C in 1.yaml:2",
        "env.D in 2.yaml:1",
        "env.E in 2.yaml:2",
    ]


def test_another_environment_says_nothing() -> None:
    assert said("environments: {live: {replicas: 3}}", environment="test").settings.replicas is None


def test_lists_are_taken_whole() -> None:
    assert said("args: [a, b]\nenvironments: {live: {args: [c]}}", environment="live").settings.args == ["c"]


def test_nothing_in_a_file_that_wins_takes_back_what_another_says() -> None:
    text = "replicas: 3\nenvironments: {live: {replicas: }}"
    assert said(text, environment="live").settings.replicas is None


def test_port_and_health_are_short_for_the_long_form() -> None:
    settings = said("port: 8080\nports: {admin: 9090}\nhealth: /up\nprobes: {readiness: /ready}").settings
    assert settings.ports == {"admin": 9090, "http": 8080}
    assert (settings.probes.liveness, settings.probes.readiness) == ("/up", "/ready")


def test_a_short_form_wins_over_the_long_one_of_a_file_behind_it() -> None:
    found = said("ports: {http: {port: 80, host: 81}}", options=Settings(port=8080))
    assert found.settings.ports == {"http": 8080}
    assert str(found.source("ports", "http")) == "ports.http in the options"


def test_options_keep_quantities_durations_and_what_they_hold() -> None:
    options = Settings(
        resources=ResourceSettings(cpu=Quantity("100m")),
        drain=Duration(3.5),
        env={"A": EnvSource(field="metadata.name")},
        ports={"web": PortSettings(port=80, service=False)},
    )
    assert resolve([], "", options).settings == options


def test_text_stays_as_it_was_written() -> None:
    settings = said("version: 1.10\nenv: {A: no, B: 007}\nprobes: {liveness: {path: /x, delay: 1m}}").settings
    assert (settings.version, settings.env) == ("1.10", {"A": "no", "B": "007"})
    assert settings.probes.liveness == ProbeSettings(path="/x", delay=Duration(60))


def test_two_files_that_contradict_each_other_only_together_are_told() -> None:
    with pytest.raises(InvalidInput) as raised:
        said("volumes: {a: {mount: /a}}\nautoscale: {max: 3}", "autoscale: {min: 0}")
    assert "'min'" in raised.value.evidence[0]
