"""Plays GitHub's runner for the workflows of the examples: jobs, matrices, composite actions and their outputs.

The shells, the variables and the files are those that GitHub documents:
https://docs.github.com/en/actions/reference/workflows-and-actions/variables
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
"""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

from .conftest import REPOSITORY, Checkout

OUR_ACTION = "cdkit/cdkit@"
CHECKOUT = "actions/checkout@"
_EXPRESSION = re.compile(r"\$\{\{ *([\w.-]+) *\}\}")
_OUTPUT = re.compile(r"^(\w+)<<(\S+)\n(.*?)\n\2\n", re.MULTILINE | re.DOTALL)


class Job(msgspec.Struct):
    """How a job ended.

    Attributes:
        name: its name in the workflow.
        log: what its steps printed.
        summary: the file of GITHUB_STEP_SUMMARY.
        outputs: the outputs of its steps, by their ids.
        failed: a step failed; those behind it did not run.
    """

    name: str
    log: str = ""
    summary: str = ""
    outputs: dict[str, dict[str, str]] = {}
    failed: bool = False

    def known_outputs(self) -> dict[str, str]:
        """The outputs by the names that expressions have for them."""
        return {
            f"steps.{step}.outputs.{name}": value
            for step, outputs in self.outputs.items()
            for name, value in outputs.items()
        }


class Runner:
    """A runner for one checkout.

    Args:
        checkout: what `actions/checkout` would bring.
        temp: the folder of RUNNER_TEMP.
    """

    def __init__(self, checkout: Checkout, temp: Path) -> None:
        self._checkout = checkout
        self._temp = temp
        self._action: dict[str, Any] = yaml.safe_load((REPOSITORY / "action.yml").read_text(encoding="utf-8"))

    def with_cdkit(self) -> Runner:
        """The same, with a Python environment that the action's set-up step finds ready."""
        (self._temp / "cdkit").symlink_to(sys.prefix)
        return self

    def run(self, workflow: Path) -> list[Job]:
        """Run all jobs, each behind those that it needs, which is how they stand in the file."""
        document = yaml.safe_load(workflow.read_text(encoding="utf-8"))
        return [self._job(name, job, matrix) for name, job in document["jobs"].items() for matrix in _combinations(job)]

    def call(self, inputs: Mapping[str, str]) -> Job:
        """A job whose only step calls our action."""
        job = Job("call")
        self._step(job, {"id": "ours", "uses": f"{OUR_ACTION}v0", "with": inputs}, {})
        return job

    def _job(self, name: str, described: Mapping[str, Any], matrix: Mapping[str, str]) -> Job:
        job = Job(name)
        for step in described["steps"]:
            if not job.failed:
                self._step(job, step, {f"matrix.{axis}": value for axis, value in matrix.items()})
        return job

    def _step(self, job: Job, step: Mapping[str, Any], known: Mapping[str, str]) -> None:
        known = {**known, **job.known_outputs()}
        uses = step.get("uses", "")
        if uses.startswith(OUR_ACTION):
            given = {name: _filled(value, known) for name, value in step.get("with", {}).items()}
            job.outputs[step.get("id", "")] = self._composite(job, given)
        elif not uses.startswith(CHECKOUT):
            self._shell(job, step, known)

    def _composite(self, job: Job, given: Mapping[str, str]) -> dict[str, str]:
        """The steps of our action, as they are written; gives its outputs."""
        unknown = set(given) - set(self._action["inputs"])
        assert not unknown, f"the action has no inputs {unknown}"
        inputs = {name: item["default"] for name, item in self._action["inputs"].items()} | dict(given)
        known = {f"inputs.{name}": value for name, value in inputs.items()}
        for step in self._action["runs"]["steps"]:
            if not job.failed:
                assert step["shell"] == "bash"
                outputs = self._shell(job, step, known)
                known |= {f"steps.{step.get('id')}.outputs.{name}": value for name, value in outputs.items()}
        return {name: _filled(item["value"], known) for name, item in self._action["outputs"].items()}

    def _shell(self, job: Job, step: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, str]:
        """One script, with files of its own for what it hands on; gives its outputs."""
        files = {name: self._temp / f"_{name.lower()}" for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.write_text("", encoding="utf-8")
        script = self._temp / "step.sh"
        script.write_text(_filled(step["run"], known), encoding="utf-8")
        own = {name: _filled(value, known) for name, value in step.get("env", {}).items()}
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
        environ = {**self._checkout.environ, **self._documented(), **{n: str(f) for n, f in files.items()}, **own}
        ended = subprocess.run(
            shell,
            cwd=self._checkout.folder,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        job.log += ended.stdout
        job.summary += files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
        job.failed = ended.returncode != 0
        return {name: value for name, _, value in _OUTPUT.findall(files["GITHUB_OUTPUT"].read_text(encoding="utf-8"))}

    def _documented(self) -> dict[str, str]:
        commit = self._checkout.run("git", "rev-parse", "HEAD").stdout.strip()
        return {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(REPOSITORY),
            "GITHUB_ACTOR": "somebody",
            "GITHUB_EVENT_NAME": "push",
            "GITHUB_REF": "refs/heads/main",
            "GITHUB_REF_NAME": "main",
            "GITHUB_REF_TYPE": "branch",
            "GITHUB_REPOSITORY": "team/shop",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_RUN_ID": "1",
            "GITHUB_RUN_NUMBER": "1",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_SHA": commit,
            "GITHUB_WORKSPACE": str(self._checkout.folder),
            "RUNNER_OS": "Linux",
            "RUNNER_TEMP": str(self._temp),
        }


def _combinations(job: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    axes = job.get("strategy", {}).get("matrix", {})
    for values in itertools.product(*axes.values()):
        yield dict(zip(axes, values, strict=True))


def _filled(text: Any, known: Mapping[str, str]) -> str:
    """A text with its expressions; what is not known is empty, as GitHub has it."""
    return _EXPRESSION.sub(lambda found: known.get(found[1], ""), str(text))
