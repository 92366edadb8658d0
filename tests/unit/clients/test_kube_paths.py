from __future__ import annotations

from cdkit.clients.kube.paths import Resource, built_in, collection_path, group_version_path, object_path, with_query

PODS = Resource("pods", namespaced=True)
NODES = Resource("nodes", namespaced=False)


def test_the_core_group_has_a_root_of_its_own() -> None:
    assert group_version_path("v1") == "/api/v1"
    assert group_version_path("apps/v1") == "/apis/apps/v1"


def test_objects_are_addressed_in_their_namespace_or_in_the_cluster() -> None:
    assert collection_path("v1", PODS, "staging") == "/api/v1/namespaces/staging/pods"
    assert object_path("v1", PODS, "staging", "web") == "/api/v1/namespaces/staging/pods/web"
    assert object_path("v1", NODES, "staging", "n1") == "/api/v1/nodes/n1"


def test_a_name_cannot_leave_its_place_in_the_address() -> None:
    assert object_path("v1", PODS, "staging", "../../secrets") == "/api/v1/namespaces/staging/pods/..%2F..%2Fsecrets"


def test_a_kind_is_known_by_its_group_and_not_by_its_name_alone() -> None:
    assert built_in("apps/v1", "Deployment") == Resource("deployments", namespaced=True)
    assert built_in("networking.k8s.io/v1", "Ingress") == Resource("ingresses", namespaced=True)
    assert built_in("v1", "Namespace") == Resource("namespaces", namespaced=False)
    assert built_in("serving.knative.dev/v1", "Service") is None


def test_parameters_that_are_left_out_leave_no_trace() -> None:
    assert with_query("/p", labelSelector="", dryRun=None) == "/p"
    assert with_query("/p", force=True, gracePeriodSeconds=0, x="a b") == "/p?force=true&gracePeriodSeconds=0&x=a+b"


def test_a_parameter_of_several_values_is_repeated_and_may_hold_empty_ones() -> None:
    assert (
        with_query("/p", command=["echo", "", "a b"], stdin=False) == "/p?command=echo&command=&command=a+b&stdin=false"
    )
