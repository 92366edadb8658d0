"""What is referred to has to be there, in the deployment itself or in the cluster."""

from __future__ import annotations

from typing import Any

import pytest

from cdkit.models.kube import Manifest
from cdkit_deploy.preflight.references import findings
from tests.unit.deploy.preflight.objects import around, container, deployment, made, nothing, problems

SECRET_KEY = {"env": [{"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}]}


def volume(**source: Any) -> dict[str, Any]:
    return {"volumes": [{"name": "data", **source}]}


def stateful(*classes: str) -> Manifest:
    claims: list[dict[str, Any]] = [{"spec": {"storageClassName": name}} for name in classes]
    spec = {"template": {"spec": {"containers": [container()]}}, "volumeClaimTemplates": [{}, *claims]}
    return made("StatefulSet", "db", "apps/v1", spec=spec)


def backend(service: str) -> dict[str, Any]:
    return {"service": {"name": service, "port": {"number": 80}}}


def ingress(**spec: Any) -> Manifest:
    return made("Ingress", "web", "networking.k8s.io/v1", spec=spec)


@pytest.mark.parametrize(
    ("wanted", "missing"),
    [
        (deployment(container(**SECRET_KEY)), "Secret db"),
        (deployment(container(envFrom=[{"configMapRef": {"name": "settings"}}])), "ConfigMap settings"),
        (deployment(pod={"imagePullSecrets": [{"name": "login"}]}), "Secret login"),
        (deployment(pod={"serviceAccountName": "robot"}), "ServiceAccount robot"),
        (deployment(pod=volume(persistentVolumeClaim={"claimName": "disk"})), "PersistentVolumeClaim disk"),
        (deployment(pod=volume(secret={"secretName": "tls"})), "Secret tls"),
        (deployment(pod=volume(configMap={"name": "pages"})), "ConfigMap pages"),
        (deployment(pod=volume(projected={"sources": [{"secret": {"name": "tls"}}]})), "Secret tls"),
        (deployment(pod={"initContainers": [container("init", **SECRET_KEY)]}), "Secret db"),
        (deployment(pod={"priorityClassName": "high"}), "PriorityClass high"),
        (made("PersistentVolumeClaim", "disk", spec={"storageClassName": "fast"}), "StorageClass fast"),
        (stateful("fast"), "StorageClass fast"),
        (ingress(ingressClassName="nginx"), "IngressClass nginx"),
        (ingress(defaultBackend=backend("web")), "Service web"),
        (ingress(rules=[{"host": "a"}, {"http": {"paths": [{"backend": backend("api")}]}}]), "Service api"),
    ],
)
def test_what_is_missing_is_named_with_who_needs_it(wanted: Manifest, missing: str) -> None:
    (message,) = problems(findings(around(wanted)))
    assert f"{wanted['kind']} {wanted['metadata']['name']} needs the {missing}" in message


def test_what_only_the_cluster_s_operator_can_make_has_a_remedy_of_its_own() -> None:
    (account,) = findings(around(deployment(pod={"serviceAccountName": "robot"})))
    (storage,) = findings(around(stateful("fast")))
    assert str(account).endswith("there is none in 'shop'. Add it to the manifests, or create it before.")
    assert str(storage).endswith(
        "there is none. Ask who runs the cluster which StorageClass there is: kubectl get storageclass"
    )


def test_what_the_deployment_itself_brings_is_not_missing() -> None:
    secret = made("Secret", "db", stringData={"password": "x"})
    assert nothing(findings, around(deployment(container(**SECRET_KEY)), secret))


def test_what_the_cluster_has_is_not_missing() -> None:
    live = made("Secret", "db", data={"password": "eA=="})
    assert nothing(findings, around(deployment(container(**SECRET_KEY)), live=[live]))


def test_a_missing_key_is_told_with_the_keys_that_are_there_and_never_their_values() -> None:
    live = made("Secret", "db", data={"user": "c2VjcmV0LXZhbHVl"})
    (message,) = problems(findings(around(deployment(container(**SECRET_KEY)), live=[live])))
    assert message == "Deployment web needs the key 'password' of Secret db, which has 'user'."


def test_a_key_that_a_volume_picks_has_to_be_there() -> None:
    picked = volume(configMap={"name": "pages", "items": [{"key": "index.html", "path": "index.html"}]})
    live = made("ConfigMap", "pages", data={"other.html": ""})
    assert "the key 'index.html'" in problems(findings(around(deployment(pod=picked), live=[live])))[0]


@pytest.mark.parametrize(
    "wanted",
    [
        deployment(container(envFrom=[{"secretRef": {"name": "db", "optional": True}}])),
        deployment(pod=volume(secret={"secretName": "tls", "optional": True})),
        deployment(pod=volume(projected={"sources": [{"secret": {"name": "tls", "optional": True}}]})),
        deployment(
            container(
                env=[{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "s", "key": "a", "optional": True}}}]
            )
        ),
        stateful(),
        ingress(),
        ingress(defaultBackend={"resource": {"kind": "Bucket", "name": "files"}}),
        deployment(pod={"serviceAccountName": "default"}),
        deployment(pod={"priorityClassName": "system-node-critical"}),
        made("PersistentVolumeClaim", "disk", spec={"storageClassName": ""}),
        made("PersistentVolumeClaim", "disk", spec={"storageClassName": "fast", "volumeName": "pv-1"}),
    ],
)
def test_what_is_optional_or_always_there_is_not_asked_for(wanted: Manifest) -> None:
    assert nothing(findings, around(wanted))


def test_one_thing_that_is_needed_twice_by_one_object_is_told_once() -> None:
    twice = deployment(container("a", **SECRET_KEY), container("b", **SECRET_KEY))
    assert len(problems(findings(around(twice)))) == 1
