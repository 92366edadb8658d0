"""Applying 300 objects, for the first time and unchanged, against kubectl: beside the API server, and from afar.

A build server is seldom on the machine of the API server. So all is measured twice: over the loopback, where cdkit, the
API server and its etcd share the processors, and over a network of 5 ms there and back. That is a region next door: of
the round trips between two of its regions, Azure names 5 ms as the least in North America and 3 ms in Europe (72 and 28
ms as the most), each the mean of a month: https://learn.microsoft.com/azure/networking/azure-network-latency, 2019.
"""

from __future__ import annotations

import os
import secrets
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from benchmarks.distance import Distance
from benchmarks.timing import Figure, command, megabytes, seconds_of

ROUNDS = 5
THERE_AND_BACK = 0.005
"""Seconds, on the network between a build server and a cluster."""

GOAL = 0.4
TURNS = ("300 new objects", "300 unchanged objects")
COUNTS = {"ServiceAccount": 40, "Role": 40, "RoleBinding": 40, "ConfigMap": 120, "Secret": 60}
"""Kinds that are ready as soon as they are there: kubectl waits for none."""

KUBECTL = os.environ.get("CDKIT_TEST_KUBECTL", "")
KUBECONFIG = os.environ.get("CDKIT_TEST_KUBECONFIG", "")
CDKIT = [sys.executable, "-m", "cdkit"]

Round = tuple[float, float]
"""Seconds of the first time, and of the same again."""

Make = Callable[[Path, str, str], Callable[[], None]]
"""Makes the action of a tool: in a folder, for a namespace, with a kubeconfig."""


def figures() -> Iterator[Figure]:
    """`cdkit run` of an apply as ratios to `kubectl apply --server-side`, and the memory that it takes."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as later:
        folder = Path(name)
        yield from _ratios(_rounds(folder, later, (KUBECONFIG, KUBECONFIG)))
        yield from _ratios_from_afar(folder, later)
        memory = _memory(folder, later)
        yield Figure("memory of an apply of 300 objects", memory, 120.0, "MB", "the most that was resident")


def _ratios_from_afar(folder: Path, later: ExitStack) -> Iterator[Figure]:
    with _distance() as ours, _distance() as theirs:
        rounds = _rounds(folder, later, (_through(ours, folder), _through(theirs, folder)))
    applies = (ROUNDS + 1) * len(TURNS)
    used = " and ".join(f"{relay.cpu_seconds / applies * 1000:.0f} ms" for relay in (ours, theirs))
    away = f"{THERE_AND_BACK * 1000:.0f} ms away"
    yield from _ratios(rounds, f", {away}", f"; an apply has the relay work {used}")


def _ratios(rounds: Sequence[Sequence[Round]], where: str = "", further: str = "") -> Iterator[Figure]:
    for turn, what in enumerate(TURNS):
        ours, theirs = (statistics.median(times[side][turn] for times in rounds) for side in (0, 1))
        detail = f"{ours:.2f} s to {theirs:.2f} s{further}"
        yield Figure(f"apply of {what}{where} / kubectl apply --server-side", ours / theirs, GOAL, "x", detail)


def _rounds(folder: Path, later: ExitStack, kubeconfigs: Sequence[str]) -> list[list[Round]]:
    """The rounds of both tools, which take turns; each has a kubeconfig of its own. The first round does not count."""
    makes: tuple[Make, Make] = (_with_cdkit, _with_kubectl)
    both = list(zip(makes, kubeconfigs, strict=True))
    return [[_measured(make(folder, _namespace(later), given)) for make, given in both] for _ in range(ROUNDS + 1)][1:]


def _measured(action: Callable[[], None]) -> Round:
    return seconds_of(action), seconds_of(action)


def _distance() -> Distance:
    server = urlsplit(_cluster_of(_read(KUBECONFIG))["server"])
    return Distance((server.hostname or "", server.port or 443), THERE_AND_BACK)


def _through(relay: Distance, folder: Path) -> str:
    """A kubeconfig that leads through a relay; the server's certificate is verified for the server's own name."""
    config = _read(KUBECONFIG)
    cluster = _cluster_of(config)
    cluster["tls-server-name"] = urlsplit(cluster["server"]).hostname
    cluster["server"] = f"https://127.0.0.1:{relay.port}"
    file = folder / f"kubeconfig-{relay.port}"
    file.touch(mode=0o600)
    file.write_text(yaml.safe_dump(config))
    return str(file)


def _read(kubeconfig: str) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load(Path(kubeconfig).read_text(encoding="utf-8"))
    return config


def _cluster_of(config: dict[str, Any]) -> dict[str, Any]:
    cluster: dict[str, Any] = config["clusters"][0]["cluster"]
    return cluster


def _memory(folder: Path, later: ExitStack) -> float:
    file = _pipeline(folder, _namespace(later))
    return megabytes([*CDKIT, "run", "--file", str(file)], env=_environ(folder, KUBECONFIG))


def _namespace(later: ExitStack) -> str:
    """A fresh namespace. All are removed in the end: to remove one keeps a server busy while the next is measured."""
    name = f"cdkit-bench-{secrets.token_hex(3)}"
    kubectl = [KUBECTL, "--kubeconfig", KUBECONFIG]
    command([*kubectl, "create", "namespace", name])
    later.callback(command, [*kubectl, "delete", "namespace", name, "--wait=false"])
    return name


def _with_cdkit(folder: Path, namespace: str, kubeconfig: str) -> Callable[[], None]:
    file, environ = _pipeline(folder, namespace), _environ(folder, kubeconfig)
    return lambda: command([*CDKIT, "run", "--file", str(file)], env=environ)


def _with_kubectl(folder: Path, namespace: str, kubeconfig: str) -> Callable[[], None]:
    file = _manifests(folder, namespace)
    return lambda: command([KUBECTL, "--kubeconfig", kubeconfig, "apply", "--server-side", "-f", str(file)])


def _environ(folder: Path, kubeconfig: str) -> dict[str, str]:
    """An installed cdkit has its bytecode; a checkout may be forbidden to write it."""
    given = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return given | {"KUBECONFIG": kubeconfig, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}


def _pipeline(folder: Path, namespace: str) -> Path:
    file = folder / "cdkit.yaml"
    file.write_text(
        f"name: bench\nenvironments: {{bench: {{namespace: {namespace}}}}}\n"
        f"steps:\n  release: {{uses: apply, with: {{manifests: {_manifests(folder, namespace).name}}}}}\n"
    )
    return file


def _manifests(folder: Path, namespace: str) -> Path:
    file = folder / "manifests.yaml"
    objects = [
        _object(kind, number) | {"metadata": {"name": f"{kind.lower()}-{number}", "namespace": namespace}}
        for kind, count in COUNTS.items()
        for number in range(count)
    ]
    file.write_text(yaml.safe_dump_all(objects))
    return file


def _object(kind: str, number: int) -> dict[str, Any]:
    if kind == "Role":
        rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}]
        return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "rules": rules}
    if kind == "RoleBinding":
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": f"role-{number}"}
        subjects = [{"kind": "ServiceAccount", "name": f"serviceaccount-{number}"}]
        return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "roleRef": role, "subjects": subjects}
    field = {"ConfigMap": "data", "Secret": "stringData"}.get(kind)
    values = {f"key-{item}": f"the value of item {item} of object {number}" for item in range(10)}
    return {"apiVersion": "v1", "kind": kind} | ({field: values} if field else {})
