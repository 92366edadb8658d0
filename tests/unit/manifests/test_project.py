"""The fact model: which of several facts stands, and how a person reads it."""

from __future__ import annotations

import pytest

from cdkit.api import FACTS, EnvVar, Fact, Metrics, Port, Probe, ProcessType, Project, Source


def fact(value: object, confidence: str = "declared", name: str = "version") -> Fact:
    return Fact(name, value, Source("a.toml", 3, "key"), confidence)  # type: ignore[arg-type]


def test_of_several_facts_the_surest_stands_and_of_equally_sure_ones_the_first() -> None:
    project = Project.of([fact("1", "assumed"), fact("2", "derived"), fact("3"), fact("4")])
    assert project.get("version") == "3"
    assert [one.value for one in project.candidates["version"]] == ["3", "4", "2", "1"]


def test_facts_come_in_the_order_of_their_table_whoever_reads_them_first() -> None:
    project = Project.of([fact(1000, name="user"), fact("1"), fact("x", name="name")])
    assert list(project.facts) == ["name", "version", "user"]
    assert list(FACTS)[:2] == ["name", "version"]


def test_what_nobody_says_is_nothing_or_the_default() -> None:
    project = Project.of([])
    assert (project.fact("name"), project.get("name"), project.get("name", "x")) == (None, None, "x")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (Source("pyproject.toml", 14, "gunicorn"), "gunicorn in pyproject.toml:14"),
        (Source("Dockerfile"), "Dockerfile"),
        (Source("Dockerfile", 2), "Dockerfile:2"),
        (Source(note="the git remote"), "the git remote"),
    ],
)
def test_a_source_is_told_as_a_person_would(source: Source, text: str) -> None:
    assert str(source) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("two\nlines", "two lines"),
        ((Port(8000), Port(53, "dns", "UDP")), "8000, 53/udp (dns)"),
        (Probe(kind="http", path="/healthz", port=8080), "HTTP /healthz on port 8080"),
        (Probe(kind="http", path="/", scheme="HTTPS"), "HTTPS /"),
        (Probe(kind="tcp", port=80), "TCP on port 80"),
        (Probe(kind="exec", command=("pg_isready", "-q")), "exec pg_isready -q"),
        (Metrics(), "/metrics"),
        (Metrics("/prom", 9090), "/prom on port 9090"),
        ((EnvVar("A", "1"), EnvVar("B")), "A=1, B"),
        ((ProcessType("web", "serve"),), "web: serve"),
    ],
)
def test_a_value_is_shown_on_one_line(value: object, text: str) -> None:
    assert fact(value).shown == text
