"""What the image of a Dockerfile says: of its last stage, or of the one that is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdkit.api import InvalidInput, Port, Probe, Project
from cdkit_manifests.readers.docker.health import probe_of
from cdkit_manifests.readers.docker.instructions import expand, instructions
from tests.unit.manifests.reading.files import project

SHELL = ["/bin/sh", "-c"]


def image(folder: Path, text: str, stage: str = "") -> Project:
    return project(folder, {"Dockerfile": text}, stage=stage)


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("FROM x\nEXPOSE 8080\n", (Port(8080),)),
        ("from x\n  expose 8080/tcp 53/UDP 8080\n", (Port(8080), Port(53, protocol="UDP"))),
        ("FROM a AS build\nEXPOSE 1\nFROM b\nEXPOSE 2\n", (Port(2),)),
        ("FROM a AS base\nEXPOSE 1\nFROM base\nEXPOSE 2\n", (Port(1), Port(2))),
        ("FROM x\nARG P=81\nEXPOSE $P\n", (Port(81),)),
        ("ARG P=82\nFROM x\nARG P\nEXPOSE ${P}\n", (Port(82),)),
        ("FROM x\nENV P=83\nEXPOSE ${P:-1}\n", (Port(83),)),
        ("FROM x\nEXPOSE $P ${Q:-84}\n", (Port(84),)),
        ("FROM x\nEXPOSE 99999\nEXPOSE 0\nEXPOSE 1-5\n", None),
        ("FROM x\nEXPOSE 1 2\nCMD app --port 2\n", (Port(2, "http"), Port(1))),
        ("FROM x\nCMD gunicorn -b :90 a\n", (Port(90, "http"),)),
        ('FROM x\nENTRYPOINT ["gunicorn", "a"]\nCMD ["--bind", ":91"]\n', (Port(91, "http"),)),
        ('FROM x\nENTRYPOINT ["/entry.sh"]\nCMD ["puma"]\n', (Port(9292, "http"),)),
        ("FROM nginx:1\n", (Port(80, "http"),)),
        ("FROM mcr.microsoft.com/dotnet/aspnet:6.0\n", (Port(80, "http"),)),
        ("FROM mcr.microsoft.com/dotnet/aspnet:9.0\n", (Port(8080, "http"),)),
        ("FROM mcr.microsoft.com/dotnet/aspnet:9.0\nENV ASPNETCORE_HTTP_PORTS=5000\n", (Port(5000, "http"),)),
        ("FROM mcr.microsoft.com/dotnet/aspnet:9.0\nENV ASPNETCORE_URLS=http://+:5001\n", (Port(5001, "http"),)),
        ("FROM x\nRUN <<EOF\nEXPOSE 1\nEOF\nCOPY <<A <<B /x\nEXPOSE 2\nA\nEXPOSE 3\nB\nEXPOSE 4\n", (Port(4),)),
        ("# escape=`\nFROM x\nEXPOSE `\n  5\n", (Port(5),)),
        ("FROM x\nEXPOSE \\\n # a comment\n\n  6\n", (Port(6),)),
    ],
)
def test_the_ports_of_an_image(tmp_path: Path, text: str, ports: tuple[Port, ...] | None) -> None:
    assert image(tmp_path, text).get("ports") == ports


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ("FROM x\nUSER 1000:1000\n", 1000),
        ("FROM x\nUSER root\n", 0),
        ("FROM x\nUSER 1\nRUN true\nUSER app\n", "app"),
        ("FROM x\nRUN useradd -r -u 1234 -g app app\nUSER app\n", 1234),
        ("FROM x AS a\nRUN adduser app -D --uid=1235\nFROM a\nUSER app:app\n", 1235),
        ("FROM node:22\nUSER node\n", 1000),
        ("FROM php:8-fpm-alpine\nUSER www-data\n", 82),
        ("FROM debian\nUSER www-data\n", 33),
        ("FROM gcr.io/distroless/base-debian12:nonroot\n", 65532),
        ("FROM --platform=linux/amd64 cgr.dev/chainguard/python:latest\n", 65532),
        ("FROM mcr.microsoft.com/dotnet/aspnet:8.0\nUSER $APP_UID\n", 1654),
        ("FROM x\nUSER $NOBODY_KNOWS\n", None),
        ("FROM x\n", None),
    ],
)
def test_the_user_of_an_image(tmp_path: Path, text: str, user: int | str | None) -> None:
    assert image(tmp_path, text).get("user") == user


def test_a_stage_by_name_has_what_the_stages_below_it_say(tmp_path: Path) -> None:
    text = (
        "FROM x AS Base\nVOLUME /a\nWORKDIR /w\nSTOPSIGNAL SIGINT\nHEALTHCHECK CMD check\n"
        "FROM base AS web\nVOLUME ['/b'] \nWORKDIR sub\nHEALTHCHECK NONE\nFROM y\nVOLUME /z\n"
    )
    web = image(tmp_path, text, "WEB")
    assert (web.get("volumes"), web.get("workdir"), web.get("stop_signal")) == (("/a", "[/b]"), "/w/sub", "SIGINT")
    assert web.get("readiness") is None
    assert image(tmp_path, text).get("volumes") == ("/z",)


@pytest.mark.parametrize(
    ("text", "stage", "told"),
    [
        ("EXPOSE 80\n", "", "Dockerfile:1:1: A Dockerfile must have a FROM."),
        ("FROM x AS a\nFROM y\n", "b", "Dockerfile:1:1: It has no stage 'b' (a)."),
        ("FROM x\n", "b", "Dockerfile:1:1: It has no stage 'b' (none has a name)."),
    ],
)
def test_a_dockerfile_without_the_stage_is_told(tmp_path: Path, text: str, stage: str, told: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        image(tmp_path, text, stage)
    assert [str(found) for found in raised.value.problems] == [told]


@pytest.mark.parametrize(
    ("check", "probe"),
    [
        ("CMD curl -f http://localhost:80/health || exit 1", Probe(kind="http", path="/health", port=80)),
        ('CMD ["wget", "-q", "--spider", "http://127.0.0.1:8080"]', Probe(kind="http", path="/", port=8080)),
        ("CMD curl -k https://localhost/a?b=c", Probe(kind="http", path="/a?b=c", port=443, scheme="HTTPS")),
        ("CMD wget -qO- localhost:3000/up >/dev/null", Probe(kind="http", path="/up", port=3000)),
        ("CMD curl -X POST http://localhost/a", Probe(kind="exec", command=(*SHELL, "curl -X POST http://localhost/a"))),
        ("CMD curl http://db/health", Probe(kind="exec", command=(*SHELL, "curl http://db/health"))),
        ("CMD curl http://localhost:$P/", Probe(kind="exec", command=(*SHELL, "curl http://localhost:$P/"))),
        ('CMD ["pg_isready"]', Probe(kind="exec", command=("pg_isready",))),
        (
            "--interval=1m --timeout=1500ms --start-period=0.2s --retries=5 CMD x",
            Probe(
                kind="exec", command=(*SHELL, "x"), period=60, timeout=2, initial_delay=1, failures=5,
            ),
        ),
        ("--interval=nonsense CMD x", Probe(kind="exec", command=(*SHELL, "x"))),
        ("CMD", None),
        ("nonsense", None),
    ],
)  # fmt: skip
def test_a_health_check_is_asked_as_kubernetes_asks(check: str, probe: Probe | None) -> None:
    assert probe_of(check, SHELL) == probe


def test_only_whether_it_lives_is_asked_as_seldom_as_docker_does(tmp_path: Path) -> None:
    found = image(tmp_path, "FROM x\nHEALTHCHECK --interval=5m --timeout=3s CMD check\n")
    assert (found.get("liveness").period, found.get("readiness").period) == (300, None)
    assert found.get("readiness").timeout == 3


def test_the_labels_of_the_image_are_its_metadata(tmp_path: Path) -> None:
    text = 'FROM x\nLABEL org.opencontainers.image.title="a b" org.opencontainers.image.vendor=$V maintainer=me\n'
    found = image(tmp_path, text)
    assert (found.get("name"), found.get("vendor")) == ("a b", None)


def test_an_instruction_that_never_ends_ends_with_the_file() -> None:
    assert [(item.name, item.argument) for item in instructions("FROM x \\\n\nRUN \\")] == [("FROM", "x  RUN")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$A-${A}", "1-1"),
        ("${B:-x}${A:-x}", "x1"),
        ("${A:+y}${B:+y}", "y"),
        (r"\$A", "$"),
        ("$B", "$B"),
        ("${A", "${A"),
    ],
)
def test_variables_are_put_in(text: str, value: str) -> None:
    assert expand(text, {"A": "1"}).startswith(value)
