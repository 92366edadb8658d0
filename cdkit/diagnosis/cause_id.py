"""The names of all causes. They never change: build servers, dashboards and people look for them.

`docs/causes.md` has a section for each.
"""

from __future__ import annotations

from typing import Literal

CauseId = Literal[
    # The image
    "image-not-found",
    "image-not-allowed",
    "invalid-image-name",
    "image-never-pulled",
    "wrong-architecture",
    "registry-unreachable",
    "registry-throttled",
    "registry-not-trusted",
    "node-disk-full",
    "image-pull-failing",
    # The start of a container
    "config-missing",
    "container-config-refused",
    "run-as-root-refused",
    "command-not-found",
    "command-not-executable",
    "run-container-error",
    "sandbox-failing",
    "volume-not-mounting",
    "init-container-failing",
    # A container that ran
    "crash-loop",
    "oom-killed",
    "liveness-killed",
    "startup-killed",
    "startup-probe-failing",
    "readiness-failing",
    "readiness-gate-unmet",
    "never-ready",
    # A place for a pod
    "unschedulable",
    "scheduling-gated",
    "scheduler-missing",
    "volume-claim-missing",
    "volume-claim-unbound",
    "volume-claim-lost",
    "node-lost",
    "evicted",
    "preempted",
    "pod-refused-by-node",
    # The creation of pods
    "quota-exceeded",
    "limit-range-violated",
    "service-account-missing",
    "pod-security-refused",
    "admission-refused",
    "admission-unreachable",
    "pod-invalid",
    "pod-creation-failing",
    # Workloads
    "progress-deadline",
    "rollout-paused",
    "old-pod-blocks-rollout",
    "job-backoff-limit",
    "job-deadline",
    "job-failed",
    "job-suspended",
    "cron-job-invalid",
    # Pods that run once
    "command-failed",
    "tests-failed",
    "no-tests",
    "report-unreadable",
    "service-died",
    "service-not-ready",
    "deadline-exceeded",
    "pod-failed",
    "pod-gone",
    # The network
    "service-selects-nothing",
    "service-port-missing",
    "service-without-endpoints",
    "load-balancer-pending",
    "load-balancer-failing",
    "ingress-backend-missing",
    # Everything else
    "autoscaler-target-missing",
    "autoscaler-cannot-scale",
    "definition-name-taken",
    "custom-resource-failed",
    "custom-resource-not-ready",
    "readiness-annotation-invalid",
    "deletion-hanging",
    "termination-hanging",
    "object-gone",
]
