"""Records are kept in the cluster, are bounded, hold no secrets, and are read by whoever comes later."""

from __future__ import annotations

import base64
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdkit.errors import ObjectNotFound, Refused, WorldFailed
from cdkit.models.kube import Manifest, ObjectQuery, ObjectRef
from cdkit.testing import FakeCluster
from cdkit_deploy.ledger import codec
from cdkit_deploy.ledger.ledger import Ledger
from cdkit_deploy.ledger.names import LONGEST, Deployment, fitting
from cdkit_deploy.ledger.record import Contents, Record
from cdkit_deploy.undo import Before

SHOP = Deployment("shop", "live")
CONFIG_MAP: Manifest = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "settings", "namespace": "team"},
    "data": {"a": "1"},
}
SECRET: Manifest = CONFIG_MAP | {"kind": "Secret", "data": {"password": base64.b64encode(b"hunter2").decode()}}
REF = ObjectRef.of(CONFIG_MAP)
RECORD = Record(revision=7, step="apply", commit="c0ffee", images=("web@sha256:1",), run_id="r", inventory=(REF,))
CONTENTS = Contents((CONFIG_MAP, SECRET), (Before(REF, None), Before(ObjectRef.of(SECRET), SECRET)))


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster("team")


@pytest.fixture
def ledger(cluster: FakeCluster) -> Ledger:
    return Ledger(cluster, "team", SHOP)


def kept(cluster: FakeCluster, kind: str) -> list[str]:
    found, _ = cluster.list(ObjectQuery("v1", kind, "team"))
    return [item["metadata"]["name"] for item in found]


def test_a_record_is_read_as_it_was_written(cluster: FakeCluster, ledger: Ledger) -> None:
    ledger.open(RECORD, CONTENTS)
    later = Ledger(cluster, "team", SHOP)
    assert later.records() == [RECORD]
    contents = later.contents(RECORD)
    assert sorted(contents.objects, key=str) == sorted(CONTENTS.objects, key=str)
    assert sorted(contents.before, key=str) == sorted(CONTENTS.before, key=str)


def test_how_it_ended_is_written_down(cluster: FakeCluster, ledger: Ledger) -> None:
    ledger.open(RECORD, CONTENTS)
    ledger.settle(RECORD, "failed", "It broke.")
    (record,) = Ledger(cluster, "team", SHOP).records()
    assert (record.verdict, record.cause, record.commit) == ("failed", "It broke.", "c0ffee")
    live = cluster.get(ObjectRef("v1", "ConfigMap", "cdkit-shop.live-r7", "team"))
    assert live is not None
    assert live["metadata"]["labels"]["cdkit.dev/verdict"] == "failed"


def test_no_value_of_a_secret_is_in_a_config_map(cluster: FakeCluster, ledger: Ledger) -> None:
    ledger.open(RECORD, CONTENTS)
    maps, _ = cluster.list(ObjectQuery("v1", "ConfigMap", "team"))
    opened = [codec.contents_of([item], []) for item in maps]
    assert "Secret" not in {item["kind"] for contents in opened for item in contents.objects}
    assert all(before.live is None for contents in opened for before in contents.before)
    copies, _ = cluster.list(ObjectQuery("v1", "Secret", "team", "cdkit.dev/record=secret-copy"))
    assert [item["metadata"]["labels"]["cdkit.dev/revision"] for item in copies] == ["7"]


def test_a_large_record_goes_on_in_further_objects_and_is_removed_with_all_of_them(
    cluster: FakeCluster, ledger: Ledger
) -> None:
    noise = base64.b64encode(os.urandom(codec.CHUNK * 2)).decode()
    large = CONFIG_MAP | {"data": {"noise": noise}}
    hidden = SECRET | {"data": {"noise": noise}}
    ledger.open(RECORD, Contents((large, hidden)))
    assert kept(cluster, "ConfigMap") == [f"cdkit-shop.live-r7{part}" for part in ("", ".2", ".3")]
    assert kept(cluster, "Secret") == [f"cdkit-shop.live-r7{part}" for part in ("", ".2", ".3")]
    found, _ = cluster.list(ObjectQuery("v1", "ConfigMap", "team"))
    assert all(len(str(item)) < 900_000 for item in found)
    assert Ledger(cluster, "team", SHOP).contents(RECORD).objects == (large, hidden)
    ledger.forget([RECORD])
    assert kept(cluster, "ConfigMap") == kept(cluster, "Secret") == []


