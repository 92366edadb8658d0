"""A deployment that is killed at any moment is finished, or undone, by the next one: never does it stay in between."""

from __future__ import annotations

from typing import Any

import pytest

from cdkit.errors import RolledBack

from .doomed import Doomed, Killed
from .shop import Shop, config_map, deployment, secret, service

OLD = (config_map("settings", a="1"), config_map("leaving"), secret("login", a="one-secret"), service(80))
NEW = (config_map("settings", a="2"), config_map("coming"), secret("login", a="two-secret"), service(81))
OTHER = (config_map("settings", a="3"), config_map("another"), secret("login", a="three-secret"), service(82))


def interrupted(shop: Shop, moment: int, *, after: bool) -> bool:
    """Deploy the old revision, and then the new one until the process is killed. False when it ended before that."""
    assert shop.deploy(*OLD, deployment("good:1"), commit="one").error is None
    doomed = Doomed(shop.cluster, moment, after=after)
    try:
        shop.deploy(*NEW, deployment("good:2"), cluster=doomed, commit="two")
    except Killed:
        return True
    return doomed.is_over


def is_old(shop: Shop) -> bool:
    return (
        shop.data("settings") == {"a": "1"}
        and shop.get("ConfigMap", "leaving") is not None
        and shop.get("ConfigMap", "coming") is None
        and shop.get("ConfigMap", "another") is None
        and shop.secret("login") == {"a": "one-secret"}
        and shop.live("Service", "web")["spec"]["ports"] == [{"port": 80}]
        and shop.image == "good:1"
    )


def is_new(shop: Shop) -> bool:
    return (
        shop.data("settings") == {"a": "2"}
        and shop.get("ConfigMap", "leaving") is None
        and shop.get("ConfigMap", "coming") is not None
        and shop.secret("login") == {"a": "two-secret"}
        and shop.live("Service", "web")["spec"]["ports"] == [{"port": 81}]
        and shop.image == "good:2"
    )


def all_moments() -> list[Any]:
    """Every changing request of such a deployment: some more than there are."""
    return [
        pytest.param(moment, after, id=f"{moment}-{'after' if after else 'before'}")
        for moment in range(1, 18)
        for after in (False, True)
    ]


@pytest.mark.parametrize(("moment", "after"), all_moments())
def test_the_same_commit_goes_on(shop: Shop, moment: int, after: bool) -> None:
    was_killed = interrupted(shop, moment, after=after)
    if not was_killed:
        assert is_new(shop)
        return
    again = shop.deploy(*NEW, deployment("good:2"), commit="two")
    assert again.error is None
    assert is_new(shop)
    assert shop.records[-1].verdict == "verified"
    if "pending" in shop.verdicts[:-1]:
        pytest.fail(f"an interrupted record was left: {shop.verdicts}")


@pytest.mark.parametrize(("moment", "after"), all_moments())
def test_another_commit_that_fails_goes_back_to_the_last_verified_one(shop: Shop, moment: int, after: bool) -> None:
    was_killed = interrupted(shop, moment, after=after)
    if not was_killed or shop.verdicts == ["verified", "verified"]:
        return
    failed = shop.deploy(*OTHER, deployment("bad"), commit="three")
    assert isinstance(failed.error, RolledBack)
    assert is_old(shop)


@pytest.mark.parametrize(("moment", "after"), all_moments())
def test_a_first_deployment_that_was_killed_leaves_nothing_that_the_next_one_does_not_know(
    shop: Shop, moment: int, after: bool
) -> None:
    doomed = Doomed(shop.cluster, moment, after=after)
    try:
        shop.deploy(*NEW, deployment("good:2"), cluster=doomed, commit="two")
    except Killed:
        pass
    else:
        return
    if shop.verdicts == ["verified"]:
        return
    failed = shop.deploy(*OTHER, deployment("bad"), commit="three")
    assert isinstance(failed.error, RolledBack)
    for kind, name in (("ConfigMap", "settings"), ("ConfigMap", "coming"), ("Secret", "login"), ("Service", "web")):
        assert shop.get(kind, name) is None
    assert shop.get("Deployment", "web", "apps/v1") is None


def test_a_person_is_told_that_it_goes_on_or_takes_over(shop: Shop) -> None:
    interrupted(shop, 8, after=True)
    other = shop.deploy(*OTHER, deployment("good:3"), commit="three")
    assert "Revision 2 of shop in live was interrupted (commit two): revision 3 takes over from it." in other.lines
    assert shop.get("ConfigMap", "coming") is None, "what the interrupted one made is removed"


def test_the_undoing_of_a_failed_deployment_may_be_killed_too(shop: Shop) -> None:
    for moment in range(8, 22):
        fresh = Shop(shop.folder)
        assert fresh.deploy(*OLD, deployment("good:1"), commit="one").error is None
        doomed = Doomed(fresh.cluster, moment, after=True)
        try:
            fresh.deploy(*NEW, deployment("bad"), cluster=doomed, commit="two")
        except Killed:
            failed = fresh.deploy(*NEW, deployment("bad"), commit="two")
            assert isinstance(failed.error, RolledBack)
        assert is_old(fresh), f"killed at {moment}"
