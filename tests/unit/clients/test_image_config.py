"""What an image says of how it is run, read from its configuration."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cdkit.clients.image_config import ImageSettings
from cdkit.models.container import HealthCheck, ImageConfig


def described(**settings: Any) -> ImageConfig:
    return msgspec.convert(settings, ImageSettings).described("linux/amd64")


def test_an_image_says_how_it_is_run() -> None:
    assert described(
        Entrypoint=["/docker-entrypoint.sh"],
        Cmd=["postgres", "-c", "fsync=off"],
        Env=["PATH=/usr/bin:/bin", "EMPTY=", "TWICE=a=b", "nothing"],
        User="postgres:postgres",
        WorkingDir="/var/lib",
        Volumes={"/var/lib/postgresql/data": {}},
        ExposedPorts={"5432/tcp": {}},
    ) == ImageConfig(
        entrypoint=("/docker-entrypoint.sh",),
        command=("postgres", "-c", "fsync=off"),
        env={"PATH": "/usr/bin:/bin", "EMPTY": "", "TWICE": "a=b"},
        user="postgres:postgres",
        working_dir="/var/lib",
        volumes=("/var/lib/postgresql/data",),
        platform="linux/amd64",
    )


@pytest.mark.parametrize("settings", [{}, {"Entrypoint": None, "Cmd": None, "Env": None, "Volumes": None}])
def test_an_image_may_say_nothing(settings: dict[str, Any]) -> None:
    assert described(**settings) == ImageConfig(platform="linux/amd64")


def test_a_single_word_of_an_old_builder_is_a_command() -> None:
    assert described(Cmd="top").command == ("top",)


def test_the_times_of_a_health_check_are_seconds() -> None:
    second = 1_000_000_000
    check = {"Test": ["CMD", "pg_isready", "-q"], "Interval": second // 2, "Timeout": 3 * second, "Retries": 9}
    assert described(Healthcheck={**check, "StartPeriod": 60 * second}).health == HealthCheck(
        command=("pg_isready", "-q"), interval=0.5, timeout=3.0, retries=9, start_period=60.0
    )


def test_a_health_check_that_says_no_times_has_those_of_docker() -> None:
    check = described(Healthcheck={"Test": ["CMD", "true"]}).health
    assert check == HealthCheck(command=("true",), interval=30.0, timeout=30.0, retries=3, start_period=0.0)


@pytest.mark.parametrize(
    ("shell", "command"),
    [
        (None, ("/bin/sh", "-c", "curl -f localhost || exit 1")),
        (["/bin/bash", "-ec"], ("/bin/bash", "-ec", "curl -f localhost || exit 1")),
    ],
)
def test_a_health_check_for_a_shell_has_the_shell_of_the_image(
    shell: list[str] | None, command: tuple[str, ...]
) -> None:
    check = described(Healthcheck={"Test": ["CMD-SHELL", "curl -f localhost || exit 1"]}, Shell=shell).health
    assert check is not None
    assert check.command == command


@pytest.mark.parametrize("test", [None, [], ["NONE"], ["CMD"], ["CMD-SHELL"]])
def test_a_health_check_that_is_switched_off_is_none(test: list[str] | None) -> None:
    assert described(Healthcheck={"Test": test}).health is None
