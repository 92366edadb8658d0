"""Test pods against the tools that one would use instead: a trivial test, and one that prints much."""

from __future__ import annotations

import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.timing import Figure, command, megabytes, seconds_of
from tests.e2e.tiny import push_tiny_image

ROUNDS = 9
LINES = 200_000
LOG_ROUNDS = 3
TRIVIAL = ("/bin/busybox", "true")
TALKING = (
    "/bin/busybox",
    "awk",
    f'BEGIN {{ for (i = 0; i < {LINES}; i++) print "line " i " which is about as long as what compilers print" }}',
)


class Tool(NamedTuple):
    """What one would use instead of a runtime of test pods.

    Attributes:
        runtime: as in the option of the step.
        run: how its way to run a test once is called.
        test: runs a command in an image once, and leaves nothing.
        logs: how its way to follow a log is called.
        follow: runs a command that prints much, and shows its log while it does; leaves nothing.
    """

    runtime: str
    run: str
    test: Callable[[str, Sequence[str]], None]
    logs: str
    follow: Callable[[str, Sequence[str]], None]


def figures() -> Iterator[Figure]:
    """Of each runtime: the time from the step to its verdict, the speed of logs, and the memory that they take."""
    with tempfile.TemporaryDirectory() as name:
        image = push_tiny_image(Path(name) / "image", os.environ["CDKIT_TEST_REGISTRY"])
        for tool in (DOCKER, KUBERNETES):
            project = Project(Path(name) / tool.runtime, tool.runtime, image)
            yield _trivial(tool, project)
            yield _log_speed(tool, project)
            yield _log_memory(project)


class Project:
    """A pipeline that runs one test pod.

    Args:
        folder: where it is, from now on.
        runtime: of the pod.
        image: of the tests.
    """

    def __init__(self, folder: Path, runtime: str, image: str) -> None:
        folder.mkdir()
        self.folder = folder
        self.runtime = runtime
        self.image = image
        self.run = (sys.executable, "-m", "cdkit", "run")
        self.environ = {**os.environ, "KUBECONFIG": os.environ["CDKIT_TEST_KUBECONFIG"]}

    def write(self, test: Sequence[str]) -> None:
        """Let the tests be a command."""
        options = {"runtime": self.runtime, "image": self.image, "command": list(test)}
        steps = {"test": {"uses": "run-test-pod", "with": options}}
        (self.folder / "cdkit.yaml").write_text(json.dumps({"name": "bench", "steps": steps}))

    def step_seconds(self) -> float:
        """Run it, and give the seconds from the step's beginning to its verdict, as the run's journal has them."""
        command(self.run, directory=str(self.folder), env=self.environ)
        times = {event["type"]: event["time"] for event in self.events() if event["step"] == "test"}
        return float(times["step-finished"] - times["step-started"])

    def events(self) -> Iterator[dict[str, Any]]:
        """The journal of the last run, which may be long: what is held here counts as a child's memory, too."""
        journal = max((self.folder / ".cdkit" / "runs").glob("*/events.jsonl"))
        with journal.open() as lines:
            yield from map(json.loads, lines)


def _trivial(tool: Tool, project: Project) -> Figure:
    project.write(TRIVIAL)
    ours, theirs = _medians(ROUNDS, project.step_seconds, lambda: tool.test(project.image, TRIVIAL))
    what = f"trivial test on {tool.runtime}, against {tool.run}"
    return Figure(what, ours / theirs, 1.2, "times", f"{ours * 1000:.0f} ms to {theirs * 1000:.0f} ms")


def _log_speed(tool: Tool, project: Project) -> Figure:
    project.write(TALKING)
    ours, theirs = _medians(LOG_ROUNDS, project.step_seconds, lambda: tool.follow(project.image, TALKING))
    shown = sum(event["type"] == "step-output" and event["line"].startswith("line ") for event in project.events())
    if shown != LINES:
        raise SystemExit(f"{shown} lines of {LINES} were shown")
    what = f"{LINES:,} log lines on {tool.runtime}, against {tool.logs}"
    # 0.8 of the speed is 1.25 times the seconds.
    return Figure(what, ours / theirs, 1.25, "times", f"{LINES / ours:,.0f} lines/s to {LINES / theirs:,.0f}")


def _log_memory(project: Project) -> Figure:
    memory = megabytes(project.run, directory=str(project.folder), env=project.environ)
    return Figure(
        f"memory of {LINES:,} log lines on {project.runtime}", memory, 100, "MB", "the most that was resident"
    )


def _medians(times: int, ours: Callable[[], float], theirs: Callable[[], object]) -> tuple[float, float]:
    """The median seconds of both. They take turns, after one round that does not count."""
    rounds = [(ours(), seconds_of(theirs)) for _ in range(times + 1)][1:]
    return statistics.median(each[0] for each in rounds), statistics.median(each[1] for each in rounds)


def _docker_run(image: str, test: Sequence[str]) -> None:
    command(["docker", "run", "--rm", image, *test])


def _docker_logs(image: str, test: Sequence[str]) -> None:
    name = f"cdkit-bench-{secrets.token_hex(4)}"
    command(["docker", "run", "--detach", "--name", name, image, *test])
    try:
        with tempfile.TemporaryFile() as out:
            subprocess.run(["docker", "logs", "--follow", name], stdout=out, check=True)
    finally:
        command(["docker", "rm", "--force", name])


def _kubectl(*arguments: str) -> list[str]:
    return [os.environ["CDKIT_TEST_KUBECTL"], "--kubeconfig", os.environ["CDKIT_TEST_KUBECONFIG"], *arguments]


def _kubectl_run(image: str, test: Sequence[str]) -> None:
    name = f"cdkit-bench-{secrets.token_hex(4)}"
    how = (f"--image={image}", "--restart=Never", "--attach", "--rm", "--quiet")
    command(_kubectl("run", name, *how, "--command", "--", *test))


def _kubectl_logs(image: str, test: Sequence[str]) -> None:
    name = f"cdkit-bench-{secrets.token_hex(4)}"
    command(_kubectl("run", name, f"--image={image}", "--restart=Never", "--command", "--", *test))
    try:
        with tempfile.TemporaryFile() as out:
            # It refuses a container that has not started yet.
            while subprocess.run(_kubectl("logs", "--follow", name), stdout=out, stderr=out, check=False).returncode:
                pass
    finally:
        command(_kubectl("delete", "pod", name, "--grace-period=1", "--wait=false"))


DOCKER = Tool("docker", "docker run --rm", _docker_run, "docker logs -f", _docker_logs)
KUBERNETES = Tool("kubernetes", "kubectl run --attach --rm", _kubectl_run, "kubectl logs -f", _kubectl_logs)
