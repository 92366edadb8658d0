"""Going on where a run was left: a step that finished with the same inputs is not run again."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from cdkit.engine.history import PastRun
from cdkit.engine.state import state_folder
from cdkit.models.decoding import convert
from cdkit.models.result import StepResult
from cdkit.pipeline.pipeline import PipelineStep
from cdkit.redact import MASK
from cdkit.step import StepOptions, StepOutputs

KEY_FILE = "key"


class Recalled(msgspec.Struct, frozen=True):
    """What a past run says of a step.

    Attributes:
        reason: why the step is not run again, or why it is.
        outputs: what it handed on then; None when it has to run.
    """

    reason: str
    outputs: StepOutputs | None = None


class Memory:
    """What is known of the run that is continued.

    Args:
        past: that run; None when this run begins anew.
        chosen: the steps that are taken over whatever their inputs were; for `--from`.
        key: the key of the fingerprints.
    """

    def __init__(self, past: PastRun | None, chosen: frozenset[str] = frozenset(), key: bytes = b"") -> None:
        self.key = key
        self._past = past
        self._chosen = chosen

    def recall(self, step: PipelineStep, inputs: str) -> Recalled | None:
        """Whether a step needs to run; None when no run is continued."""
        past = self._past
        if past is None or step.is_final:
            return None
        if self._chosen and step.name not in self._chosen:
            return None
        result = past.results.get(step.name)
        if result is None or result.status != "succeeded":
            return Recalled(f"runs: it had not finished in run {past.id}")
        if step.name not in self._chosen and past.inputs.get(step.name) != inputs:
            return Recalled(f"runs again: its inputs are not those of run {past.id}")
        outputs = _outputs_of(result, step)
        if outputs is None:
            return Recalled(f"runs again: what it handed on in run {past.id} was a secret, or is of another version")
        same = "" if step.name in self._chosen else " with the same inputs"
        return Recalled(f"finished in run {past.id}{same}", outputs)


def _outputs_of(result: StepResult, step: PipelineStep) -> StepOutputs | None:
    if MASK in msgspec.json.encode(result.outputs).decode():
        return None
    try:
        return convert(result.outputs, step.kind.Outputs)
    except msgspec.ValidationError:
        return None


def fingerprint(key: bytes, step: PipelineStep, options: StepOptions, env: Mapping[str, str]) -> str:
    """A name for all that a step is told: its kind, its options, and its own environment variables.

    The files that it reads are not part of it. It is keyed, for a journal may be shown to people who must not be able
    to try out what a secret might be.
    """
    told: list[Any] = [step.kind.name, msgspec.to_builtins(options, enc_hook=str), dict(env)]
    return hmac.new(key, msgspec.json.encode(told, order="deterministic"), hashlib.sha256).hexdigest()


def read_key(workspace: Path) -> bytes:
    """The key of this checkout's fingerprints; made on first use, readable by its owner only."""
    path = state_folder(workspace) / KEY_FILE
    try:
        return path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Two runs may come here at once: each writes its own, and the one that is linked first is the key of both.
    mine = path.with_name(f"{KEY_FILE}-{os.getpid()}-{os.urandom(4).hex()}")
    file = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    os.write(file, os.urandom(32))
    os.close(file)
    try:
        os.link(mine, path)
    except FileExistsError:
        pass
    finally:
        mine.unlink()
    return path.read_bytes()
