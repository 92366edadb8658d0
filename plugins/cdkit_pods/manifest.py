"""The manifest of a test pod."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from cdkit.api import Manifest

CONTAINER = "test"
RUN_LABEL = "cdkit.dev/run"
STEP_LABEL = "cdkit.dev/step"
LONGEST_PREFIX = 50
"""Room for the five characters that the API server adds to a generated name, and a dash, in the 63 of a label."""


class TestPod(msgspec.Struct, frozen=True, kw_only=True):
    """What runs in a test pod.

    Attributes:
        step: the step's name, from which the pod's name comes.
        run_id: the run that the pod belongs to.
        namespace: where it runs.
        image: the image.
        command: replaces the image's own command; empty leaves that.
        env: environment variables.
        service_account: empty for the namespace's default, without a token.
        pull_secrets: names of Secrets that hold registry logins.
        resources: how much of each resource it asks for, and may use.
        longest: seconds after which the kubelet ends the pod, should nobody be left who would.
    """

    step: str
    run_id: str
    namespace: str
    image: str
    command: Sequence[str] = ()
    env: Mapping[str, str] = {}
    service_account: str = ""
    pull_secrets: Sequence[str] = ()
    resources: Mapping[str, str] = {}
    longest: int

    def manifest(self) -> Manifest:
        """The pod, named by the API server, so that no two runs ever meet in a name."""
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "generateName": f"{self._prefix()}-",
                "namespace": self.namespace,
                "labels": {
                    "app.kubernetes.io/managed-by": "cdkit",
                    RUN_LABEL: self.run_id,
                    STEP_LABEL: self.step,
                },
            },
            "spec": self._spec(),
        }

    def _spec(self) -> dict[str, Any]:
        spec: dict[str, Any] = {
            "restartPolicy": "Never",
            "activeDeadlineSeconds": self.longest,
            "terminationGracePeriodSeconds": 1,
            "automountServiceAccountToken": bool(self.service_account),
            "containers": [self._container()],
        }
        if self.service_account:
            spec["serviceAccountName"] = self.service_account
        if self.pull_secrets:
            spec["imagePullSecrets"] = [{"name": name} for name in self.pull_secrets]
        return spec

    def _container(self) -> dict[str, Any]:
        container: dict[str, Any] = {
            "name": CONTAINER,
            "image": self.image,
            "securityContext": {"allowPrivilegeEscalation": False},
        }
        if self.resources:
            container["resources"] = {"requests": dict(self.resources), "limits": dict(self.resources)}
        if self.command:
            container["command"] = list(self.command)
        if self.env:
            container["env"] = [{"name": name, "value": value} for name, value in self.env.items()]
        return container

    def _prefix(self) -> str:
        name = re.sub(r"[^a-z0-9]+", "-", self.step.lower()).strip("-") or "test"
        return name[:LONGEST_PREFIX].rstrip("-")