def test_only_records_of_the_same_deployment_are_read(cluster: FakeCluster, ledger: Ledger) -> None:
    for other in (Deployment("shop"), Deployment("shop", "test"), Deployment("shop-live")):
        Ledger(cluster, "team", other).open(RECORD, CONTENTS)
    assert ledger.records() == []


def test_the_same_record_may_be_asked_for_twice(ledger: Ledger) -> None:
    """An answer that was lost on its way is no reason to give up."""
    ledger.open(RECORD, CONTENTS)
    ledger.open(RECORD, CONTENTS)


def test_a_revision_that_somebody_else_has_taken_is_refused(cluster: FakeCluster, ledger: Ledger) -> None:
    Ledger(cluster, "team", SHOP).open(Record(revision=7, run_id="another"), Contents())
    with pytest.raises(Refused, match="it is revision 7, not ours"):
        ledger.open(RECORD, CONTENTS)


def test_a_record_that_somebody_has_changed_is_named(cluster: FakeCluster, ledger: Ledger) -> None:
    ledger.open(RECORD, CONTENTS)
    ref = ObjectRef("v1", "ConfigMap", "cdkit-shop.live-r7", "team")
    cluster.patch(ref, {"binaryData": {"contents": "AAAA"}}, "merge")
    with pytest.raises(WorldFailed, match="which holds the record of a deployment, was changed") as caught:
        Ledger(cluster, "team", SHOP).contents(RECORD)
    assert caught.value.remedy.endswith("kubectl -n team delete ConfigMap cdkit-shop.live-r7")
    cluster.patch(ref, {"data": {"record.json": "{}"}}, "merge")
    with pytest.raises(WorldFailed, match="was changed and cannot be read"):
        Ledger(cluster, "team", SHOP).records()


def test_a_part_that_is_gone_is_named(cluster: FakeCluster, ledger: Ledger) -> None:
    ledger.open(RECORD, CONTENTS)
    cluster.remove(ObjectRef("v1", "Secret", "cdkit-shop.live-r7", "team"))
    with pytest.raises(ObjectNotFound, match="is gone"):
        ledger.contents(RECORD)


def test_contents_that_unpack_without_an_end_are_refused(cluster: FakeCluster) -> None:
    import gzip

    bomb = base64.b64encode(gzip.compress(b" " * (codec.LARGEST + 1))).decode()
    main = {"kind": "ConfigMap", "metadata": {"name": "x", "namespace": "team"}, "binaryData": {"contents": bomb}}
    with pytest.raises(WorldFailed, match="cannot be read"):
        codec.contents_of([main], [])


NAME = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"


@given(st.text(min_size=1, max_size=80))
def test_every_name_fits_into_a_label_and_into_the_name_of_an_object(text: str) -> None:
    import re

    assert re.fullmatch(NAME, fitting(text))
    assert len(fitting(text)) <= LONGEST


@given(st.text(min_size=1), st.text(min_size=1))
def test_no_two_applications_share_a_name(one: str, other: str) -> None:
    if one != other:
        assert Deployment(one).name != Deployment(other).name
        assert Deployment(one, other).name != Deployment(other, one).name


def test_a_name_that_fits_is_kept() -> None:
    assert Deployment("my-shop", "live").name == "cdkit-my-shop.live"
    assert Deployment("my-shop").name == "cdkit-my-shop"
    assert Deployment("a", "b-c").name != Deployment("a-b", "c").name != Deployment("a-b-c").name
