"""The settings that are mappings of their own. What is left out was not said; who decides then is the enricher."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from cdkit.api import Duration, Quantity
from cdkit_manifests.settings.types import Count, ObjectName, Part, Percent, PortNumber, Scalar, Text


class PortSettings(Part, frozen=True, kw_only=True):
    """One port of the container."""

    port: Annotated[PortNumber, Meta(description="The port in the container.")]
    protocol: Annotated[Literal["TCP", "UDP", "SCTP"], Meta(description="TCP when left out.")] = "TCP"
    host: Annotated[PortNumber | None, Meta(description="A port of the machine that leads to it.")] = None
    service: Annotated[
        bool | PortNumber | None,
        Meta(description="The port of the Service; 80 for `http`, 443 for `https`, else the same; `false` for none."),
    ] = None
    node: Annotated[PortNumber | None, Meta(description="The port on every node, for a Service of type NodePort.")] = (
        None
    )


class ProbeSettings(Part, frozen=True, kw_only=True):
    """How to ask a pod whether it is well. One of `path`, `command` and `tcp`; the others say how often."""

    path: Annotated[str, Meta(description="A GET request for this path answers 200 to 399.")] = ""
    port: Annotated[
        PortNumber | str | None, Meta(description="The port, by number or name; the first when left out.")
    ] = None
    scheme: Annotated[Literal["HTTP", "HTTPS"] | None, Meta(description="HTTP when left out.")] = None
    headers: Annotated[dict[str, str], Meta(description="Headers of the request.")] = {}
    command: Annotated[list[str], Meta(description="A command in the container that ends with 0.")] = []
    tcp: Annotated[bool | None, Meta(description="The port takes a connection.")] = None
    delay: Annotated[Duration | None, Meta(description="How long to wait before the first question.")] = None
    period: Annotated[Duration | None, Meta(description="How long from one question to the next.")] = None
    timeout: Annotated[Duration | None, Meta(description="How long an answer may take.")] = None
    failures: Annotated[Annotated[int, Meta(ge=1)] | None, Meta(description="How many bad answers in a row count.")] = (
        None
    )


class ProbesSettings(Part, frozen=True, kw_only=True):
    """Each is a path for a GET request, or a mapping; `false` for no such probe."""

    liveness: Annotated[bool | str | ProbeSettings | None, Meta(description="When to start a pod anew.")] = None
    readiness: Annotated[bool | str | ProbeSettings | None, Meta(description="When a pod gets requests.")] = None
    startup: Annotated[
        bool | str | ProbeSettings | None, Meta(description="When the other two begin; made from `liveness`.")
    ] = None


class RolloutSettings(Part, frozen=True, kw_only=True):
    """How new pods take the place of old ones."""

    strategy: Annotated[
        Literal["RollingUpdate", "Recreate", "OnDelete"] | None, Meta(description="RollingUpdate when left out.")
    ] = None
    max_surge: Annotated[Count | Percent | None, Meta(description="How many pods more than wanted.")] = None
    max_unavailable: Annotated[Count | Percent | None, Meta(description="How many pods fewer than wanted.")] = None
    min_ready: Annotated[Duration | None, Meta(description="How long a new pod is ready before it counts.")] = None
    deadline: Annotated[Duration | None, Meta(description="How long without progress until it has failed.")] = None


class JobSettings(Part, frozen=True, kw_only=True):
    """For a Job and a CronJob."""

    retries: Annotated[Count | None, Meta(description="How often a pod that fails is started again.")] = None
    deadline: Annotated[Duration | None, Meta(description="How long it may run.")] = None
    keep: Annotated[Duration | None, Meta(description="How long it is kept after its end.")] = None
    parallelism: Annotated[Count | None, Meta(description="How many pods at once.")] = None
    completions: Annotated[Count | None, Meta(description="How many pods must succeed.")] = None
    concurrency: Annotated[
        Literal["Allow", "Forbid", "Replace"] | None, Meta(description="When the last run goes on yet; Forbid.")
    ] = None
    time_zone: Annotated[str, Meta(description="The time zone of the schedule, such as Europe/Berlin.")] = ""
    suspend: Annotated[bool | None, Meta(description="Start nothing for now.")] = None


class ResourceSettings(Part, frozen=True, kw_only=True):
    """What a container asks for, and what it may take at most."""

    cpu: Annotated[Quantity | None, Meta(description="Processor time that is kept for it.")] = None
    memory: Annotated[Quantity | None, Meta(description="Memory that is kept for it.")] = None
    cpu_limit: Annotated[Quantity | None, Meta(description="The most processor time; none when left out.")] = None
    memory_limit: Annotated[Quantity | None, Meta(description="The most memory; `memory` when left out.")] = None
    storage: Annotated[Quantity | None, Meta(description="Disk space that is kept for it on the node.")] = None
    storage_limit: Annotated[Quantity | None, Meta(description="The most disk space on the node.")] = None


class EnvSource(Part, frozen=True, kw_only=True):
    """Where an environment variable gets its value: one of `config`, `secret`, `field`, `resource`, or `value`."""

    value: Annotated[str | None, Meta(description="The value itself.")] = None
    config: Annotated[ObjectName, Meta(description="A ConfigMap; `key` in it.")] = ""
    secret: Annotated[ObjectName, Meta(description="A Secret; `key` in it.")] = ""
    key: Annotated[str, Meta(description="The key; the variable's own name when left out.")] = ""
    optional: Annotated[bool | None, Meta(description="The pod starts without it too.")] = None
    field: Annotated[str, Meta(description="A field of the pod, such as status.podIP.")] = ""
    resource: Annotated[str, Meta(description="A resource of the container, such as limits.memory.")] = ""


class EnvFrom(Part, frozen=True, kw_only=True):
    """All keys of a ConfigMap or of a Secret as environment variables."""

    config: Annotated[ObjectName, Meta(description="The ConfigMap.")] = ""
    secret: Annotated[ObjectName, Meta(description="The Secret.")] = ""
    prefix: Annotated[str, Meta(description="Goes before every name.")] = ""
    optional: Annotated[bool | None, Meta(description="The pod starts without it too.")] = None


class SecuritySettings(Part, frozen=True, kw_only=True):
    """What the application may do on its node. Everything that a web service does not need is taken away."""

    user: Annotated[Count | None, Meta(description="The numeric user; the image's own when left out.")] = None
    group: Annotated[Count | None, Meta(description="The numeric group.")] = None
    fs_group: Annotated[Count | None, Meta(description="The group that owns the volumes.")] = None
    allow_root: Annotated[bool | None, Meta(description="It may run as root.")] = None
    read_only_root: Annotated[bool | None, Meta(description="Its own files cannot be written; `true`.")] = None
    writable: Annotated[
        list[str], Meta(description="Folders that it must write to, each an empty volume of its own; /tmp is one.")
    ] = []
    privileged: Annotated[bool | None, Meta(description="It may do all that the node may.")] = None
    allow_escalation: Annotated[bool | None, Meta(description="It may gain rights that it does not start with.")] = None
    capabilities: Annotated[list[Text], Meta(description="Capabilities that it keeps, such as NET_BIND_SERVICE.")] = []
    seccomp: Annotated[
        str, Meta(description="RuntimeDefault, Unconfined, or a profile of the node; RuntimeDefault when left out.")
    ] = ""


class ServiceAccountSettings(Part, frozen=True, kw_only=True):
    """Who the pod is at the API server."""

    name: Annotated[ObjectName, Meta(description="Its name; the application's when left out.")] = ""
    create: Annotated[bool | None, Meta(description="Make it; `true` when it is the application's own.")] = None
    token: Annotated[bool | None, Meta(description="Give the pod a token for the API server; `false`.")] = None
    annotations: Annotated[dict[str, str], Meta(description="Annotations, for the identity at a cloud.")] = {}


class ServiceSettings(Part, frozen=True, kw_only=True):
    """The address of the pods inside the cluster."""

    name: Annotated[str, Meta(description="Its name; the application's when left out.")] = ""
    type: Annotated[
        Literal["ClusterIP", "NodePort", "LoadBalancer"] | None, Meta(description="ClusterIP when left out.")
    ] = None
    headless: Annotated[bool | None, Meta(description="No address of its own; the name leads to each pod.")] = None
    port: Annotated[PortNumber | None, Meta(description="The port of the Service for the container's first port.")] = (
        None
    )
    ports: Annotated[
        dict[str, PortNumber], Meta(description="The container's ports by name, and the Service's port of each.")
    ] = {}
    annotations: Annotated[dict[str, str], Meta(description="Annotations, for a load balancer.")] = {}
    affinity: Annotated[bool | None, Meta(description="A client keeps its pod.")] = None
    keep_source_ip: Annotated[bool | None, Meta(description="Traffic from outside stays on its node.")] = None


class IngressSettings(Part, frozen=True, kw_only=True):
    """The way from outside the cluster, for `domain`."""

    by: Annotated[
        Literal["Ingress", "HTTPRoute"] | None,
        Meta(description="The kind of object; HTTPRoute where `gateway` is said, else Ingress."),
    ] = None
    gateway: Annotated[
        str,
        Meta(
            description="The Gateway of an HTTPRoute: NAME or NAMESPACE/NAME.",
            title="the name of a Gateway, `NAME` or `NAMESPACE/NAME`",
            pattern=r"^(?:[a-z0-9][a-z0-9-]{0,62}/)?[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$(?!\n)",
        ),
    ] = ""
    class_name: Annotated[ObjectName, Meta(description="The class of an Ingress; the cluster's own when left out.")] = (
        ""
    )
    path: Annotated[str, Meta(description="The path that leads here; all of them when left out.")] = ""
    port: Annotated[str | None, Meta(description="The port by its name; the first when left out.")] = None
    tls: Annotated[
        bool | ObjectName | None,
        Meta(description="HTTPS: the Secret with the certificate, `NAME-tls`; `false` for none."),
    ] = None
    annotations: Annotated[dict[str, str], Meta(description="Annotations, for the controller.")] = {}


class NetworkPolicySettings(Part, frozen=True, kw_only=True):
    """Who may talk to the pods, and whom they may talk to."""

    from_apps: Annotated[list[Text], Meta(description="Applications of the namespace that may come in.")] = []
    from_namespaces: Annotated[list[Text], Meta(description="Namespaces that may come in.")] = []
    to_apps: Annotated[list[Text], Meta(description="Applications of the namespace that may be called.")] = []
    to_namespaces: Annotated[list[Text], Meta(description="Namespaces that may be called.")] = []
    to_networks: Annotated[list[Text], Meta(description="Networks that may be called, such as 10.0.0.0/8.")] = []


class AutoscaleSettings(Part, frozen=True, kw_only=True):
    """As many pods as there is work."""

    max: Annotated[Annotated[int, Meta(ge=1)], Meta(description="The most pods.")]
    min: Annotated[Annotated[int, Meta(ge=1)] | None, Meta(description="The fewest pods; `replicas`, or 2.")] = None
    cpu: Annotated[
        Annotated[int, Meta(ge=1, le=1000)] | None,
        Meta(description="The processor time to aim at, in percent of what a pod asks for; 80 when nothing is said."),
    ] = None
    memory: Annotated[
        Annotated[int, Meta(ge=1, le=1000)] | None,
        Meta(description="The memory to aim at, in percent of what a pod asks for."),
    ] = None


class BudgetSettings(Part, frozen=True, kw_only=True):
    """How many pods must stay when nodes are drained; one of the two."""

    min_available: Annotated[Count | Percent | None, Meta(description="How many pods stay.")] = None
    max_unavailable: Annotated[Count | Percent | None, Meta(description="How many pods may go at once.")] = None


class MetricsSettings(Part, frozen=True, kw_only=True):
    """Where Prometheus finds figures."""

    scrape: Annotated[bool | None, Meta(description="`false` for not at all.")] = None
    path: Annotated[str, Meta(description="/metrics when left out.")] = ""
    port: Annotated[PortNumber | None, Meta(description="The port; the first when left out.")] = None
    scheme: Annotated[Literal["http", "https"] | None, Meta(description="http when left out.")] = None


class DataSettings(Part, frozen=True, kw_only=True):
    """A ConfigMap or a Secret from files. Its name ends with a hash, so that a change rolls the pods."""

    files: Annotated[list[Text], Meta(description="Files, by paths from the project; `KEY=PATH` names the key.")] = []
    folders: Annotated[list[Text], Meta(description="Folders; every file right in them is a key.")] = []
    values: Annotated[dict[str, str], Meta(description="Values by key.")] = {}
    mount: Annotated[str, Meta(description="The folder in the container in which the keys are files.")] = ""
    env: Annotated[bool | None, Meta(description="The keys are environment variables.")] = None
    hash: Annotated[bool | None, Meta(description="`false` keeps the name the same whatever the content is.")] = None


class VolumeSettings(Part, frozen=True, kw_only=True):
    """A volume of the pod, and where it is mounted. An empty one unless something else is said."""

    mount: Annotated[str, Meta(description="The folder in the container.")] = ""
    sub_path: Annotated[str, Meta(description="The part of the volume that is mounted.")] = ""
    read_only: Annotated[bool | None, Meta(description="It cannot be written.")] = None
    memory: Annotated[bool | None, Meta(description="An empty volume in memory.")] = None
    size: Annotated[Quantity | None, Meta(description="The size of an empty volume or of a claim.")] = None
    host_path: Annotated[str, Meta(description="A path of the node.")] = ""
    secret: Annotated[ObjectName, Meta(description="A Secret.")] = ""
    config: Annotated[ObjectName, Meta(description="A ConfigMap.")] = ""
    claim: Annotated[
        bool | ObjectName | None,
        Meta(description="A PersistentVolumeClaim that is there already, by its name; `true` makes one."),
    ] = None
    storage_class: Annotated[ObjectName, Meta(description="The class of a claim that is made.")] = ""
    access: Annotated[
        Literal["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"] | None,
        Meta(description="Who may mount a claim; ReadWriteOnce when left out."),
    ] = None


class ContainerSettings(Part, frozen=True, kw_only=True):
    """A container beside the application's own, or before it."""

    image: Annotated[str, Meta(description="Its image; the application's own when left out.")] = ""
    command: Annotated[list[str], Meta(description="The program and its arguments.")] = []
    args: Annotated[list[str], Meta(description="Arguments of the image's own program.")] = []
    env: Annotated[dict[str, str | EnvSource], Meta(description="Environment variables.")] = {}
    ports: Annotated[dict[str, PortNumber], Meta(description="Ports by name.")] = {}
    mounts: Annotated[dict[str, str], Meta(description="Volumes of the pod by name, and the folder of each.")] = {}
    resources: Annotated[ResourceSettings, Meta(description="What it asks for.")] = ResourceSettings()
    user: Annotated[Count | None, Meta(description="The numeric user.")] = None
    read_only_root: Annotated[bool | None, Meta(description="Its own files cannot be written; `true`.")] = None
    pull_policy: Annotated[
        Literal["Always", "IfNotPresent", "Never"] | None, Meta(description="When its image is pulled.")
    ] = None


class EnricherSettings(Part, frozen=True, kw_only=True):
    """Which enrichers work. `docs/manifests.md` lists them in their order."""

    include: Annotated[list[Text], Meta(description="Only these.")] = []
    exclude: Annotated[list[Text], Meta(description="Not these.")] = []
    config: Annotated[dict[str, dict[str, Scalar]], Meta(description="By the name of a plugin's enricher.")] = {}
