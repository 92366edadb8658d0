"""Every setting of the manifests, with what it means: the one place that says so.

The same settings stand under `with:` of the step, under `manifests` in cdkit.yaml, in `[tool.cdkit]` of a
pyproject.toml and at the other places that `own_word` knows. The default of every one of them is 'not said'.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from cdkit.api import Duration, StepOptions
from cdkit_manifests.settings.parts import (
    AutoscaleSettings,
    BudgetSettings,
    ContainerSettings,
    DataSettings,
    EnricherSettings,
    EnvFrom,
    EnvSource,
    IngressSettings,
    JobSettings,
    MetricsSettings,
    NetworkPolicySettings,
    PortSettings,
    ProbesSettings,
    ResourceSettings,
    RolloutSettings,
    SecuritySettings,
    ServiceAccountSettings,
    ServiceSettings,
    VolumeSettings,
)
from cdkit_manifests.settings.types import Count, ObjectName, PortNumber, Text


class Settings(StepOptions, frozen=True, kw_only=True, omit_defaults=True):
    """What the manifests shall say."""

    name: Annotated[str, Meta(description="The name of all objects; the project's own when left out.")] = ""
    namespace: Annotated[
        str, Meta(description="The namespace of all objects; whoever applies them decides when left out.")
    ] = ""
    version: Annotated[str, Meta(description="The application's version, for labels.")] = ""
    part_of: Annotated[str, Meta(description="The larger application that this one is a part of.")] = ""
    component: Annotated[str, Meta(description="What it is in that application, such as `database`.")] = ""
    labels: Annotated[dict[str, str], Meta(description="Labels of all objects and of the pods.")] = {}
    annotations: Annotated[dict[str, str], Meta(description="Annotations of all objects.")] = {}
    pod_annotations: Annotated[dict[str, str], Meta(description="Annotations of the pods.")] = {}
    description: Annotated[str, Meta(description="What the application is for.")] = ""
    license: Annotated[str, Meta(description="Its licence.")] = ""
    documentation: Annotated[str, Meta(description="The address of its documentation.")] = ""
    icon: Annotated[str, Meta(description="The address of its icon.")] = ""

    kind: Annotated[
        Literal["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"] | None,
        Meta(description="What runs the pods; Deployment, and CronJob with a `schedule`, when left out."),
    ] = None
    replicas: Annotated[Count | None, Meta(description="How many pods; 1 when left out.")] = None
    rollout: Annotated[RolloutSettings, Meta(description="How new pods take the place of old ones.")] = (
        RolloutSettings()
    )
    revision_history: Annotated[Count | None, Meta(description="How many old revisions are kept; 5.")] = None
    schedule: Annotated[str, Meta(description="When a CronJob runs, such as `0 3 * * *`.")] = ""
    job: Annotated[JobSettings, Meta(description="For a Job and a CronJob.")] = JobSettings()

    container: Annotated[str, Meta(description="The container's name; the application's when left out.")] = ""
    pull_policy: Annotated[
        Literal["Always", "IfNotPresent", "Never"] | None,
        Meta(description="When the image is pulled; IfNotPresent for a digest or a tag that stays."),
    ] = None
    pull_secrets: Annotated[list[ObjectName], Meta(description="Secrets of the namespace with registry logins.")] = []
    command: Annotated[list[str], Meta(description="The program, in place of the image's own.")] = []
    args: Annotated[list[str], Meta(description="Its arguments, in place of the image's own.")] = []
    workdir: Annotated[str, Meta(description="The folder in which it starts.")] = ""
    port: Annotated[PortNumber | None, Meta(description="The same as `ports: {http: PORT}`.")] = None
    ports: Annotated[dict[str, PortNumber | PortSettings], Meta(description="The ports of the container by name.")] = {}
    health: Annotated[str, Meta(description="The path that answers 200 while the application can serve.")] = ""
    probes: Annotated[ProbesSettings, Meta(description="How to ask a pod whether it is well.")] = ProbesSettings()
    env: Annotated[
        dict[str, str | EnvSource], Meta(description="Environment variables: values, or where a value is from.")
    ] = {}
    env_from: Annotated[list[EnvFrom], Meta(description="ConfigMaps and Secrets, all their keys as variables.")] = []
    resources: Annotated[ResourceSettings, Meta(description="What a pod asks for.")] = ResourceSettings()

    security: Annotated[SecuritySettings, Meta(description="What the application may do.")] = SecuritySettings()
    service_account: Annotated[
        ObjectName | ServiceAccountSettings | None,
        Meta(description="Who the pod is at the API server: the name of an account, or a mapping."),
    ] = None
    spread: Annotated[
        Literal["nodes", "zones", "none"] | None, Meta(description="Over what pods are spread; nodes when left out.")
    ] = None
    node_selector: Annotated[dict[str, str], Meta(description="Labels that a node must have.")] = {}
    priority_class: Annotated[ObjectName, Meta(description="The pods' PriorityClass.")] = ""
    termination_grace: Annotated[Duration | None, Meta(description="How long a pod may take to stop.")] = None
    drain: Annotated[
        Duration | None, Meta(description="How long a pod still answers when it is to stop; 5s behind a Service.")
    ] = None

    service: Annotated[
        bool | ServiceSettings | None, Meta(description="The address of the pods; `false` for none.")
    ] = None
    services: Annotated[dict[str, ServiceSettings], Meta(description="Further Services by name.")] = {}
    domain: Annotated[str | list[Text], Meta(description="The names under which it is reached from outside.")] = ""
    ingress: Annotated[
        bool | IngressSettings | None, Meta(description="The way from outside for `domain`; `false` for none.")
    ] = None
    network_policy: Annotated[
        bool | NetworkPolicySettings | None,
        Meta(description="Who may talk to the pods; `true` lets the namespace in, and nobody is barred when left out."),
    ] = None
    metrics: Annotated[bool | MetricsSettings | None, Meta(description="Figures for Prometheus; `false` for none.")] = (
        None
    )
    autoscale: Annotated[AutoscaleSettings | None, Meta(description="As many pods as there is work.")] = None
    budget: Annotated[
        bool | BudgetSettings | None,
        Meta(description="How many pods stay when nodes are drained; `false` for any number."),
    ] = None

    config: Annotated[dict[str, DataSettings], Meta(description="ConfigMaps by name.")] = {}
    secrets: Annotated[dict[str, DataSettings], Meta(description="Secrets by name.")] = {}
    volumes: Annotated[dict[str, VolumeSettings], Meta(description="Volumes by name.")] = {}
    sidecars: Annotated[dict[str, ContainerSettings], Meta(description="Containers beside it, by name.")] = {}
    init: Annotated[dict[str, ContainerSettings], Meta(description="Containers before it, by name, in order.")] = {}

    enrichers: Annotated[EnricherSettings, Meta(description="Which enrichers work.")] = EnricherSettings()
    fragments: Annotated[
        str, Meta(description="The folder of partial manifests; `k8s` in the project's folder when left out.")
    ] = ""
    combine: Annotated[
        list[Text], Meta(description="Manifests of others: files, folders, archives (.jar, .whl, .zip), packages.")
    ] = []
    parameters: Annotated[dict[str, str], Meta(description="What `${NAME}` in fragments stands for.")] = {}
    external: Annotated[list[Text], Meta(description="Objects that the cluster has already, such as `Secret/db`.")] = []
    rules_off: Annotated[list[Text], Meta(description="Rules of the validation that are not followed.")] = []


class ProjectSettings(Settings, frozen=True, kw_only=True):
    """What a project says in its own files: the settings, and what differs in an environment."""

    environments: Annotated[dict[str, Settings], Meta(description="What differs, by the environment's name.")] = {}
