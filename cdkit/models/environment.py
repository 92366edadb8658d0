"""Where a run deploys to."""

from __future__ import annotations

import msgspec


class Environment(msgspec.Struct, frozen=True):
    """A named place to deploy to.

    Attributes:
        name: its name in the pipeline file; empty when the file declares none.
        context: the kube context; empty means the current one.
        namespace: the Kubernetes namespace; empty means the context's own, else `default`.
        patience: by how much longer than usual a cause may stand there that may pass by itself.
    """

    name: str = ""
    context: str = ""
    namespace: str = ""
    patience: float = 1.0
