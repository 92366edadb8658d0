"""Bundles to write down: an application, and what environments make of it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from cdkit.api import Manifest
from cdkit_manifests.bundle import Bundle

NASTY = (
    *("'", '"', "\\", "\n", "\r\n", "\t", "\x1b[31m", "\u2028", "\ufeff", "😀", "{{ .Values.x }}", "{{", "}}", "{{`"),
    *("# ", ": ", "---\n", "%", "@", "*a", "&a", "!t", "- ", "$(A)", "${A}", "no", "1.10", "0x1f", "1:30", "x" * 300),
)
UNCARRIED = "".join(map(chr, range(0x7F, 0xA0))) + "\ufffe\uffff"
text = st.one_of(
    st.lists(st.sampled_from(NASTY), max_size=5).map("".join),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters=UNCARRIED), max_size=20),
)
word = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
digest = st.sampled_from("abc").map(lambda sign: "sha256:" + 64 * sign)
image = st.one_of(
    st.builds("r:5000/{}@{}".format, word, digest),
    st.builds("r:5000/{}:{}".format, word, st.sampled_from(["1.10", "2", "latest"])),
    st.builds("{}:1@{}".format, word, digest),
)
Edit = Callable[[list[Manifest]], None]


def application(image: str = "r:5000/hello@sha256:" + "a" * 64) -> list[Manifest]:
    """A web service with a bit of everything."""
    labels = {"app.kubernetes.io/name": "hello"}
    web = {
        "name": "web",
        "image": image,
        "env": [{"name": "MODE", "value": "base"}, {"name": "LEVEL", "value": "no"}],
        "ports": [{"name": "http", "containerPort": 8080}],
        "resources": {"limits": {"memory": "128Mi"}},
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108 -- a path in the container
    }
    pod = {
        "containers": [web, {"name": "proxy", "image": "proxy:1", "args": ["--port", "80"]}],
        "volumes": [{"name": "tmp", "emptyDir": {}}],
    }
    spec = {
        "replicas": 2,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": dict(labels)}, "spec": pod},
    }
    service = {"type": "ClusterIP", "selector": labels, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]}
    rule = {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "hello", "port": {"name": "http"}}}}
    return [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "hello-1f"}, "data": {"a": "1"}},
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "hello"}, "spec": service},
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "hello", "labels": labels}, "spec": spec},
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": {"name": "hello"},
            "spec": {"rules": [{"host": "hello.example", "http": {"paths": [rule]}}]},
        },
        {"apiVersion": "example.org/v1", "kind": "Thing", "metadata": {"name": "t"}, "spec": {"list": [{"name": "a"}]}},
    ]


def deployment(objects: list[Manifest]) -> Manifest:
    """The Deployment among objects."""
    return next(item for item in objects if item["kind"] == "Deployment")


def pod(objects: list[Manifest]) -> dict[str, Any]:
    """The pod of the Deployment among objects."""
    spec: dict[str, Any] = deployment(objects)["spec"]["template"]["spec"]
    return spec


def _set_namespace(objects: list[Manifest], name: str) -> None:
    for item in objects:
        item["metadata"]["namespace"] = name


def _set_image(objects: list[Manifest], value: str) -> None:
    pod(objects)["containers"][0]["image"] = value


def _set_env(objects: list[Manifest], values: dict[str, str]) -> None:
    pod(objects)["containers"][0]["env"] = [{"name": name, "value": value} for name, value in values.items()]


def _set_limits(objects: list[Manifest], limits: dict[str, Any]) -> None:
    pod(objects)["containers"][0]["resources"] = {"limits": limits}


def _set_volumes(objects: list[Manifest], names: list[str]) -> None:
    pod(objects)["volumes"] = [{"name": name, "emptyDir": {}} for name in names]


def _replace_config(objects: list[Manifest], name: str, content: str) -> None:
    data = {"file.txt": content, "no": content[:5]}
    objects[0] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def _set_list(objects: list[Manifest], entries: list[Any]) -> None:
    objects[-1]["spec"]["list"] = entries


names = st.sampled_from(["MODE", "LEVEL", "A_B", "OTHER"])
edits: st.SearchStrategy[Edit] = st.one_of(
    word.map(lambda value: lambda objects: _set_namespace(objects, value)),
    image.map(lambda value: lambda objects: _set_image(objects, value)),
    st.dictionaries(names, text, max_size=3).map(lambda values: lambda objects: _set_env(objects, values)),
    st.dictionaries(st.sampled_from(["cpu", "memory"]), st.sampled_from([1, "500m", "1Gi"])).map(
        lambda limits: lambda objects: _set_limits(objects, limits)
    ),
    st.lists(st.sampled_from(["tmp", "cache", "data"]), unique=True).map(
        lambda found: lambda objects: _set_volumes(objects, found)
    ),
    st.tuples(word, text).map(lambda pair: lambda objects: _replace_config(objects, *pair)),
    st.lists(st.one_of(text, st.builds(lambda name: {"name": name, "x": 1}, word)), max_size=3).map(
        lambda entries: lambda objects: _set_list(objects, entries)
    ),
    st.integers(0, 9).map(lambda count: lambda objects: deployment(objects)["spec"].update(replicas=count)),
    st.just(lambda objects: deployment(objects)["spec"].pop("replicas", None)),
    st.just(lambda objects: pod(objects)["containers"].pop(1) if len(pod(objects)["containers"]) > 1 else None),
    st.just(lambda objects: pod(objects)["containers"].reverse()),
    st.lists(text, max_size=3).map(lambda words: lambda objects: pod(objects)["containers"][0].update(command=words)),
    st.just(lambda objects: pod(objects).update(nodeSelector={})),
    st.dictionaries(word, text, min_size=1, max_size=2).map(
        lambda found: lambda objects: deployment(objects)["metadata"].update(annotations=found)
    ),
    st.just(lambda objects: objects.pop(1) if objects[1]["kind"] == "Service" else None),
)  # fmt: skip


def edited(objects: list[Manifest], changes: list[Edit]) -> list[Manifest]:
    """A copy of objects, with some changes."""
    result = copy.deepcopy(objects)
    for change in changes:
        change(result)
    return result


bundles = st.builds(
    lambda base, live, staging, notes: Bundle(
        name="hello",
        objects=edited(application(), base),
        environments={"live": edited(application(), [*base, *live]), "staging": edited(application(), staging)},
        version="1.2rc1",
        description=notes,
    ),
    st.lists(edits, max_size=2),
    st.lists(edits, max_size=3),
    st.lists(edits, max_size=3),
    text,
)
"""Bundles whose environments differ from the base and from each other in whatever way."""
