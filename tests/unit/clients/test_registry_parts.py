from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdkit.clients.loopback import is_loopback
from cdkit.clients.registry.address import Address
from cdkit.clients.registry.answers import Answer
from cdkit.clients.registry.authority import Authority
from cdkit.clients.registry.challenges import Challenge, parse_challenges
from cdkit.clients.registry.connections import Connections
from cdkit.clients.registry.endpoint import Endpoint, Request
from cdkit.errors import AccessDenied, InvalidInput, WorldFailed
from cdkit.testing import FakeClock

DIGEST = f"sha256:{'a' * 64}"


@pytest.mark.parametrize(
    ("reference", "address"),
    [
        ("busybox", Address("registry-1.docker.io", "library/busybox", "latest")),
        ("docker.io/busybox:1", Address("registry-1.docker.io", "library/busybox", "1")),
        ("team/hello:1.0", Address("registry-1.docker.io", "team/hello", "1.0")),
        ("index.docker.io/team/hello", Address("registry-1.docker.io", "team/hello", "latest")),
        ("localhost/hello", Address("localhost", "hello", "latest")),
        ("r.example:5000/a/b_c/d--e:V1", Address("r.example:5000", "a/b_c/d--e", "V1")),
        (f"r.example/a:1@{DIGEST}", Address("r.example", "a", DIGEST)),
        ("[::1]:5000/a", Address("[::1]:5000", "a", "latest")),
    ],
)
def test_a_reference_leads_to_a_registry(reference: str, address: Address) -> None:
    assert Address.of(reference) == address


@given(st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_reference_or_refused(text: str) -> None:
    try:
        address = Address.of(text)
    except InvalidInput:
        return
    assert " " not in address.manifest
    assert ".." not in address.manifest.split("/")


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True),
        ("localhost:5000", True),
        ("127.0.0.5:5000", True),
        ("[::1]:5000", True),
        ("localhost.example", False),
        ("10.0.0.1", False),
        ("127.example:5000", False),
        ("r.example:5000", False),
    ],
)
def test_only_this_machine_is_asked_without_tls(host: str, *, local: bool) -> None:
    assert is_loopback(host) is local
    assert Connections({}).origin(host).startswith("http://" if local else "https://")


def test_a_registry_is_asked_without_tls_when_it_is_named() -> None:
    connections = Connections({"CDKIT_INSECURE_REGISTRIES": "r.example:5000, s.example"})
    assert connections.origin("r.example:5000") == "http://r.example:5000"
    assert connections.origin("r.example") == "https://r.example"
    assert connections.origin("s.example") == "http://s.example"


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ('Basic realm="x"', [Challenge("basic", {"realm": "x"})]),
        (
            'Bearer realm="https://a/b",service="s, t",scope="repository:x:pull,push"',
            [Challenge("bearer", {"realm": "https://a/b", "service": "s, t", "scope": "repository:x:pull,push"})],
        ),
        (
            'Bearer realm=plain , error="in\\"valid", BASIC Realm="y"',
            [Challenge("bearer", {"realm": "plain", "error": 'in"valid'}), Challenge("basic", {"realm": "y"})],
        ),
        ("Negotiate", [Challenge("negotiate", {})]),
        ("", []),
        ('="x"', []),
    ],
)
def test_a_challenge_is_read_as_the_standard_writes_it(header: str, found: list[Challenge]) -> None:
    assert parse_challenges(header) == found


@given(st.text(alphabet='Bearlm="\\, \t=x-', max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_header_can_be_read(header: str) -> None:
    parse_challenges(header)


@pytest.mark.parametrize("target", ["http://r.example/upload", "http://storage.example/x", "ftp://r.example/x"])
def test_nothing_is_sent_without_tls_to_where_a_registry_sends_us(target: str) -> None:
    endpoint = Endpoint("r.example", Connections({}), lambda: None, FakeClock())
    request = Request(what="Cannot push", method="PUT", target=target, scopes=frozenset())
    with pytest.raises(WorldFailed, match="not protected by TLS"):
        endpoint.ask_once(request)


@pytest.mark.parametrize("realm", ["http://tokens.example/", "ftp://tokens.example/", "/token", "file:///etc/passwd"])
def test_no_login_is_sent_to_a_token_server_without_tls(realm: str) -> None:
    def fetch(*_: object) -> Answer:
        raise AssertionError("nobody must be asked")

    authority = Authority("r.example", lambda: None, fetch, FakeClock(), plain_realm=False)
    refused = Answer(401, {"www-authenticate": f'Bearer realm="{realm}"'}, b"", "https://r.example/v2/")
    with pytest.raises(AccessDenied, match="not protected by TLS"):
        authority.renew(refused, frozenset(), "")
