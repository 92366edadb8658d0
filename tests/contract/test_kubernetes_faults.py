"""How the real client takes an API server that stumbles: a small server plays it, answer by answer."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.errors import ClusterUnreachable, RequestRejected
from cdkit.flow.cancellation import Cancellation
from cdkit.models.container import LogLine
from cdkit.models.kube import ObjectQuery, ObjectRef
from tests.contract.conftest import write_kubeconfig

REF = ObjectRef("v1", "ConfigMap", "settings", "staging")
CONFIG_MAP = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "namespace": "staging"}}
QUERY = ObjectQuery("v1", "ConfigMap", "staging")

DROPPED = (0, b"", {})
"""The server takes the request, and hangs up without an answer."""

Answer = tuple[int, bytes, dict[str, str]]


class Server(ThreadingHTTPServer):
    """Gives one answer after the other, and keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[Answer] = []
        self.requests: list[tuple[str, str, bytes]] = []

    def says(self, status: int, body: Any = None, **headers: str) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        self.answers.append((status, raw, {name.replace("_", "-"): value for name, value in headers.items()}))

    def drops(self) -> None:
        self.answers.append(DROPPED)

    @property
    def verbs(self) -> list[str]:
        return [method for method, _, _ in self.requests]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.requests.append((self.command, self.path, body))
        status, answer, headers = self.server.answers.pop(0)
        self.close_connection = True
        if not status:
            return
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(answer)), "Connection": "close"} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815 -- the names that http.server asks for

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def pauses() -> list[float]:
    """How long the client slept between its attempts."""
    return []


@pytest.fixture
def cluster(server: Server, pauses: list[float], tmp_path: Path) -> KubernetesCluster:
    kubeconfig = write_kubeconfig(tmp_path, f"http://127.0.0.1:{server.server_port}")
    return KubernetesCluster.connect("test", kubeconfig=kubeconfig, sleep=pauses.append)


def test_a_question_is_asked_again_while_the_server_stumbles(
    server: Server, cluster: KubernetesCluster, pauses: list[float]
) -> None:
    server.says(503)
    server.drops()
    server.says(200, CONFIG_MAP)
    assert cluster.get(REF) == CONFIG_MAP
    assert pauses == [0.25, 0.5]


def test_the_server_is_asked_again_when_it_wants_to_be(
    server: Server, cluster: KubernetesCluster, pauses: list[float]
) -> None:
    server.says(429, {"message": "slow down"}, Retry_After="3")
    server.says(429, {"message": "slow down"}, Retry_After="3600")
    server.says(200, CONFIG_MAP)
    cluster.get(REF)
    assert pauses == [3.0, 10.0]


def test_a_server_that_goes_on_stumbling_is_unreachable(server: Server, cluster: KubernetesCluster) -> None:
    for _ in range(4):
        server.says(503, {"message": "etcd leader changed"})
    with pytest.raises(ClusterUnreachable, match=r"failed to read ConfigMap settings .*\(503\): etcd leader changed"):
        cluster.get(REF)
    assert not server.answers


def test_an_apply_is_sent_again_because_it_may_be(server: Server, cluster: KubernetesCluster) -> None:
    server.drops()
    server.says(200, CONFIG_MAP)
    cluster.apply(CONFIG_MAP)
    assert server.verbs == ["PATCH", "PATCH"]


def test_what_is_applied_is_read_with_little_memory_because_no_line_is_long(
    server: Server, cluster: KubernetesCluster
) -> None:
    server.says(200, CONFIG_MAP)
    cluster.apply(CONFIG_MAP)
    (_, _, body) = server.requests[0]
    assert json.loads(body) == CONFIG_MAP
    assert max(map(len, body.splitlines())) < 30


def test_a_create_is_never_sent_again_when_it_may_have_happened(server: Server, cluster: KubernetesCluster) -> None:
    server.drops()
    with pytest.raises(ClusterUnreachable):
        cluster.create(CONFIG_MAP)
    server.says(500, {"message": "etcdserver: request timed out"})
    with pytest.raises(ClusterUnreachable):
        cluster.create(CONFIG_MAP)
    assert server.verbs == ["POST", "POST"]


def test_a_create_is_sent_again_when_the_server_asks_for_it(
    server: Server, cluster: KubernetesCluster, pauses: list[float]
) -> None:
    server.says(500, {"reason": "ServerTimeout", "message": "retry after the token is created"}, Retry_After="1")
    server.says(201, CONFIG_MAP)
    assert cluster.create(CONFIG_MAP) == CONFIG_MAP
    assert pauses == [1.0]


