"""How an image is run, as its configuration says it, in a registry and on an engine. Pure.

https://github.com/opencontainers/image-spec/blob/main/config.md, and of health checks, which only Docker knows,
https://github.com/moby/docker-image-spec/blob/main/spec.md
"""

from __future__ import annotations

import msgspec

from cdkit.models.container import HealthCheck, ImageConfig

NANOSECONDS = 1e9
DEFAULT_CHECK_SECONDS = 30.0
"""From one check to the next, and for one of them, where an image does not say."""

DEFAULT_RETRIES = 3
DEFAULT_SHELL = ("/bin/sh", "-c")

Words = list[str] | str | None
"""Very old builders wrote a single word without a list around it."""


class _HealthSettings(msgspec.Struct, frozen=True, rename="pascal"):
    test: Words = None
    interval: int = 0
    timeout: int = 0
    start_period: int = 0
    retries: int = 0


class ImageSettings(msgspec.Struct, frozen=True, rename="pascal"):
    """The part `config` of a configuration, which an engine calls `Config`."""

    entrypoint: Words = None
    cmd: Words = None
    env: list[str] | None = None
    user: str | None = None
    working_dir: str | None = None
    volumes: dict[str, object] | None = None
    healthcheck: _HealthSettings | None = None
    shell: Words = None

    def described(self, platform: str) -> ImageConfig:
        """What it says.

        Args:
            platform: of the image, `linux/amd64`; it stands beside this part.
        """
        variables = (variable.partition("=") for variable in self.env or ())
        return ImageConfig(
            entrypoint=_words(self.entrypoint),
            command=_words(self.cmd),
            env={name: value for name, equals, value in variables if name and equals},
            user=self.user or "",
            working_dir=self.working_dir or "",
            health=self._health(),
            volumes=tuple(self.volumes or ()),
            platform=platform,
        )

    def _health(self) -> HealthCheck | None:
        settings = self.healthcheck
        command = self._health_command()
        if settings is None or not command:
            return None
        return HealthCheck(
            command=command,
            interval=_seconds(settings.interval),
            timeout=_seconds(settings.timeout),
            retries=settings.retries or DEFAULT_RETRIES,
            start_period=settings.start_period / NANOSECONDS,
        )

    def _health_command(self) -> tuple[str, ...]:
        """Empty also for `NONE`, with which an image switches off the check of the one that it is made from."""
        kind, *command = _words(self.healthcheck.test if self.healthcheck else None) or ("NONE",)
        if kind == "CMD-SHELL" and command:
            return (*(_words(self.shell) or DEFAULT_SHELL), *command)
        return tuple(command) if kind == "CMD" else ()


def _seconds(nanoseconds: int) -> float:
    return nanoseconds / NANOSECONDS if nanoseconds else DEFAULT_CHECK_SECONDS


def _words(said: Words) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said or ())
