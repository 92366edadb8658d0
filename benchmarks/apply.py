"""Applying 300 objects, for the first time and unchanged, against kubectl."""

from __future__ import annotations

import os
import secrets
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import yaml

from benchmarks.timing import Figure, command, megabytes, seconds_of

ROUNDS = 5
KUBECTL = [os.environ.get("CDKIT_TEST_KUBECTL", ""), "--kubeconfig", os.environ.get("CDKIT_TEST_KUBECONFIG", "")]
COUNTS = {"ServiceAccount": 40, "Role": 40, "RoleBinding": 40, "ConfigMap": 120, "Secret": 60}
"""Kinds that are ready as soon as they are there: kubectl waits for none."""

CDKIT = [sys.executable, "-m", "cdkit"]


def figures() -> Iterator[Figure]:
    """`cdkit run` of an apply as ratios to `kubectl apply --server-side`, and the memory that it takes."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as later:
        folder = Path(name)
        both = (_with_cdkit, _with_kubectl)
        rounds = [[_measured(folder, make, later) for make in both] for _ in range(ROUNDS + 1)][1:]
        for turn, what in enumerate(("300 new objects", "300 unchanged objects")):
            ours, theirs = (statistics.median(times[side][turn] for times in rounds) for side in (0, 1))
            detail = f"{ours:.2f} s to {theirs:.2f} s"
            yield Figure(f"apply of {what} / kubectl apply --server-side", ours / theirs, 0.4, "x", detail)
        memory = _memory(folder, later)
        yield Figure("memory of an apply of 300 objects", memory, 120.0, "MB", "the most that was resident")


def _measured(folder: Path, make: Callable[[Path, str], Callable[[], None]], later: ExitStack) -> tuple[float, float]:
    """The seconds of the first time, and of the same again, in a fresh namespace."""
    action = make(folder, _namespace(later))
    return seconds_of(action), seconds_of(action)


def _memory(folder: Path, later: ExitStack) -> float:
    return megabytes([*CDKIT, "run", "--file", str(_pipeline(folder, _namespace(later)))], env=_environ(folder))


def _namespace(later: ExitStack) -> str:
    """A fresh namespace. All are removed in the end: to remove one keeps a server busy while the next is measured."""
    name = f"cdkit-bench-{secrets.token_hex(3)}"
    command([*KUBECTL, "create", "namespace", name])
    later.callback(command, [*KUBECTL, "delete", "namespace", name, "--wait=false"])
    return name


def _with_cdkit(folder: Path, namespace: str) -> Callable[[], None]:
    file = _pipeline(folder, namespace)
    return lambda: command([*CDKIT, "run", "--file", str(file)], env=_environ(folder))


def _with_kubectl(folder: Path, namespace: str) -> Callable[[], None]:
    file = _manifests(folder, namespace)
    return lambda: command([*KUBECTL, "apply", "--server-side", "-f", str(file)])


def _environ(folder: Path) -> dict[str, str]:
    """An installed cdkit has its bytecode; a checkout may be forbidden to write it."""
    given = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return given | {"KUBECONFIG": KUBECTL[-1], "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}


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
