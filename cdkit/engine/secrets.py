"""Where secret values come from."""

from __future__ import annotations

from collections.abc import Mapping

from cdkit.pipeline.model import SecretSource


def read_secrets(sources: Mapping[str, SecretSource], environ: Mapping[str, str]) -> dict[str, str]:
    """The values of the secrets that have one here. An empty variable is no value: build servers set such ones."""
    values = {name: environ.get(source.env, "") for name, source in sources.items()}
    return {name: value for name, value in values.items() if value.strip()}
