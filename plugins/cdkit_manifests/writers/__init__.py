"""Writers: one module a form in which manifests can be written down."""

from __future__ import annotations

from typing import Literal

Format = Literal["yaml", "json", "kustomize", "helm"]
"""Plain YAML, one `List` in JSON, a Kustomize base with overlays, or a Helm chart."""
