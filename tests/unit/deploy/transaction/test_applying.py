"""How objects are applied: in which order, with which choices, and what a cluster's refusals mean."""

from __future__ import annotations

import base64
import gzip
from typing import Any

import pytest

from cdkit.errors import (
    AccessDenied,
    CdkitError,
    ClusterUnreachable,
    InvalidInput,
    ObjectConflict,
    RequestRejected,
    RolledBack,
)
from cdkit.models.kube import FieldRefusal, Manifest, ObjectQuery, ObjectRef
from cdkit.testing import FakeCluster

from .shop import NAMESPACE, Shop, an_object, annotated, config_map, deployment, secret, service

LOGIN = secret("login", password="correct-horse", user="shop", port="5")


def applied(shop: Shop) -> list[str]:
    return [
        asked.removeprefix("apply ")
        for asked in shop.cluster.requests
        if asked.startswith("apply ") and "cdkit-" not in asked
    ]


def without_planning(shop: Shop) -> list[str]:
    """What was applied by the step itself: its plan asks for each object once before."""
    asked = applied(shop)
    return asked[len(asked) // 2 :]


def test_a_phase_is_ready_before_the_next_one_begins(shop: Shop) -> None:
    shop.deploy(
        annotated(config_map("late"), phase="10"), deployment("good"), annotated(config_map("early"), phase="-5")
    )
    assert without_planning(shop) == ["ConfigMap early", "Deployment web", "ConfigMap late"]


def test_a_phase_that_fails_keeps_the_next_one_from_beginning(shop: Shop) -> None:
    failed = shop.deploy(deployment("bad"), annotated(config_map("late"), phase="10"))
    assert isinstance(failed.error, RolledBack)
    assert "ConfigMap late was created" not in failed.lines


def test_a_phase_that_is_no_number_is_told_before_anything_is_changed(shop: Shop) -> None:
    failed = shop.deploy(annotated(config_map("one"), phase="soon"))
    assert [problem.message for problem in failed.problems] == [
        "The annotation cdkit.dev/phase of ConfigMap one is 'soon', which is no integer."
    ]


def test_the_same_again_changes_nothing_and_writes_no_further_record(shop: Shop) -> None:
    shop.deploy(config_map("one", a="1"), LOGIN, deployment("good"), commit="one")
    shop.cluster.requests.clear()
    again = shop.deploy(config_map("one", a="1"), LOGIN, deployment("good"), commit="one")
    assert again.outputs.changed is False
    assert again.outputs.revision == 1
    assert len(shop.records) == 1
    assert not [asked for asked in shop.cluster.requests if asked.startswith(("create ConfigMap", "delete"))]


def test_the_same_of_another_commit_is_a_revision_of_its_own(shop: Shop) -> None:
    shop.deploy(config_map("one", a="1"), commit="one")
    again = shop.deploy(config_map("one", a="1"), commit="two")
    assert (again.outputs.changed, again.outputs.revision) == (False, 2)
    assert [(record.commit, record.verdict) for record in shop.records] == [("one", "verified"), ("two", "verified")]


def test_what_does_not_exist_is_left_out_when_nothing_is_to_be_created(shop: Shop) -> None:
    shop.deploy(config_map("one", a="1"))
    shop.deploy(config_map("one", a="2"), config_map("two"), create=False)
    assert shop.data("one") == {"a": "2"}
    assert shop.get("ConfigMap", "two") is None


def test_only_some_kinds_and_the_others_stay_a_part_of_the_application(shop: Shop) -> None:
    shop.deploy(config_map("one", a="1"), config_map("two"), service(80))
    shop.deploy(config_map("one", a="2"), service(81), only=["Service"])
    assert shop.live("Service", "web")["spec"]["ports"] == [{"port": 81}]
    assert shop.data("one") == {"a": "1"}
    shop.deploy(config_map("one", a="3"), ignore=["Service"])
    assert shop.get("Service", "web")
    assert shop.get("ConfigMap", "two") is None, "it was known all the time, and is no longer wanted"
    shop.deploy(config_map("one", a="3"))
    assert shop.get("Service", "web") is None


def test_everything_is_made_anew_on_demand(shop: Shop) -> None:
    shop.deploy(config_map("one"), deployment("good"))
    before = shop.live("Deployment", "web", "apps/v1")["metadata"]["uid"]
    shop.deploy(config_map("one"), deployment("good"), recreate="always")
    assert shop.live("Deployment", "web", "apps/v1")["metadata"]["uid"] != before


def immutable(cluster: FakeCluster, kind: str) -> None:
    """Let no object of a kind be changed by applying."""
    apply = cluster.apply

    def refusing(manifest: Manifest, **how: object) -> Manifest:
        ref = ObjectRef.of(manifest, NAMESPACE)
        live = cluster.get(ref)
        if manifest["kind"] == kind and live is not None and live.get("spec") != manifest.get("spec"):
            refusal = FieldRefusal("spec.selector", "FieldValueInvalid", "Invalid value: field is immutable")
            raise RequestRejected("The cluster refuses it: field is immutable.", fields=[refusal])
        return apply(manifest, **how)  # type: ignore[arg-type]

    cluster.apply = refusing  # type: ignore[method-assign]


def widget(app: str) -> Manifest:
    labels = {"app": app}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": "good"}]}}
    spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": pod}
    return an_object("Deployment", "web", "apps/v1", spec=spec)


def test_a_field_that_cannot_be_changed_is_named(shop: Shop) -> None:
    shop.deploy(widget("one"))
    immutable(shop.cluster, "Deployment")
    failed = shop.deploy(widget("two"))
    assert isinstance(failed.error, RequestRejected)
    assert "Deployment web has fields that cannot be changed once it exists" in failed.error.message
    assert "recreate: where-needed" in failed.error.remedy
    assert shop.verdicts == ["verified", "rolled-back"]


def test_it_is_made_anew_where_that_is_allowed(shop: Shop) -> None:
    shop.deploy(widget("one"))
    immutable(shop.cluster, "Deployment")
    again = shop.deploy(widget("two"), recreate="where-needed")
    assert again.error is None
    assert "Deployment web was recreated" in again.lines
    assert shop.live("Deployment", "web", "apps/v1")["spec"]["selector"] == {"matchLabels": {"app": "two"}}


@pytest.mark.parametrize("recreate", ["where-needed", "always"])
def test_what_holds_data_is_never_made_anew(shop: Shop, recreate: str) -> None:
    shop.cluster.react(
        "PersistentVolumeClaim", lambda cluster, claim: cluster.put_status(ObjectRef.of(claim), {"phase": "Bound"})
    )

    def claim(storage_class: str) -> Manifest:
        return an_object("PersistentVolumeClaim", "data", spec={"storageClassName": storage_class})

    shop.deploy(claim("slow"))
    before = shop.live("PersistentVolumeClaim", "data")["metadata"]["uid"]
    immutable(shop.cluster, "PersistentVolumeClaim")
    failed = shop.deploy(claim("fast"), recreate=recreate)
    assert isinstance(failed.error, RequestRejected)
    shop.deploy(claim("slow"), recreate=recreate)
    assert shop.live("PersistentVolumeClaim", "data")["metadata"]["uid"] == before


def test_what_is_refused_for_another_reason_is_not_made_anew(shop: Shop) -> None:
    shop.deploy(config_map("one", a="1"))
    before = shop.live("ConfigMap", "one")["metadata"]["uid"]
    fail(shop.cluster, "one", [RequestRejected("no", fields=[FieldRefusal("data.a", "FieldValueInvalid", "too long")])])
    failed = shop.deploy(config_map("one", a="2"), recreate="where-needed")
    assert isinstance(failed.error, RequestRejected)
    assert shop.live("ConfigMap", "one")["metadata"]["uid"] == before


def somebody_elses(shop: Shop) -> None:
    theirs = config_map("settings", a="theirs")
    theirs["metadata"]["namespace"] = NAMESPACE
    shop.cluster.apply(theirs, manager="kubectl-client-side-apply")


def test_fields_of_others_are_named_before_anything_is_changed(shop: Shop) -> None:
    somebody_elses(shop)
    failed = shop.deploy(config_map("first"), config_map("settings", a="ours"))
    assert isinstance(failed.error, ObjectConflict)
    assert failed.error.message == "A field of ConfigMap settings belongs to 'kubectl-client-side-apply'."
    assert failed.error.evidence[0].startswith("ConfigMap settings: data.a belongs to 'kubectl-client-side-apply'")
    assert shop.get("ConfigMap", "first") is None
    assert shop.records == []


@pytest.mark.parametrize("options", [{"conflicts": "force"}, {"take_over": ["kubectl-client-side-apply"]}])
def test_they_are_taken_over_on_demand(shop: Shop, options: dict[str, Any]) -> None:
    somebody_elses(shop)
    assert shop.deploy(config_map("settings", a="ours"), **options).error is None
    assert shop.data("settings") == {"a": "ours"}


def test_what_cdkit_itself_patched_is_no_conflict(shop: Shop) -> None:
    shop.deploy(config_map("settings", a="1"))
    shop.cluster.patch(ObjectRef("v1", "ConfigMap", "settings", NAMESPACE), {"data": {"a": "2"}}, "merge")
    assert shop.deploy(config_map("settings", a="3")).error is None
    assert shop.data("settings") == {"a": "3"}


WEBHOOK = 'failed calling webhook "check.example.com": Post "https://check": dial tcp: connect: connection refused'


@pytest.mark.parametrize(
    "passing",
    [
        ClusterUnreachable(f"The API server failed to apply ConfigMap one (500): {WEBHOOK}"),
        ClusterUnreachable("The API server failed to apply ConfigMap one (500): etcdserver: leader changed"),
        ClusterUnreachable("The API server failed to apply ConfigMap one (429): too many requests"),
        ClusterUnreachable("No answer from the API server: Connection reset by peer."),
        ObjectConflict("Cannot apply ConfigMap one: the object has been modified."),
    ],
)
def test_a_refusal_that_passes_is_waited_for(shop: Shop, passing: CdkitError) -> None:
    fail(shop.cluster, "one", [passing] * 5)
    assert shop.deploy(config_map("one", a="1")).error is None
    assert shop.data("one") == {"a": "1"}


@pytest.mark.parametrize("lasting", [RequestRejected("It is refused."), AccessDenied("It is denied.")])
def test_any_other_refusal_is_not(shop: Shop, lasting: CdkitError) -> None:
    tries = fail(shop.cluster, "one", [lasting] * 5)
    assert shop.deploy(config_map("one", a="1")).error is lasting
    assert len(tries) == 4


def test_a_webhook_that_never_answers_is_a_failure_and_undone(shop: Shop) -> None:
    shop.deploy(config_map("one", a="1"), deployment("good:1"))
    fail(shop.cluster, "web", [ClusterUnreachable(WEBHOOK)] * 25)
    failed = shop.deploy(config_map("one", a="2"), deployment("good:2"))
    assert isinstance(failed.error, RolledBack)
    assert "failed calling webhook" in failed.error.message
    assert shop.data("one") == {"a": "1"}


def fail(cluster: FakeCluster, name: str, errors: list[CdkitError]) -> list[CdkitError]:
    """Let applying an object fail with these errors, one each; gives those that are left."""
    apply, left = cluster.apply, list(errors)

    def failing(manifest: Manifest, **how: object) -> Manifest:
        if manifest["metadata"]["name"] == name and not how.get("dry_run") and left:
            raise left.pop()
        return apply(manifest, **how)  # type: ignore[arg-type]

    cluster.apply = failing  # type: ignore[method-assign]
    return left


def test_a_custom_resource_waits_for_its_definition(shop: Shop) -> None:
    spec = {"group": "example.com", "names": {"kind": "Widget", "plural": "widgets"}}
    definition = an_object("CustomResourceDefinition", "widgets.example.com", "apiextensions.k8s.io/v1", spec=spec)

    def establish(cluster: FakeCluster, made: Manifest) -> None:
        cluster.serve("example.com/v1", "Widget", "widgets")
        conditions = [{"type": kind, "status": "True"} for kind in ("NamesAccepted", "Established")]
        cluster.put_status(ObjectRef.of(made), {"conditions": conditions})

    shop.cluster.react("CustomResourceDefinition", establish)
    unknown = [RequestRejected("The server does not serve it.", cause="kind-not-served") for _ in range(2)]
    left = fail(shop.cluster, "first", [*unknown])
    made = shop.deploy(an_object("Widget", "first", "example.com/v1", spec={"size": 1}), definition)
    assert made.error is None
    assert shop.get("Widget", "first", "example.com/v1")
    assert left == [], "a server needs a moment to serve a kind that it has only just taken"


def test_a_kind_that_no_definition_brings_is_not_waited_for(shop: Shop) -> None:
    left = fail(shop.cluster, "one", [RequestRejected("not served", cause="kind-not-served") for _ in range(2)])
    assert isinstance(shop.deploy(config_map("one")).error, RequestRejected)
    assert len(left) == 1


# Replicas and autoscalers


AUTOSCALER = an_object(
    "HorizontalPodAutoscaler",
    "web",
    "autoscaling/v1",
    spec={"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}, "maxReplicas": 9},
)


def replicas(shop: Shop) -> int | None:
    count: int | None = shop.live("Deployment", "web", "apps/v1")["spec"].get("replicas")
    return count


def scaled(shop: Shop, count: int) -> None:
    """What an autoscaler does."""
    shop.cluster.patch(ObjectRef("apps/v1", "Deployment", "web", NAMESPACE), {"spec": {"replicas": count}}, "merge")


@pytest.mark.parametrize("is_part_of_the_manifests", [True, False])
def test_the_replicas_under_an_autoscaler_are_left_alone(shop: Shop, is_part_of_the_manifests: bool) -> None:
    shop.deploy(deployment("good:1", replicas=2))
    more = [AUTOSCALER] if is_part_of_the_manifests else []
    if not more:
        shop.cluster.put(AUTOSCALER | {"metadata": {"name": "web", "namespace": NAMESPACE}})
    shop.cluster.react(
        "HorizontalPodAutoscaler",
        lambda cluster, item: cluster.put_status(
            ObjectRef.of(item), {"conditions": [{"type": "AbleToScale", "status": "True"}]}
        ),
    )
    scaled(shop, 7)
    assert shop.deploy(deployment("good:2", replicas=2), *more).error is None
    assert (replicas(shop), shop.image) == (7, "good:2")
    scaled(shop, 5)
    assert shop.deploy(deployment("good:3", replicas=2), *more).error is None
    assert (replicas(shop), shop.image) == (5, "good:3")


def test_replicas_that_the_manifests_give_up_are_not_reset(shop: Shop) -> None:
    shop.deploy(deployment("good:1", replicas=4))
    assert shop.deploy(deployment("good:2", replicas=None)).error is None
    assert (replicas(shop), shop.image) == (4, "good:2")


def test_an_account_that_may_not_list_autoscalers_is_told_what_that_means(shop: Shop) -> None:
    shop.cluster.deny("list", "horizontalpodautoscalers")
    made = shop.deploy(deployment("good:1", replicas=2))
    assert made.error is None
    assert replicas(shop) == 2


# Secrets


def test_secret_values_are_in_no_record_and_no_event(shop: Shop) -> None:
    shop.deploy(LOGIN, config_map("one"))
    encoded = base64.b64encode(b"correct-horse").decode()
    for record in shop.records:
        stored = str(shop.live("ConfigMap", f"cdkit-shop.live-r{record.revision}"))
        assert "correct-horse" not in stored
        assert encoded not in stored
    fail(shop.cluster, "one", [RequestRejected(f"Invalid value: 'correct-horse' or {encoded}")])
    failed = shop.deploy(LOGIN, config_map("one", a="2"))
    shown = str(failed.events)
    assert "correct-horse" not in shown
    assert encoded not in shown


LONG = "-".join(f"{number}-of-a-token" for number in range(200))


@pytest.mark.parametrize("dots", ["", "..."])
def test_what_the_server_says_is_in_the_record_without_the_secrets_in_it(shop: Shop, dots: str) -> None:
    said = f"denied: {LONG[:700] if dots else LONG}{dots}"
    shop.deploy(config_map("one"))
    fail(shop.cluster, "two", [AccessDenied(said)])
    failed = shop.deploy(secret("login", token=LONG), config_map("one", a="2"), config_map("two"))
    assert shop.verdicts == ["verified", "rolled-back"]
    assert shop.records[-1].cause == f"ConfigMap two could not be applied: denied: ***{dots}"
    assert "of-a-token" not in str(failed.events)


def variable(value: str) -> Manifest:
    made = deployment("good:1")
    made["spec"]["template"]["spec"]["containers"][0]["env"] = [{"name": "TOKEN", "value": value}]
    return made


def test_an_object_that_holds_a_secret_of_the_run_is_recorded_in_a_secret(shop: Shop) -> None:
    assert shop.deploy(variable("old-token"), config_map("one"), secrets=["old-token"]).error is None
    made = shop.deploy(variable("the-token"), config_map("one", a="2"), secrets=["old-token", "the-token"])
    assert made.error is None
    kept, _ = shop.cluster.list(ObjectQuery("v1", "ConfigMap", NAMESPACE, "cdkit.dev/record"))
    assert len(kept) == 2
    for item in kept:
        packed = gzip.decompress(base64.b64decode(item["binaryData"]["contents"]))
        assert b"good:1" not in packed
        assert b"one" in packed
    copies, _ = shop.cluster.list(ObjectQuery("v1", "Secret", NAMESPACE, "cdkit.dev/record=secret-copy"))
    assert len(copies) == 2
    failed = shop.deploy(variable("bad-token"), config_map("one", a="bad"), deployment("bad", name="api"))
    assert isinstance(failed.error, RolledBack)
    assert shop.live("Deployment", "web", "apps/v1")["spec"] == variable("the-token")["spec"], "and is put back whole"


def test_a_key_that_goes_away_from_a_secret_is_gone(shop: Shop) -> None:
    shop.deploy(secret("login", a="one-value", b="two-value"))
    shop.deploy(secret("login", a="one-value"))
    assert shop.secret("login") == {"a": "one-value"}


def test_what_only_the_server_may_write_is_left_out(shop: Shop) -> None:
    exported = config_map("one", a="1")
    exported["metadata"] |= {"uid": "x", "resourceVersion": "5", "creationTimestamp": None, "managedFields": []}
    assert shop.deploy(exported | {"status": {"phase": "old"}}).error is None
    assert "status" not in shop.live("ConfigMap", "one")


def test_manifests_that_are_no_objects_are_told(shop: Shop) -> None:
    (shop.folder / "manifests.yaml").write_text("just text")
    from cdkit_deploy.apply import Apply

    ended = shop.run(Apply, {"manifests": "manifests.yaml"})
    assert [problem.message for problem in ended.problems]
    assert not isinstance(ended.error, InvalidInput)
