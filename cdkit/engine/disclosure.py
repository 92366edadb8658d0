"""What may be told of a step's options."""

from __future__ import annotations

from typing import Any

import msgspec

from cdkit.pipeline.pipeline import PipelineStep
from cdkit.pipeline.references import read_references
from cdkit.redact import MASK
from cdkit.step import StepOptions


def disclosed(step: PipelineStep, options: StepOptions) -> dict[str, Any]:
    """The options that stand in the file, with their values.

    One that reads a secret is masked whole: an expression can make something of a secret that the redactor does not
    know (`${{ secrets.TOKEN | upper }}`).
    """
    written = step.options_node.value
    return {
        name: MASK if _reads_secret(node) else msgspec.to_builtins(getattr(options, name), enc_hook=str)
        for name, node in written.items()
        if hasattr(options, name)
    }


def _reads_secret(node: Any) -> bool:
    return any(reference.path[0] == "secrets" for _, reference in read_references([node], []))
