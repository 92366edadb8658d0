"""The platform arguments that every Dockerfile may use.

https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope
"""

from __future__ import annotations

import platform

PLATFORM_ARGUMENTS = frozenset(
    f"{prefix}{part}" for prefix in ("TARGET", "BUILD") for part in ("PLATFORM", "OS", "ARCH", "VARIANT")
)
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm/v7", "i686": "386"}


def native_platform() -> str:
    """What this machine itself is, as images name it: `linux/amd64`."""
    machine = platform.machine().lower()
    return f"linux/{_ARCHITECTURES.get(machine, machine)}"


def platform_arguments(target: str) -> dict[str, str]:
    """`TARGETPLATFORM` and its relatives, for an image that is built here for another platform."""
    return {**_arguments("TARGET", target), **_arguments("BUILD", native_platform())}


def _arguments(prefix: str, name: str) -> dict[str, str]:
    system, _, rest = name.partition("/")
    architecture, _, variant = rest.partition("/")
    return {
        f"{prefix}PLATFORM": name,
        f"{prefix}OS": system,
        f"{prefix}ARCH": architecture,
        f"{prefix}VARIANT": variant,
    }
