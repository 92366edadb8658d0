from __future__ import annotations

from pathlib import Path

import pytest

from cdkit.clients.kube.config import connect
from cdkit.errors import ClusterUnreachable

TWO_CONTEXTS = """
current-context: kind-staging
contexts:
  - {name: kind-staging, context: {cluster: one, user: ci, namespace: web}}
  - {name: kind-production, context: {cluster: one, user: ci}}
clusters: [{name: one, cluster: {server: "https://k.example:6443/"}}]
users: [{name: ci, user: {token: hunter2}}]
"""


def write(folder: Path, text: str) -> str:
    path = folder / "kubeconfig"
    path.write_text(text)
    return str(path)


def refusal(folder: Path, text: str, context: str = "") -> ClusterUnreachable:
    with pytest.raises(ClusterUnreachable) as refused:
        connect(context, write(folder, text))
    assert "hunter2" not in refused.value.message
    return refused.value


def test_the_current_context_gives_server_namespace_and_credentials(tmp_path: Path) -> None:
    server = connect("", write(tmp_path, TWO_CONTEXTS))
    assert (server.host, server.namespace) == ("https://k.example:6443", "web")
    assert server.credentials() == {"authorization": "Bearer hunter2"}


def test_another_context_can_be_chosen(tmp_path: Path) -> None:
    assert connect("kind-production", write(tmp_path, TWO_CONTEXTS)).namespace == "default"


def test_a_context_that_is_written_wrong_is_guessed(tmp_path: Path) -> None:
    error = refusal(tmp_path, TWO_CONTEXTS, "kind-stagin")
    assert "no context 'kind-stagin'" in error.message
    assert error.remedy == "Did you mean 'kind-staging'? Known contexts: kind-production, kind-staging."


def test_a_kubeconfig_without_a_current_context_names_its_contexts(tmp_path: Path) -> None:
    error = refusal(tmp_path, TWO_CONTEXTS.replace("current-context: kind-staging", ""))
    assert "names no current context" in error.message
    assert "kind-production, kind-staging" in error.remedy


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClusterUnreachable, match=r"no kubeconfig at .*nowhere"):
        connect("", str(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1\nb: hunter2", "not YAML at line 2, column 2"),
        ("[]", "not a mapping"),
        ("", "file is empty"),
        (TWO_CONTEXTS.replace("name: one, cluster", "name: two, cluster"), "object with name one"),
        (TWO_CONTEXTS.replace("server:", "servre:").replace("{cluster: one, ", "{"), "Expected key cluster"),
    ],
)
def test_a_file_that_is_none_is_told_without_its_tokens(tmp_path: Path, text: str, said: str) -> None:
    assert said in refusal(tmp_path, text).message


def test_a_credential_plugin_that_fails_is_named(tmp_path: Path) -> None:
    plugin = "exec: {command: no-such-plugin, apiVersion: client.authentication.k8s.io/v1}"
    error = refusal(tmp_path, TWO_CONTEXTS.replace("token: hunter2", plugin))
    assert "no-such-plugin" in error.message
    assert "credential plugin" in error.remedy


def test_a_token_that_ran_out_is_asked_for_anew(tmp_path: Path) -> None:
    """With the libraries that only this needs; here the provider's address does not answer."""
    token = "e30.eyJleHAiOjF9."  # {} and {"exp":1}
    config = f"{{id-token: {token}, refresh-token: r, client-id: c, idp-issuer-url: 'https://127.0.0.1:1'}}"
    provider = f"auth-provider: {{name: oidc, config: {config}}}"
    connect("", write(tmp_path, TWO_CONTEXTS))
    error = refusal(tmp_path, TWO_CONTEXTS.replace("token: hunter2", provider))
    assert "openid-configuration" in str(error.__cause__)


def test_the_package_is_whole_for_everybody_else() -> None:
    import kubernetes
    import requests_oauthlib  # type: ignore[import-untyped]

    assert kubernetes.client.CoreV1Api(kubernetes.client.ApiClient())
    assert isinstance(requests_oauthlib.OAuth2Session, type)


def proxy_to(folder: Path, server: str, cluster: str = "") -> str:
    """The proxy by which a server is asked."""
    text = TWO_CONTEXTS.replace("https://k.example:6443/", server).replace("{server:", f"{{{cluster}server:")
    return connect("", write(folder, text)).connections.proxy


@pytest.fixture
def behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a company."""
    monkeypatch.setenv("HTTPS_PROXY", "proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", ".here.example,10.0.0.0/8")


@pytest.mark.usefixtures("behind_a_proxy")
@pytest.mark.parametrize(
    ("server", "proxy"),
    [
        ("https://k.example:6443", "http://proxy.example:3128"),
        ("https://k.here.example:6443", ""),
        ("https://10.96.0.1", ""),
        ("https://127.0.0.1:6443", ""),
        ("https://localhost:6443", ""),
        ("https://[::1]:6443", ""),
    ],
)
def test_the_proxy_of_the_environment_is_used_as_kubectl_uses_it(tmp_path: Path, server: str, proxy: str) -> None:
    assert proxy_to(tmp_path, server) == proxy


@pytest.mark.usefixtures("behind_a_proxy")
def test_a_proxy_that_the_kubeconfig_names_is_used_whatever_the_environment_says(tmp_path: Path) -> None:
    named = 'proxy-url: "http://u:hunter2@mine.example:8080", '
    for server in ("https://k.example:6443", "https://k.here.example", "https://127.0.0.1:6443"):
        assert proxy_to(tmp_path, server, named) == "http://mine.example:8080"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("socks5://u:hunter2@p.example:1080", "it is socks5://p.example, and only http:// and https:// are known"),
        ("http://u:hunter2@p.example:abc", "its address is not `http://HOST:PORT`"),
        ("http://u:hunter2/@[p", "its address is not `http://HOST:PORT`"),
        ("http://", "its address is not `http://HOST:PORT`"),
    ],
)
def test_what_is_no_proxy_is_said_without_its_login(tmp_path: Path, url: str, why: str) -> None:
    error = refusal(tmp_path, TWO_CONTEXTS.replace("{server:", f'{{proxy-url: "{url}", server:'))
    assert error.message == f"The proxy of context 'kind-staging' cannot be used: {why}."
    assert "`proxy-url`" in error.remedy
