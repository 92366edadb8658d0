"""A HEALTHCHECK as Kubernetes asks it.

Images often hold no curl once they run in a cluster, and a probe need not start a process: so a check that only gets a
page of the application itself becomes an HTTP probe.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import msgspec

from cdkit.api import Probe
from cdkit_manifests.readers.docker.instructions import exec_form, words

_OPTION = re.compile(r"--(interval|timeout|start-period|start-interval|retries)=(\S+)\s*")
_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+)ms)?")
_GETTERS = frozenset({"curl", "wget"})
_HERE = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "::1"})  # noqa: S104 -- names of the container itself
_UNSAFE = re.compile(r"--(?:data|request|post|header|user)|(?:^|\s)-(?:d|X|H|u)\b")
"""Options with which a request is more than a GET of a page."""
_CHAIN = re.compile(r"\|\||&&|;|\||>")


def probe_of(healthcheck: str, shell: list[str]) -> Probe | None:
    """The probe of the argument of HEALTHCHECK; None where it has no command.

    Args:
        healthcheck: its options, and `CMD` with the command.
        shell: what starts a command that is a line.
    """
    options = dict(_OPTION.findall(healthcheck))
    rest = _OPTION.sub("", healthcheck).strip()
    kind, _, command = rest.partition(" ")
    if kind.upper() != "CMD" or not command.strip():
        return None
    program = exec_form(command.strip())
    asked = _request(program or words(_CHAIN.split(command)[0]), command)
    timing = {
        "initial_delay": _seconds(options.get("start-period", "")),
        "period": _seconds(options.get("interval", "")),
        "timeout": _seconds(options.get("timeout", "")),
        "failures": int(options["retries"]) if options.get("retries", "").isdigit() else None,
    }
    probe = asked or Probe(kind="exec", command=tuple(program or [*shell, command.strip()]))
    return msgspec.structs.replace(probe, **timing)


def _request(program: list[str], command: str) -> Probe | None:
    """The probe of a check that only gets a page from its own container."""
    if not program or program[0].rpartition("/")[2] not in _GETTERS or _UNSAFE.search(command):
        return None
    urls = [word for word in program[1:] if word.startswith(("http://", "https://", "localhost", "127.0.0.1"))]
    if len(urls) != 1 or "$" in urls[0]:
        return None
    parts = urlsplit(urls[0] if "://" in urls[0] else f"http://{urls[0]}")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return None
    if parts.hostname not in _HERE:
        return None
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return Probe(kind="http", path=path, port=port, scheme="HTTPS" if parts.scheme == "https" else "HTTP")


def _seconds(text: str) -> int | None:
    """A duration of Docker in whole seconds, at least one; None where there is none."""
    match = _DURATION.fullmatch(text)
    if not text or match is None:
        return None
    hours, minutes, seconds, milliseconds = (float(part or 0) for part in match.groups())
    whole = hours * 3600 + minutes * 60 + seconds + milliseconds / 1000
    return max(1, -int(-whole // 1))