def test_a_refusal_is_not_asked_again(server: Server, cluster: KubernetesCluster) -> None:
    server.says(422, {"message": "invalid", "reason": "Invalid"})
    with pytest.raises(RequestRejected):
        cluster.apply(CONFIG_MAP)
    assert server.verbs == ["PATCH"]


def test_something_else_than_an_api_server_is_an_outage(server: Server, cluster: KubernetesCluster) -> None:
    server.says(200, b"<html>Please log in</html>")
    with pytest.raises(ClusterUnreachable, match="not with JSON"):
        cluster.get(REF)
    server.says(404, b"<html>Nothing here</html>")
    with pytest.raises(ClusterUnreachable, match="no Kubernetes API server"):
        cluster.version()


def test_a_page_of_a_proxy_is_not_taken_for_a_missing_object(server: Server, cluster: KubernetesCluster) -> None:
    server.says(404, b"<html>Nothing here</html>")
    with pytest.raises(RequestRejected, match="does not serve v1 ConfigMap"):
        cluster.get(REF)


def line(kind: str, name: str) -> bytes:
    return json.dumps({"type": kind, "object": {"metadata": {"name": name}}}).encode() + b"\n"


def test_of_a_watch_that_is_torn_the_whole_lines_are_given(server: Server, cluster: KubernetesCluster) -> None:
    server.says(200, line("ADDED", "one") + line("MODIFIED", "two") + b'{"type": "DELE')
    changes = cluster.watch(QUERY, "7", Cancellation())
    assert [(change.type, change.object["metadata"]["name"]) for change in changes] == [
        ("ADDED", "one"),
        ("MODIFIED", "two"),
    ]
    _, path, _ = server.requests[0]
    assert "resourceVersion=7" in path
    assert "allowWatchBookmarks=true" in path


def test_the_server_is_asked_to_end_a_watch_when_its_time_is_over(server: Server, cluster: KubernetesCluster) -> None:
    server.says(200, b"")
    assert list(cluster.watch(QUERY, "7", Cancellation(), seconds=30)) == []
    found = re.search(r"timeoutSeconds=(\d+)", server.requests[0][1])
    assert found is not None
    assert 24 <= int(found[1]) <= 30


def test_a_watch_whose_connection_breaks_says_so(server: Server, cluster: KubernetesCluster) -> None:
    server.says(200, line("ADDED", "one"), Content_Length="1000")
    changes = cluster.watch(QUERY, "7", Cancellation())
    assert next(changes).type == "ADDED"
    with pytest.raises(ClusterUnreachable):
        next(changes)


def test_a_watch_from_a_forgotten_version_is_an_error_change(server: Server, cluster: KubernetesCluster) -> None:
    status = {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version"}
    server.says(410, status)
    (change,) = cluster.watch(QUERY, "7", Cancellation())
    assert (change.type, change.object) == ("ERROR", status)


def test_a_log_is_text_whatever_its_bytes_are(server: Server, cluster: KubernetesCluster) -> None:
    server.says(200, b"caf\xc3\xa9\nbad \xff\n10%\r100%\nlast")
    lines = cluster.logs(ObjectRef("v1", "Pod", "web", "staging"), "main", cancellation=Cancellation())
    assert list(lines) == ["café", "bad \N{REPLACEMENT CHARACTER}", "100%", "last"]


LOGGED = b"2026-01-01T00:00:00.000000001Z one\n2026-01-01T00:00:00.000000002Z tw"


def a_pod(**state: object) -> dict[str, object]:
    return {"kind": "Pod", "metadata": {}, "status": {"containerStatuses": [{"name": "main", "state": state}]}}


def test_half_a_line_at_the_end_of_a_log_is_one_when_the_container_has_ended(
    server: Server, cluster: KubernetesCluster
) -> None:
    for known in ((200, a_pod(terminated={"exitCode": 0})), (404, {"details": {"name": "web"}}), (403, {})):
        server.says(200, LOGGED)
        server.says(*known)
        assert [line.text for line in log_lines(cluster)] == ["one", "tw"]


def test_half_a_line_of_a_container_that_runs_comes_whole_another_time(
    server: Server, cluster: KubernetesCluster
) -> None:
    server.says(200, LOGGED)
    server.says(200, a_pod(running={}))
    lines = log_lines(cluster)
    assert next(lines).text == "one"
    with pytest.raises(ClusterUnreachable, match="in the middle of a line"):
        next(lines)


def test_a_log_whose_connection_breaks_says_so_and_gives_no_half_line(
    server: Server, cluster: KubernetesCluster
) -> None:
    server.says(200, LOGGED, Content_Length="1000")
    lines = log_lines(cluster)
    assert next(lines).text == "one"
    with pytest.raises(ClusterUnreachable):
        next(lines)


def test_a_log_is_asked_for_a_little_earlier_than_it_is_to_go_on(server: Server, cluster: KubernetesCluster) -> None:
    server.says(200, LOGGED + b"o\n")
    assert [line.text for line in log_lines(cluster, "2026-01-01T00:00:00.000000002Z")] == ["two"]
    assert "sinceTime=2025-12-31T23%3A59%3A59Z" in server.requests[0][1]


def log_lines(cluster: KubernetesCluster, since: str = "") -> Iterator[LogLine]:
    pod = ObjectRef("v1", "Pod", "web", "staging")
    return chain.from_iterable(cluster.log_lines(pod, "main", since=since, cancellation=Cancellation()))


def test_a_kind_of_a_crd_is_discovered_once(server: Server, cluster: KubernetesCluster) -> None:
    widget = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w", "namespace": "staging"}}
    resources = [
        {"name": "widgets", "kind": "Widget", "namespaced": True},
        {"name": "widgets/status", "kind": "Widget", "namespaced": True},
    ]
    server.says(200, {"kind": "APIResourceList", "resources": resources})
    server.says(200, widget)
    server.says(200, widget)
    for _ in range(2):
        assert cluster.get(ObjectRef.of(widget)) == widget
    assert [path for _, path, _ in server.requests] == [
        "/apis/example.com/v1",
        "/apis/example.com/v1/namespaces/staging/widgets/w",
        "/apis/example.com/v1/namespaces/staging/widgets/w",
    ]


def test_a_kind_that_is_not_served_yet_is_asked_for_again(server: Server, cluster: KubernetesCluster) -> None:
    widget = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w", "namespace": "staging"}}
    server.says(404, b"404 page not found")
    with pytest.raises(RequestRejected, match=r"does not serve example\.com/v1 Widget"):
        cluster.get(ObjectRef.of(widget))
    server.says(200, {"resources": [{"name": "widgets", "kind": "Widget", "namespaced": True}]})
    server.says(200, widget)
    assert cluster.get(ObjectRef.of(widget)) == widget


RULES = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
ACCESS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
EVERYTHING = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}


