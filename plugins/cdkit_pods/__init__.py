"""The pod step: run a project's tests where the software will run."""

from __future__ import annotations

from cdkit.api import Step, hookimpl


@hookimpl
def cdkit_register_steps() -> list[type[Step]]:
    """Bring `run-test-pod`."""
    from cdkit_pods.run_test_pod import RunTestPod

    return [RunTestPod]
