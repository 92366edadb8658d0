"""Requests to a cluster by a proxy that asks nobody what is in them (CONNECT), as companies have one."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.errors import ClusterUnreachable
from cdkit.models.kube import ObjectRef
from tests.certificates import SelfSigned, self_signed
from tests.faults.played_server import PlayedServer, Said, played_server
from tests.faults.tunnel import Tunnel, kubeconfig_by, tunnel

REF = ObjectRef("v1", "ConfigMap", "settings", "staging")
SETTINGS = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "namespace": "staging"}}


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> SelfSigned:
    """The certificate of the API server, and of a proxy that speaks TLS."""
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def server(signed: SelfSigned) -> Iterator[PlayedServer]:
    """An API server that has one ConfigMap."""
    with played_server(str(signed.with_key)) as server:
        server.answers(Said(200, SETTINGS))
        yield server


@pytest.fixture
def proxy() -> Iterator[Tunnel]:
    """A proxy that connects to whatever it is asked for."""
    with tunnel() as proxy:
        yield proxy


def cluster_by(proxy_url: str, server: PlayedServer, signed: SelfSigned, folder: Path) -> KubernetesCluster:
    """A client of the server, whose kubeconfig names a proxy."""
    cluster = {
        "server": f"https://{server.host}",
        "certificate-authority": str(signed.certificate),
        "proxy-url": proxy_url,
    }
    config = {
        "current-context": "far",
        "contexts": [{"name": "far", "context": {"cluster": "far", "user": "ci"}}],
        "clusters": [{"name": "far", "cluster": cluster}],
        "users": [{"name": "ci", "user": {"token": "t0ken"}}],
    }
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return KubernetesCluster.connect("", kubeconfig=str(path))


def with_login(proxy: Tunnel, login: str) -> str:
    """The proxy's URL, with a user and a password."""
    return proxy.url.replace("://", f"://{login}@")


def refusal(cluster: KubernetesCluster) -> ClusterUnreachable:
    with pytest.raises(ClusterUnreachable) as refused:
        cluster.get(REF)
    return refused.value


def test_requests_go_through_the_tunnel_and_the_server_alone_sees_them(
    proxy: Tunnel, server: PlayedServer, signed: SelfSigned, tmp_path: Path
) -> None:
    cluster = cluster_by(proxy.url, server, signed, tmp_path)
    assert cluster.get(REF) == SETTINGS
    assert cluster.apply(SETTINGS) == SETTINGS
    assert proxy.asked == [server.host], "one connection serves for both"
    assert [asked.headers["authorization"] for asked in server.asked] == ["Bearer t0ken"] * 2
    assert {asked.path.partition("?")[0] for asked in server.asked} == {
        "/api/v1/namespaces/staging/configmaps/settings"
    }


def test_the_way_to_a_proxy_may_be_encrypted_too(server: PlayedServer, signed: SelfSigned, tmp_path: Path) -> None:
    with tunnel(str(signed.with_key)) as proxy:
        assert cluster_by(proxy.url, server, signed, tmp_path).get(REF) == SETTINGS
        assert proxy.asked == [server.host]


def test_a_proxy_is_told_the_login_of_its_url(
    proxy: Tunnel, server: PlayedServer, signed: SelfSigned, tmp_path: Path
) -> None:
    proxy.login = f"Basic {base64.b64encode(b'build:p@ss').decode()}"
    assert cluster_by(with_login(proxy, "build:p%40ss"), server, signed, tmp_path).get(REF) == SETTINGS
    assert not [asked for asked in server.asked if "proxy-authorization" in asked.headers]


def test_a_proxy_that_wants_a_login_is_told_as_such_and_not_asked_again(
    proxy: Tunnel, server: PlayedServer, signed: SelfSigned, tmp_path: Path
) -> None:
    proxy.login = "Basic another"
    error = refusal(cluster_by(with_login(proxy, "build:s3cret"), server, signed, tmp_path))
    assert error.message == (
        f"The proxy before the API server of context 'far' (https://{server.host} by the proxy {proxy.url})"
        " does not let us through: 407 Proxy Authentication Required."
    )
    assert "into the proxy's URL" in error.remedy
    assert len(proxy.asked) == 1


def test_a_proxy_that_refuses_says_what_it_would_have_to_allow(
    proxy: Tunnel, server: PlayedServer, signed: SelfSigned, tmp_path: Path
) -> None:
    proxy.refuses_with = 403
    error = refusal(cluster_by(proxy.url, server, signed, tmp_path))
    assert "does not let us through: 403 Forbidden." in error.message
    assert f"Let the proxy connect to {server.host}" in error.remedy
    assert len(proxy.asked) == 1
    assert not server.asked


def test_a_proxy_that_cannot_now_is_asked_again_even_for_what_must_not_happen_twice(
    proxy: Tunnel, server: PlayedServer, signed: SelfSigned, tmp_path: Path
) -> None:
    proxy.refuses_with = 503
    proxy.refusals = 1
    assert cluster_by(proxy.url, server, signed, tmp_path).create(SETTINGS) == SETTINGS
    assert len(proxy.asked) == 2
    assert server.requests == ["POST /api/v1/namespaces/staging/configmaps"]


def test_a_proxy_that_is_away_is_not_taken_for_the_server(
    server: PlayedServer, signed: SelfSigned, tmp_path: Path
) -> None:
    error = refusal(cluster_by("http://build:s3cret@127.0.0.1:1", server, signed, tmp_path))
    assert error.message == (
        f"No answer from the proxy before the API server of context 'far' (https://{server.host}"
        " by the proxy http://127.0.0.1:1): Connection refused."
    )
    assert "`proxy-url`" in error.remedy


@pytest.mark.cluster
def test_a_real_server_is_reached_by_a_proxy(
    proxy: Tunnel, kubeconfig: str, real_cluster: KubernetesCluster, namespace: str, tmp_path: Path
) -> None:
    cluster = KubernetesCluster.connect("", kubeconfig=kubeconfig_by(proxy, kubeconfig, tmp_path))
    mine = SETTINGS | {"metadata": {"name": "settings", "namespace": namespace}}
    cluster.create(mine)
    ref = ObjectRef("v1", "ConfigMap", "settings", namespace)
    cluster.patch(ref, {"data": {"a": "1"}}, "merge")
    found = real_cluster.get(ref)
    assert found is not None
    assert found["data"] == {"a": "1"}
    assert len(set(proxy.asked)) == 1
