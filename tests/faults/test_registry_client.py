"""How the registry client takes registries, token servers and logins that are not as one would wish."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from cdkit.clients.registry.connections import Connections
from cdkit.clients.registry.distribution_registry import DistributionRegistry
from cdkit.clients.registry.manifest import INDEX_TYPES, MANIFEST_TYPES
from cdkit.clients.registry.persistence import ATTEMPTS, PassingFault
from cdkit.errors import AccessDenied, CdkitError, RegistryUnreachable, RequestRejected, WorldFailed
from cdkit.models.image import Credentials
from cdkit.testing import FakeClock
from tests.certificates import self_signed
from tests.faults.played_server import Asked, PlayedServer, Said, played_server

CONFIG = json.dumps({"os": "linux", "architecture": "arm64", "variant": "v8"}).encode()


def digest_of(raw: bytes) -> str:
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


MANIFEST = json.dumps(
    {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPES[0],
        "config": {"digest": digest_of(CONFIG), "size": len(CONFIG), "mediaType": "x"},
        "layers": [],
    }
).encode()
DIGEST = digest_of(MANIFEST)
SERVED = Said(200, MANIFEST, {"Docker-Content-Digest": DIGEST, "Content-Type": MANIFEST_TYPES[0]})


class Place:
    """A registry that a test plays, the client that asks it, and its time."""

    def __init__(self, server: PlayedServer, home: Path) -> None:
        self.server = server
        self.home = home
        self.clock = FakeClock(auto_advance=True)
        self.image = f"{server.host}/team/hello:1"

    def registry(self, **environ: str) -> DistributionRegistry:
        return DistributionRegistry({"HOME": str(self.home), "PATH": os.environ["PATH"], **environ}, self.clock)

    def digest(self) -> str | None:
        return self.registry().digest(self.image)

    def log_in(self, **config: object) -> None:
        (self.home / ".docker").mkdir(exist_ok=True)
        (self.home / ".docker" / "config.json").write_text(json.dumps(config))


@pytest.fixture
def server() -> Iterator[PlayedServer]:
    with played_server() as server:
        yield server


@pytest.fixture
def place(server: PlayedServer, tmp_path: Path) -> Place:
    return Place(server, tmp_path)


# Faults that may pass, and those that do not


@pytest.mark.parametrize("fault", [Said(503), Said(500), Said(502), Said(429), Said(0)])
def test_a_fault_that_passes_is_not_noticed(place: Place, fault: Said) -> None:
    place.server.answers(fault, fault, SERVED)
    assert place.digest() == DIGEST
    assert place.clock.monotonic() < 2


def test_a_fault_that_does_not_pass_is_an_outage(place: Place) -> None:
    place.server.answers(Said(503))
    with pytest.raises(RegistryUnreachable, match=f"{place.server.host} answers with HTTP 503"):
        place.digest()
    assert len(place.server.asked) == ATTEMPTS


def test_a_registry_that_never_answered_is_not_waited_for(place: Place) -> None:
    place.server.shutdown()
    place.server.server_close()
    with pytest.raises(RegistryUnreachable, match="Connection refused"):
        place.digest()
    assert place.clock.monotonic() < 0.5


def test_a_registry_that_goes_away_in_the_middle_of_work_is_waited_for(place: Place) -> None:
    place.server.answers(Said(200, MANIFEST, {**SERVED.headers, "Connection": "close"}))
    registry = place.registry()
    assert registry.digest(place.image) == DIGEST
    place.server.shutdown()
    place.server.server_close()
    with pytest.raises(RegistryUnreachable):
        registry.digest(place.image)
    assert place.clock.monotonic() > 5


def test_a_registry_is_asked_again_when_it_says(place: Place) -> None:
    place.server.answers(Said(429, headers={"Retry-After": "17"}), SERVED)
    assert place.digest() == DIGEST
    assert place.clock.monotonic() == 17


def test_a_date_is_understood_too(place: Place) -> None:
    place.server.answers(Said(503, headers={"Retry-After": "Thu, 01 Jan 2026 00:00:40 GMT"}), SERVED)
    assert place.digest() == DIGEST
    assert place.clock.monotonic() == 40


def test_nobody_waits_for_hours(place: Place) -> None:
    said = {"errors": [{"code": "TOOMANYREQUESTS", "message": "You have reached your pull rate limit."}]}
    place.server.answers(Said(429, said, {"Retry-After": "21600"}))
    with pytest.raises(RegistryUnreachable, match="reached your pull rate limit") as limited:
        place.registry().platforms(place.image)
    assert "log in" in limited.value.remedy
    assert len(place.server.asked) == 1


@pytest.mark.parametrize(("status", "error"), [(401, AccessDenied), (403, AccessDenied), (400, RequestRejected)])
def test_a_refusal_is_not_asked_again(place: Place, status: int, error: type[CdkitError]) -> None:
    place.server.answers(Said(status, {"errors": [{"code": "DENIED", "message": "requested access is denied"}]}))
    with pytest.raises(error, match="requested access is denied"):
        place.registry().platforms(place.image)
    assert len(place.server.asked) == 1


def test_what_is_not_there_is_asked_for_once(place: Place) -> None:
    place.server.answers(Said(404))
    assert place.digest() is None
    assert place.server.requests == ["HEAD /v2/team/hello/manifests/1"]


def test_a_page_of_a_proxy_does_not_say_that_an_image_is_missing(place: Place) -> None:
    place.server.answers(Said(404, "<html>default backend</html>", {"Content-Type": "text/html; charset=utf-8"}))
    with pytest.raises(RegistryUnreachable, match="no registry answers there"):
        place.digest()


def test_an_answer_that_is_cut_off_is_asked_for_again(place: Place) -> None:
    cut = Said(200, MANIFEST, SERVED.headers, cut=20)
    whole = [cut, SERVED, Said(200, CONFIG, cut=5), Said(200, CONFIG)]
    place.server.answers(*whole)
    assert place.registry().platforms(place.image) == ("linux/arm64/v8",)
    assert len(place.server.asked) == 4


def test_words_of_a_registry_cannot_paint_the_screen(place: Place) -> None:
    place.server.answers(Said(403, {"errors": [{"message": "\x1b[2Jno\nway" + "x" * 10_000}]}))
    with pytest.raises(AccessDenied) as denied:
        place.registry().platforms(place.image)
    assert "\x1b" not in denied.value.message
    assert "\n" not in denied.value.message
    assert len(denied.value.message) < 1_000


# Nothing that comes is believed unseen


def test_a_digest_is_computed_where_the_registry_does_not_tell_it(place: Place) -> None:
    place.server.answers(Said(200, MANIFEST, {"Content-Type": MANIFEST_TYPES[0]}))
    assert place.digest() == DIGEST
    assert place.server.requests == ["HEAD /v2/team/hello/manifests/1", "GET /v2/team/hello/manifests/1"]


def test_a_manifest_that_is_not_the_one_of_its_digest_is_refused(place: Place) -> None:
    place.server.answers(Said(200, MANIFEST + b" ", SERVED.headers))
    with pytest.raises(WorldFailed, match="should have"):
        place.registry().platforms(f"{place.server.host}/team/hello@{DIGEST}")


def test_a_digest_that_is_not_the_one_that_was_asked_for_is_refused(place: Place) -> None:
    place.server.answers(SERVED)
    with pytest.raises(WorldFailed, match=DIGEST):
        place.registry().digest(f"{place.server.host}/team/hello@sha256:{'0' * 64}")


def test_a_configuration_that_is_not_the_one_of_the_manifest_is_refused(place: Place) -> None:
    place.server.answers(SERVED, Said(200, CONFIG + b" "))
    with pytest.raises(WorldFailed, match="configuration"):
        place.registry().platforms(place.image)


def test_a_manifest_without_end_is_not_read_to_its_end(place: Place) -> None:
    place.server.answers(Said(200, b" " * (5 << 20), SERVED.headers))
    with pytest.raises(WorldFailed, match="sends more than"):
        place.registry().platforms(place.image)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"no JSON", WorldFailed),
        (b"[]", WorldFailed),
        ({"schemaVersion": 1, "fsLayers": []}, RequestRejected),
        ({"mediaType": MANIFEST_TYPES[0], "config": {"digest": "../../etc/passwd", "size": 1}}, WorldFailed),
    ],
)
def test_what_is_no_manifest_is_named(place: Place, body: object, error: type[CdkitError]) -> None:
    place.server.answers(Said(200, body))
    with pytest.raises(error, match="The manifest of"):
        place.registry().platforms(place.image)


def test_an_index_has_the_platforms_that_stand_in_it(place: Place) -> None:
    def entry(**platform: str) -> dict[str, object]:
        return {"digest": DIGEST, "size": 1, "platform": platform}

    entries = [
        entry(os="linux", architecture="amd64"),
        entry(os="linux", architecture="arm", variant="v7"),
        entry(os="unknown", architecture="unknown"),
    ]
    place.server.answers(Said(200, {"schemaVersion": 2, "mediaType": INDEX_TYPES[1], "manifests": entries}))
    assert place.registry().platforms(place.image) == ("linux/amd64", "linux/arm/v7")


class ServedIndex:
    """A registry with an index of images of several platforms, each of which runs what it is called."""

    def __init__(self, place: Place, *platforms: str) -> None:
        self.parts: dict[str, Said] = {}
        entries = [self._entry(platform) for platform in platforms]
        self.index = Said(200, {"schemaVersion": 2, "mediaType": INDEX_TYPES[0], "manifests": entries})
        place.server.play = lambda asked: self.parts.get(asked.path.rpartition("/")[2], self.index)

    def _entry(self, name: str) -> dict[str, object]:
        os_name, architecture, variant = [*name.split("/"), ""][:3]
        platform = {"os": os_name, "architecture": architecture, "variant": variant}
        config = self._part({**platform, "config": {"Cmd": [name]}}, "")
        return {**self._part({"schemaVersion": 2, "config": config}, MANIFEST_TYPES[0]), "platform": platform}

    def _part(self, content: dict[str, object], media_type: str) -> dict[str, object]:
        raw = json.dumps(content).encode()
        self.parts[digest_of(raw)] = Said(200, raw, {"Content-Type": media_type or "application/json"})
        return {"digest": digest_of(raw), "size": len(raw)}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, "linux/amd64"),
        ({"platform": "linux/arm64"}, "linux/arm64/v8"),
        ({"platform": "linux/arm"}, "windows/amd64"),
    ],
)
def test_of_an_index_the_image_of_the_platform_says_how_it_is_run(
    place: Place, wanted: dict[str, str], found: str
) -> None:
    ServedIndex(place, "unknown/unknown", "windows/amd64", "linux/arm64/v8", "linux/amd64")
    config = place.registry().config(place.image, **wanted)
    assert config is not None
    assert (config.command, config.platform) == ((found,), found)


def test_an_index_without_an_image_is_named(place: Place) -> None:
    ServedIndex(place, "unknown/unknown")
    with pytest.raises(WorldFailed, match="no image that the registry serves"):
        place.registry().config(place.image)


def test_an_image_may_say_nothing_of_how_it_is_run(place: Place) -> None:
    place.server.answers(SERVED, Said(200, CONFIG))
    config = place.registry().config(place.image)
    assert config is not None
    assert (config.command, config.platform) == ((), "linux/arm64/v8")


# Tokens


class TokenRegistry:
    """A registry and its token server in one; a token serves until it is revoked."""

    def __init__(self, server: PlayedServer, basic: str = "", expires_in: int | None = 300) -> None:
        self.server = server
        self.basic = basic
        self.expires_in = expires_in
        self.issued = 0
        self.valid: set[str] = set()
        server.play = self.answer

    def answer(self, asked: Asked) -> Said:
        if asked.path.startswith("/token"):
            return self._token(asked)
        if asked.headers.get("authorization", "").removeprefix("Bearer ") in self.valid:
            return SERVED
        challenge = f'Bearer realm="http://{self.server.host}/token",service="the, registry",scope="repository:x:pull"'
        return Said(401, headers={"WWW-Authenticate": challenge})

    def _token(self, asked: Asked) -> Said:
        if self.basic and asked.headers.get("authorization") != self.basic:
            return Said(401, {"errors": [{"message": "wrong"}]})
        self.issued += 1
        self.valid.add(f"token-{self.issued}")
        return Said(200, {"token": f"token-{self.issued}", "expires_in": self.expires_in})

    @property
    def token_requests(self) -> list[Asked]:
        return [asked for asked in self.server.asked if asked.path.startswith("/token")]


def basic(username: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{username}:{password}'.encode()).decode()}"


def test_a_token_is_had_for_what_is_asked_and_serves_again(place: Place) -> None:
    tokens, registry = TokenRegistry(place.server), place.registry()
    assert registry.digest(place.image) == DIGEST
    assert registry.digest(place.image) == DIGEST
    assert place.server.requests == [
        "HEAD /v2/team/hello/manifests/1",
        "GET /token",
        "HEAD /v2/team/hello/manifests/1",
        "HEAD /v2/team/hello/manifests/1",
    ]
    query = parse_qs(urlsplit(tokens.token_requests[0].path).query)
    assert query == {"service": ["the, registry"], "scope": ["repository:team/hello:pull"]}


def test_a_token_that_expires_is_had_anew_without_a_refusal(place: Place) -> None:
    tokens, registry = TokenRegistry(place.server), place.registry()
    registry.digest(place.image)
    place.clock.advance(295)
    before = len(place.server.asked)
    assert registry.digest(place.image) == DIGEST
    assert tokens.issued == 2
    assert len(place.server.asked) == before + 3, "the old one is not sent, for it would expire on the way"


def test_a_token_that_is_revoked_is_had_anew(place: Place) -> None:
    tokens, registry = TokenRegistry(place.server), place.registry()
    registry.digest(place.image)
    tokens.valid.clear()
    assert registry.digest(place.image) == DIGEST
    assert tokens.issued == 2


def test_a_registry_that_refuses_its_own_tokens_is_not_asked_for_ever(place: Place) -> None:
    tokens = TokenRegistry(place.server)
    tokens.valid = set[str]()
    place.server.play = lambda asked: (
        Said(200, {"access_token": "never good"}) if asked.path.startswith("/token") else tokens.answer(asked)
    )
    with pytest.raises(AccessDenied, match="401"):
        place.digest()
    assert len(place.server.asked) == 5


def test_a_token_server_that_stumbles_is_asked_again(place: Place) -> None:
    tokens = TokenRegistry(place.server)
    faults = [Said(503), Said(0), Said(429, headers={"Retry-After": "5"})]
    place.server.play = lambda asked: (
        faults.pop() if faults and asked.path.startswith("/token") else tokens.answer(asked)
    )
    assert place.digest() == DIGEST
    assert not faults


@pytest.mark.parametrize("answer", [Said(200, {}), Said(200, b"no JSON"), Said(200, {"token": 5})])
def test_a_token_server_that_gives_no_token_is_named(place: Place, answer: Said) -> None:
    tokens = TokenRegistry(place.server)
    place.server.play = lambda asked: answer if asked.path.startswith("/token") else tokens.answer(asked)
    with pytest.raises(AccessDenied, match="no token"):
        place.digest()


def test_the_login_goes_to_the_token_server_and_never_into_a_message(place: Place) -> None:
    TokenRegistry(place.server, basic("robot", "s3cret"))
    good, bad = Credentials("robot", "s3cret"), Credentials("robot", "wr0ng")
    assert place.registry().digest(place.image, credentials=good) == DIGEST
    with pytest.raises(AccessDenied, match="'robot'") as denied:
        place.registry().digest(place.image, credentials=bad)
    assert "wr0ng" not in f"{denied.value!r} {denied.value.evidence}"


def test_two_logins_for_one_registry_do_not_mix(place: Place) -> None:
    TokenRegistry(place.server, basic("robot", "s3cret"))
    registry = place.registry()
    assert registry.digest(place.image, credentials=Credentials("robot", "s3cret")) == DIGEST
    with pytest.raises(AccessDenied):
        registry.digest(place.image)


def test_an_identity_token_is_exchanged_for_a_token(place: Place) -> None:
    tokens = TokenRegistry(place.server)
    place.log_in(auths={place.server.host: {"identitytoken": "identity"}})
    assert place.digest() == DIGEST
    exchange = tokens.token_requests[0]
    form = parse_qs(exchange.body.decode())
    assert exchange.method == "POST"
    assert (form["refresh_token"], form["grant_type"]) == (["identity"], ["refresh_token"])
    assert "identity" not in exchange.path


# Docker's own configuration


def test_the_login_of_dockers_configuration_serves(place: Place) -> None:
    TokenRegistry(place.server, basic("me", "mine"))
    place.log_in(auths={f"https://{place.server.host}/v1/": {"auth": base64.b64encode(b"me:mine").decode()}})
    assert place.digest() == DIGEST


def test_the_login_of_the_environment_goes_first(place: Place) -> None:
    TokenRegistry(place.server, basic("me", "mine"))
    place.log_in(auths={place.server.host: {"username": "me", "password": "old"}})
    given = json.dumps({"auths": {place.server.host: {"username": "me", "password": "mine"}}})
    assert place.registry(DOCKER_AUTH_CONFIG=given).digest(place.image) == DIGEST


def helper(folder: Path, script: str) -> str:
    path = folder / "docker-credential-test"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(stat.S_IRWXU)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


@pytest.mark.parametrize("of_host", [True, False])
def test_a_credential_helper_is_asked_for_the_registry(place: Place, tmp_path: Path, *, of_host: bool) -> None:
    TokenRegistry(place.server, basic("kept", "s3cret"))
    search = helper(
        tmp_path, f'read host; test "$host" = {place.server.host} && echo \'{{"Username":"kept","Secret":"s3cret"}}\''
    )
    place.log_in(**({"credHelpers": {place.server.host: "test"}} if of_host else {"credsStore": "test"}))
    assert place.registry(PATH=search).digest(place.image) == DIGEST


def test_a_helper_that_has_no_login_is_no_fault(place: Place, tmp_path: Path) -> None:
    TokenRegistry(place.server)
    search = helper(tmp_path, "echo credentials not found in native keychain; exit 1")
    place.log_in(credsStore="test")
    assert place.registry(PATH=search).digest(place.image) == DIGEST


@pytest.mark.parametrize(
    ("name", "script", "said"),
    [
        ("test", "echo the vault is s3aled; exit 1", "failed to give the login"),
        ("test", "echo s3aled", "something else than a login"),
        ("absent", "", "cannot be run: No such file"),
        ("../test", "", "is no name"),
    ],
)
def test_a_helper_that_fails_is_named(place: Place, tmp_path: Path, name: str, script: str, said: str) -> None:
    TokenRegistry(place.server)
    search = helper(tmp_path, script)
    place.log_in(credsStore=name)
    with pytest.raises(AccessDenied, match=said) as denied:
        place.registry(PATH=search).digest(place.image)
    assert "s3aled" not in str(denied.value), "what a helper says may hold a secret"


def test_no_helper_is_asked_where_no_login_is_wanted(place: Place) -> None:
    place.server.answers(SERVED)
    place.log_in(credsStore="absent")
    assert place.digest() == DIGEST


def test_a_configuration_that_cannot_be_read_is_named(place: Place) -> None:
    TokenRegistry(place.server)
    (place.home / ".docker").mkdir()
    (place.home / ".docker" / "config.json").write_text('{"auths": {"x": {"auth": 5')
    with pytest.raises(AccessDenied, match=r"config\.json is not a configuration of Docker"):
        place.digest()


# Where requests go


def test_a_login_does_not_follow_a_redirect_to_another_host(place: Place) -> None:
    tokens = TokenRegistry(place.server)
    with played_server() as storage:
        storage.answers(Said(200, CONFIG))
        elsewhere = Said(307, headers={"Location": f"http://{storage.host}/blob?signature=1"})
        place.server.play = lambda asked: (
            elsewhere if "/blobs/" in asked.path and "authorization" in asked.headers else tokens.answer(asked)
        )
        assert place.registry().platforms(place.image) == ("linux/arm64/v8",)
    assert "authorization" not in storage.asked[0].headers


def test_a_redirect_in_a_circle_ends(place: Place) -> None:
    place.server.answers(Said(302, headers={"Location": "/v2/team/hello/manifests/1"}))
    with pytest.raises(WorldFailed, match="redirects more than"):
        place.digest()


def test_an_insecure_registry_has_to_be_named_and_a_proxy_is_used(place: Place) -> None:
    place.server.answers(SERVED)
    proxied = place.registry(
        HTTP_PROXY=f"http://user:p%40ss@{place.server.host}", CDKIT_INSECURE_REGISTRIES="r.example"
    )
    assert proxied.digest("r.example/team/hello:1") == DIGEST
    assert place.server.asked[0].path == "http://r.example/v2/team/hello/manifests/1"
    assert place.server.asked[0].headers["proxy-authorization"] == basic("user", "p@ss")


def test_what_is_no_proxy_is_said_without_its_login(place: Place) -> None:
    registry = place.registry(HTTPS_PROXY="http://user:s3cret@proxy.example:port")
    with pytest.raises(RegistryUnreachable) as refused:
        registry.digest("r.example/team/hello:1")
    assert refused.value.message == "The proxy for r.example cannot be used: its address is not `http://HOST:PORT`."
    assert "NO_PROXY" in refused.value.remedy


def test_a_host_that_is_excepted_from_the_proxy_is_asked_itself(place: Place) -> None:
    registry = place.registry(
        HTTP_PROXY=f"http://{place.server.host}", NO_PROXY="example", CDKIT_INSECURE_REGISTRIES="r.example"
    )
    with pytest.raises(RegistryUnreachable):
        registry.digest("r.example/team/hello:1")
    assert not place.server.asked


def connect(url: str, **environ: str) -> Callable[[], object]:
    return lambda: Connections(environ).open("GET", url, {}).status


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    signed = self_signed(tmp_path)
    with played_server(str(signed.with_key)) as server:
        with pytest.raises(RegistryUnreachable, match="CERTIFICATE_VERIFY_FAILED") as refused:
            connect(f"https://{server.host}/")()
        assert "SSL_CERT_FILE" in refused.value.remedy
        assert connect(f"https://{server.host}/", REQUESTS_CA_BUNDLE=str(signed.certificate))() == 404


def test_authorities_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(RegistryUnreachable, match=r"absent\.pem.*No such file"):
        connect("https://127.0.0.1:1/", REQUESTS_CA_BUNDLE=str(tmp_path / "absent.pem"))()


def test_plain_http_behind_an_address_of_tls_is_named(server: PlayedServer) -> None:
    with pytest.raises((RegistryUnreachable, PassingFault)) as refused:
        connect(f"https://{server.host}/")()
    assert isinstance(refused.value, RegistryUnreachable), "it would not pass"
    assert "plain HTTP" in refused.value.remedy
