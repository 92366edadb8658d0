"""The properties of the fabric8-maven-plugin and of JKube, and what each of them is here.

One table, which both reads a pom and is printed in docs/manifests.md. Names in capitals stand for what the user names.
http://fabric8.io/guide/mavenFabric8Json.html, https://maven.fabric8.io and https://eclipse.dev/jkube/docs
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable
from functools import lru_cache

import msgspec

from cdkit.api import Problem
from cdkit_manifests.settings.trees import Property

Paths = list[tuple[str, str]]
"""Settings by their dotted names, and the text of each."""

PREFIXES = ("fabric8", "jkube")


class Counterpart(msgspec.Struct, frozen=True):
    """One property of fabric8, and what it is here.

    Attributes:
        name: the property without its prefix; words in capitals stand for any one word.
        setting: the setting; empty where it has no meaning any more.
        note: what differs, or why it has none.
        convert: makes the setting's text of the property's; gives dotted names where it is not `setting` alone.
    """

    name: str
    setting: str = ""
    note: str = ""
    convert: Callable[[str], Paths] | None = None


def _empty_dir(medium: str) -> Paths:
    return [("volumes.FOO.memory", "true" if medium.strip().lower() == "memory" else "false")]


def _probe_command(probe: str) -> Callable[[str], Paths]:
    def convert(command: str) -> Paths:
        words = ", ".join(_quoted(word) for word in shlex.split(command))
        return [(f"probes.{probe}.command", f"[{words}]")]

    return convert


def _probe_port(probe: str) -> Callable[[str], Paths]:
    return lambda port: [(f"probes.{probe}.tcp", "true"), (f"probes.{probe}.port", port)]


def _quoted(word: str) -> str:
    return msgspec.json.encode(word).decode()


def _namespace_variable(name: str) -> Paths:
    return [(f"env.{name.strip()}.field", "metadata.namespace")]


def _with_namespace_variable(flag: str) -> Paths:
    return _namespace_variable("KUBERNETES_NAMESPACE") if flag.strip().lower() == "true" else []


def _kind(kind: str) -> Paths:
    known = {"statefulset": "StatefulSet", "daemonset": "DaemonSet", "job": "Job", "cronjob": "CronJob"}
    return [("kind", known.get(kind.strip().lower(), "Deployment"))]


def _extra(path: str) -> Paths:
    return [("combine", f"[{_quoted(path.strip())}]")]


def _probe(name: str, setting: str) -> list[Counterpart]:
    own = f"probes.{setting}"
    return [
        Counterpart(f"{name}.initialDelaySeconds", f"{own}.delay"),
        Counterpart(f"{name}.timeoutSeconds", f"{own}.timeout"),
        Counterpart(f"{name}.exec", f"{own}.command", "divided into words as a shell does", _probe_command(setting)),
        Counterpart(f"{name}.httpGet.host", note="the pod itself is asked"),
        Counterpart(f"{name}.httpGet.port", f"{own}.port"),
        Counterpart(f"{name}.httpGet.path", f"{own}.path"),
        Counterpart(f"{name}.port", f"{own}.tcp", "with the port in `port`", _probe_port(setting)),
    ]


FROM_A_FILE = "env"
"""The setting of `envProperties`, whose file is read by whoever reads the pom."""
_NO_FILE = "the step's option `output` names the file"
_NO_CONSOLE = "it belonged to the fabric8 console"
_IMAGES = "images are the business of `build-image`"

COUNTERPARTS: tuple[Counterpart, ...] = (
    Counterpart("replicas", "replicas"),
    Counterpart("namespace", "namespace"),
    Counterpart("replicationController.name", "name", "all objects have one name"),
    Counterpart("container.name", "container"),
    Counterpart("containerPrivileged", "security.privileged"),
    Counterpart("imagePullPolicy", "pull_policy"),
    Counterpart("imagePullPolicySnapshot", note="a tag that moves is always pulled, all else is not"),
    Counterpart("serviceAccount", "service_account"),
    Counterpart("label.FOO", "labels.FOO"),
    Counterpart("provider", "labels.provider"),
    Counterpart("env.FOO", "env.FOO"),
    Counterpart(
        "envProperties", FROM_A_FILE, "the variables of the file; `src/main/fabric8/env.properties` is read anyway"
    ),
    Counterpart("includeAllEnvironmentVariables", note="there are no JSON Schemas of variables any more"),
    Counterpart("includeNamespaceEnvVar", "env.KUBERNETES_NAMESPACE.field", "for `true`", _with_namespace_variable),
    Counterpart("namespaceEnvVar", "env.FOO.field", "the variable FOO from `metadata.namespace`", _namespace_variable),
    Counterpart("port.container.FOO", "ports.FOO.port"),
    Counterpart("port.host.FOO", "ports.FOO.host"),
    Counterpart("service.name", "service.name"),
    Counterpart("service.type", "service.type"),
    Counterpart("service.headless", "service.headless"),
    Counterpart("service.port", "service.port"),
    Counterpart("service.containerPort", "ports.http.port"),
    Counterpart("service.protocol", "ports.http.protocol"),
    Counterpart("service.port.PORT", "service.ports.PORT"),
    Counterpart("service.containerPort.PORT", "ports.PORT.port"),
    Counterpart("service.nodePort.PORT", "ports.PORT.node"),
    Counterpart("service.protocol.PORT", "ports.PORT.protocol"),
    Counterpart("service.NAME.type", "services.NAME.type"),
    Counterpart("service.NAME.port", "services.NAME.ports.NAME"),
    Counterpart("service.NAME.containerPort", "ports.NAME.port"),
    Counterpart("service.NAME.protocol", "ports.NAME.protocol"),
    Counterpart("service.NAME.port.PORT", "services.NAME.ports.PORT"),
    Counterpart("service.NAME.containerPort.PORT", "ports.PORT.port"),
    Counterpart("service.NAME.nodePort.PORT", "ports.PORT.node"),
    Counterpart("service.NAME.protocol.PORT", "ports.PORT.protocol"),
    Counterpart("volume.FOO.emptyDir", "volumes.FOO.memory", "`true` for the medium Memory", _empty_dir),
    Counterpart("volume.FOO.hostPath", "volumes.FOO.host_path"),
    Counterpart("volume.FOO.mountPath", "volumes.FOO.mount"),
    Counterpart("volume.FOO.readOnly", "volumes.FOO.read_only"),
    Counterpart("volume.FOO.secret", "volumes.FOO.secret"),
    *_probe("livenessProbe", "liveness"),
    *_probe("readinessProbe", "readiness"),
    Counterpart("metrics.scrape", "metrics.scrape"),
    Counterpart("metrics.port", "metrics.port"),
    Counterpart("metrics.scheme", "metrics.scheme"),
    Counterpart("iconRef", "icon", "written as it is; there are no icons of our own"),
    Counterpart("iconUrl", "icon"),
    Counterpart("iconUrlPrefix", note="`icon` is a whole address"),
    Counterpart("iconBranch", note="`icon` is a whole address"),
    Counterpart("parameter.FOO.value", "parameters.FOO"),
    Counterpart("parameter.FOO.description", note="parameters are filled in, and need no description"),
    Counterpart("extra.json", "combine", "", _extra),
    Counterpart("combineDependencies", note="name the archives under `combine`"),
    Counterpart("combineJson.target", note=_NO_FILE),
    Counterpart("combineJson.project", note="parts need no label to tell them apart"),
    Counterpart("json.target", note=_NO_FILE),
    Counterpart("generateJson", note="leave the step out"),
    Counterpart("pureKubernetes", note="nothing of OpenShift is written"),
    Counterpart("extended.environment.metadata", note="commit, branch and build are always known"),
    Counterpart("resourceDir", "fragments"),
    Counterpart("environment", note="`cdkit run --env` says it"),
    Counterpart("domain", note="`domain` is a whole name, such as shop.example.com"),
    Counterpart("createExternalUrls", note="say `domain`"),
    Counterpart("mode", note="nothing of OpenShift is written"),
    Counterpart("profile", note="every setting can be said by itself"),
    Counterpart("enricher.ANY-controller.name", "name"),
    Counterpart("enricher.ANY-controller.type", "kind", "Deployment for what there is no more", _kind),
    Counterpart("enricher.ANY-controller.replicaCount", "replicas"),
    Counterpart("enricher.ANY-controller.pullPolicy", "pull_policy"),
    Counterpart("enricher.ANY-controller.schedule", "schedule"),
    Counterpart("enricher.ANY-service.name", "service.name"),
    Counterpart("enricher.ANY-service.type", "service.type"),
    Counterpart("enricher.ANY-service.headless", "service.headless"),
    Counterpart("enricher.ANY-service.expose", note="say `domain`"),
    Counterpart("enricher.ANY-service.multiPort", note="all ports are opened"),
    Counterpart("enricher.ANY-ingress.host", "domain"),
    Counterpart("enricher.ANY-prometheus.prometheusPort", "metrics.port"),
    Counterpart("enricher.ANY-prometheus.prometheusPath", "metrics.path"),
    Counterpart("enricher.ANY-healthcheck.path", "health"),
    Counterpart("enricher.ANY", note="enrichers here have other names; see above"),
    Counterpart("generator.ANY", note=_IMAGES),
    Counterpart("build.ANY", note=_IMAGES),
    Counterpart("docker.ANY", note=_IMAGES),
)
"""All of them; of several that fit a property the first one counts."""

_PLACEHOLDER = re.compile(r"[A-Z]{3,}")
_SILENT = re.compile(r"(?:.*\.)?version|.*-version|skip.*")
"""What is no setting of manifests, and is found in many a pom all the same."""


def translate(properties: Iterable[Property], problems: list[Problem]) -> tuple[list[Property], list[str]]:
    """Properties of fabric8 and JKube as properties of ours.

    Args:
        properties: with their whole names, prefix and all.
        problems: gets values that cannot be read.

    Returns:
        What they are here, and a note on every one that has no meaning any more.
    """
    found: list[Property] = []
    notes: list[str] = []
    for item in properties:
        name = ".".join(item.path[1:])
        match = _find(name)
        if match is None:
            if not _SILENT.fullmatch(name):
                notes.append(f"{item.source} has no meaning here: cdkit knows no such property.")
            continue
        counterpart, words = match
        if counterpart.setting == FROM_A_FILE:
            continue
        if not counterpart.setting:
            notes.append(f"{item.source} has no meaning any more: {counterpart.note}.")
            continue
        found.extend(_converted(item, counterpart, words, problems))
    return found, notes


def _converted(
    item: Property, known: Counterpart, words: dict[str, str], problems: list[Problem]
) -> Iterable[Property]:
    try:
        settings = known.convert(item.text) if known.convert else [(known.setting, item.text)]
    except ValueError as error:
        problems.append(Problem(f"{'.'.join(item.path)} cannot be read: {error}.", item.position))
        return
    for setting, text in settings:
        # A name of the user's own may have dots in it, so the way is divided before it is filled in.
        path = tuple(words.get(part, part) for part in setting.split("."))
        yield msgspec.structs.replace(item, path=path, text=text)


def _find(name: str) -> tuple[Counterpart, dict[str, str]] | None:
    for counterpart in COUNTERPARTS:
        match = _pattern(counterpart.name).fullmatch(name)
        if match is not None:
            return counterpart, match.groupdict()
    return None


@lru_cache(maxsize=len(COUNTERPARTS))
def _pattern(name: str) -> re.Pattern[str]:
    """The names of the user's own are one word in the middle of a property, and all that is left at its end."""
    parts = []
    for place, part in enumerate(_PLACEHOLDER.split(name)):
        parts.append(re.escape(part))
        if place < len(_PLACEHOLDER.findall(name)):
            word = _PLACEHOLDER.findall(name)[place]
            rest = name.endswith(word) and place == len(_PLACEHOLDER.findall(name)) - 1
            parts.append(f"(?P<{word}>{'.+' if rest else '[^.]+'})")
    return re.compile("".join(parts))