def paths(server: Server) -> list[str]:
    return [path for _, path, _ in server.requests]


def test_what_the_rules_of_a_namespace_grant_is_asked_for_together(server: Server, cluster: KubernetesCluster) -> None:
    server.says(201, {"status": {"resourceRules": [EVERYTHING], "nonResourceRules": [], "incomplete": False}})
    assert all(cluster.allowed(verb, "apps", "deployments", "staging") for verb in ("get", "create", "patch"))
    assert paths(server) == [RULES]


def test_what_the_rules_do_not_grant_is_asked_by_itself(server: Server, cluster: KubernetesCluster) -> None:
    server.says(201, {"status": {"resourceRules": [], "nonResourceRules": [], "incomplete": False}})
    server.says(201, {"status": {"allowed": True}})
    server.says(201, {"status": {"allowed": False}})
    assert cluster.allowed("get", "", "pods/log", "staging")
    assert not cluster.allowed("list", "", "pods", "staging")
    assert paths(server) == [RULES, ACCESS, ACCESS]
    asked = json.loads(server.requests[1][2])["spec"]["resourceAttributes"]
    assert asked == {"verb": "get", "group": "", "resource": "pods", "subresource": "log", "namespace": "staging"}


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (201, {"status": {"resourceRules": [EVERYTHING], "incomplete": True}}),
        (403, {"message": "not for you", "reason": "Forbidden"}),
    ],
)
def test_rules_that_cannot_be_known_are_none(
    server: Server, cluster: KubernetesCluster, status: int, said: dict[str, Any]
) -> None:
    server.says(status, said)
    server.says(201, {"status": {"allowed": False}})
    assert not cluster.allowed("get", "", "pods", "staging")
    assert paths(server) == [RULES, ACCESS]


def test_what_lives_in_no_namespace_is_asked_by_itself(server: Server, cluster: KubernetesCluster) -> None:
    server.says(201, {"status": {"allowed": True}})
    assert cluster.allowed("get", "", "nodes", "")
    assert paths(server) == [ACCESS]


def test_the_values_of_a_secret_are_never_repeated(server: Server, cluster: KubernetesCluster) -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "login"}, "data": {"password": "hunter2"}}
    said = 'v1.Secret.Data: illegal base64 data at input byte 4, error found in ...|"password":"hunter2"|...'
    server.says(400, {"message": said, "reason": "BadRequest"})
    with pytest.raises(RequestRejected) as rejected:
        cluster.create(secret)
    assert "hunter2" not in rejected.value.message
    assert "illegal base64 data" in rejected.value.message
