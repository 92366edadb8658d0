"""One deployment at a time, and in order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cdkit.errors import Cancelled, ClusterUnreachable, Refused
from cdkit.flow.cancellation import Cancellation
from cdkit.models.build import Build
from cdkit.models.environment import Environment
from cdkit.models.event import StepOutput, StepWaiting, Warned
from cdkit.step import StepContext
from cdkit.testing import FakeClock, FakeCluster, FakeCommits, FakeWorld, RecordedRun
from cdkit_deploy.ledger.names import Deployment
from cdkit_deploy.ledger.record import Record
from cdkit_deploy.turn.claim import Claim
from cdkit_deploy.turn.holder import Holder
from cdkit_deploy.turn.keeper import Keeper
from cdkit_deploy.turn.lease import SECONDS, read_lease
from cdkit_deploy.turn.options import TurnOptions
from cdkit_deploy.turn.order import deployed_last, must_not_be_older
from cdkit_deploy.turn.turn import lease_of, turn

SHOP = Deployment("shop", "live")
LEASE = lease_of(SHOP, "team")
HISTORY = FakeCommits.line("one", "two", "three")


class ABuild:
    """One run of cdkit that deploys the shop."""

    def __init__(
        self, cluster: FakeCluster, name: str, commit: str = "", clock: FakeClock | None = None, folder: Path = Path()
    ) -> None:
        self.run = RecordedRun(
            world=FakeWorld(cluster=cluster, commits=HISTORY),
            clock=clock or FakeClock(auto_advance=True),
            workspace=folder,
            build=Build(commit=commit, url=f"https://ci.example/{name}", actor="alice"),
            environment=Environment("live", "", "team"),
            application="shop",
        )
        self.run.id = name
        self.cancellation = Cancellation()
        self.ctx = StepContext("release", self.run, env={}, cancellation=self.cancellation)

    @property
    def holder(self) -> Holder:
        return Holder.of(self.ctx).described_by(self.run.build)

    def turn(self, **options: Any) -> Any:
        return turn(self.ctx, TurnOptions(**options), self.holder)

    def said(self, kind: Any) -> list[str]:
        field = {StepOutput: "line", StepWaiting: "what", Warned: "message"}[kind]
        return [getattr(event, field) for event in self.run.events if isinstance(event, kind)]


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster("team")


def lease(cluster: FakeCluster) -> Any:
    live = cluster.get(LEASE)
    assert live is not None
    return read_lease(live)


def left_by_a_killed(cluster: FakeCluster, name: str = "killed", commit: str = "") -> ABuild:
    """A build that took its turn and never came back."""
    killed = ABuild(cluster, name, commit)
    Claim(killed.ctx, LEASE, SHOP, TurnOptions(), killed.holder).wait_for_turn()
    return killed


def test_the_lease_names_the_build_and_is_given_up_behind_it(cluster: FakeCluster) -> None:
    build = ABuild(cluster, "7", "two")
    with build.turn():
        live = cluster.get(LEASE) or {}
        assert live["metadata"]["name"] == "cdkit-shop.live"
        assert live["spec"]["holderIdentity"] == "https://ci.example/7 7/release"
        assert live["spec"]["leaseDurationSeconds"] == SECONDS
        assert str(lease(cluster).holder) == "the build https://ci.example/7 (commit two, by alice)"
    assert lease(cluster).holder is None


@pytest.mark.parametrize("error", [Cancelled(), Refused("x"), ValueError()])
def test_it_is_given_up_however_the_work_ends(cluster: FakeCluster, error: Exception) -> None:
    with pytest.raises(type(error)), ABuild(cluster, "7").turn():
        raise error
    assert lease(cluster).holder is None


def test_a_step_that_is_left_behind_gives_it_up_too(cluster: FakeCluster) -> None:
    build = ABuild(cluster, "7")
    held = build.turn()
    held.__enter__()
    build.ctx.clean_up()
    assert lease(cluster).holder is None
    assert not held.__exit__(None, None, None)


def test_two_at_once_are_never_at_work_together(cluster: FakeCluster) -> None:
    at_work: list[str] = []
    met: list[list[str]] = []
    clock = FakeClock()
    gate = threading.Event()

    def deploy(name: str) -> None:
        with ABuild(cluster, name, clock=clock).turn():
            at_work.append(name)
            met.append(list(at_work))
            gate.wait(10)
            at_work.remove(name)

    threads = [threading.Thread(target=deploy, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    clock.await_waiters()  # one waits for its turn
    gate.set()
    while any(thread.is_alive() for thread in threads):
        clock.advance(1)
        threads[0].join(0.01)
    assert [len(together) for together in met] == [1, 1]


def test_the_lease_of_a_build_that_was_killed_is_taken_over(cluster: FakeCluster) -> None:
    left_by_a_killed(cluster)
    clock = FakeClock(auto_advance=True)
    build = ABuild(cluster, "8", clock=clock)
    with build.turn():
        assert lease(cluster).holder.run_id == "8"
        assert lease(cluster).transitions == 1
    assert clock.monotonic() == SECONDS
    assert "has not been heard of for 15 s: taking over from it." in build.said(StepOutput)[0]
    assert build.said(StepWaiting) == [
        "the build https://ci.example/killed (by alice) to end its deployment of shop in live"
    ]


@pytest.mark.parametrize("skew", [-86400.0, 86400.0])
def test_a_clock_that_is_wrong_makes_nobody_early_or_late(cluster: FakeCluster, skew: float) -> None:
    left_by_a_killed(cluster)
    clock = FakeClock(1_767_225_600.0 + skew, auto_advance=True)
    with ABuild(cluster, "8", clock=clock).turn():
        assert clock.monotonic() == SECONDS


class Renewing(FakeClock):
    """A clock in whose time somebody else renews his Lease, until a moment comes."""

    def __init__(self, keeper: Keeper, until: float, then: Callable[[], None]) -> None:
        super().__init__(auto_advance=True)
        self._keeper, self._last, self._then = keeper, until, then

    def receive(self, inbox: Any, until: float | None) -> Any:
        if self.monotonic() < self._last:
            self._keeper._ctx.clock.advance(1)  # type: ignore[attr-defined]
            self._keeper.renew()
        else:
            self._then()
        return super().receive(inbox, until)


def keeper_of(build: ABuild, cluster: FakeCluster) -> Keeper:
    return Keeper(build.ctx, LEASE, SHOP, build.holder, lease(cluster))


def test_a_lease_that_is_renewed_is_waited_for_as_long_as_it_takes(cluster: FakeCluster) -> None:
    keeper = keeper_of(left_by_a_killed(cluster, "first"), cluster)
    keeper.start()
    clock = Renewing(keeper, 200.0, keeper.release)
    with ABuild(cluster, "second", clock=clock).turn():
        assert clock.monotonic() >= 200.0


def test_who_shall_not_wait_is_refused_at_the_first_sign_of_life(cluster: FakeCluster) -> None:
    keeper = keeper_of(left_by_a_killed(cluster, "first", "one"), cluster)
    build = ABuild(cluster, "second", clock=Renewing(keeper, 200.0, keeper.release))
    with (
        pytest.raises(Refused, match=r"The build https://ci.example/first .* deploys shop in live now"),
        build.turn(on_busy="fail"),
    ):
        raise AssertionError
    assert build.ctx.clock.monotonic() < SECONDS


def test_who_shall_not_wait_takes_over_from_the_dead(cluster: FakeCluster) -> None:
    left_by_a_killed(cluster)
    with ABuild(cluster, "8").turn(on_busy="fail"):
        assert lease(cluster).holder.run_id == "8"


def test_steps_of_one_run_wait_for_each_other_in_any_case(cluster: FakeCluster) -> None:
    first = left_by_a_killed(cluster, "run")
    keeper = keeper_of(first, cluster)
    keeper.start()
    build = ABuild(cluster, "run", clock=Renewing(keeper, 30.0, keeper.release))
    build.ctx.step = "other"
    with build.turn(on_busy="fail"):
        assert lease(cluster).holder.step == "other"


def test_a_second_attempt_of_the_same_step_goes_on(cluster: FakeCluster) -> None:
    left_by_a_killed(cluster, "run")
    clock = FakeClock(auto_advance=True)
    with ABuild(cluster, "run", clock=clock).turn():
        assert clock.monotonic() == 0


def test_a_newer_commit_supersedes_an_older_one(cluster: FakeCluster) -> None:
    older = left_by_a_killed(cluster, "older", "one")
    keeper = keeper_of(older, cluster)
    keeper.start()
    newer = ABuild(cluster, "newer", "two")

    def renew_then_end() -> None:
        keeper.renew()
        if older.cancellation.reason is not None:
            keeper.release()

    newer.run.clock = Renewing(keeper, -1.0, renew_then_end)
    with newer.turn(on_busy="supersede"):
        assert lease(cluster).holder.run_id == "newer"
        assert lease(cluster).superseded_by is None
    assert isinstance(older.cancellation.reason, Refused)
    assert older.cancellation.reason.code == 8
    assert "https://ci.example/newer (commit two, by alice) deploys a newer commit of shop in live" in str(
        older.cancellation.reason
    )


@pytest.mark.parametrize(("theirs", "ours"), [("two", "two"), ("", "two"), ("unknown", "two"), ("two", "")])
def test_nobody_is_superseded_who_is_not_known_to_be_older(cluster: FakeCluster, theirs: str, ours: str) -> None:
    other = left_by_a_killed(cluster, "other", theirs)
    with ABuild(cluster, "build", ours).turn(on_busy="supersede"):
        assert other.cancellation.reason is None


@pytest.mark.parametrize("on_busy", ["wait", "fail", "supersede"])
def test_who_would_be_refused_behind_a_newer_commit_does_not_wait_for_it(cluster: FakeCluster, on_busy: str) -> None:
    left_by_a_killed(cluster, "newer", "three")
    build = ABuild(cluster, "older", "two")
    with pytest.raises(Refused, match="deploys a newer commit of shop in live"), build.turn(on_busy=on_busy):
        raise AssertionError
    assert build.ctx.clock.monotonic() == 0


def test_one_that_waits_steps_back_for_a_newer_one_that_waits_too(cluster: FakeCluster) -> None:
    left_by_a_killed(cluster, "first", "one")
    third = ABuild(cluster, "third", "three")
    third.cancellation.cancel(Cancelled())
    with pytest.raises(Cancelled), third.turn(on_busy="supersede"):
        raise AssertionError
    with (
        pytest.raises(Refused, match=r"https://ci.example/third .* deploys a newer"),
        ABuild(cluster, "second", "two").turn(),
    ):
        raise AssertionError


def test_an_outage_is_no_loss_and_somebody_else_is_one(cluster: FakeCluster) -> None:
    build = left_by_a_killed(cluster, "first")
    keeper = keeper_of(build, cluster)
    cluster.go_away()
    keeper.renew()
    cluster.come_back()
    assert build.cancellation.reason is None
    with ABuild(cluster, "second").turn():
        keeper.renew()
    assert isinstance(build.cancellation.reason, Refused)
    assert "https://ci.example/second (by alice) has taken over" in str(build.cancellation.reason)


def test_the_loser_does_not_give_up_what_is_not_his(cluster: FakeCluster) -> None:
    keeper = keeper_of(left_by_a_killed(cluster, "first"), cluster)
    keeper.start()
    with ABuild(cluster, "second").turn():
        keeper.release()
        assert lease(cluster).holder.run_id == "second"


def test_a_lease_that_cannot_be_given_up_is_a_warning(cluster: FakeCluster) -> None:
    build = ABuild(cluster, "7")
    with build.turn():
        cluster.fail_next(ClusterUnreachable("No answer."))
    assert build.said(Warned) == [
        "Lease cdkit-shop.live could not be given up; it runs out by itself in 15 s: No answer."
    ]


def test_a_lease_of_somebody_elses_making_is_obeyed(cluster: FakeCluster) -> None:
    metadata = {"name": LEASE.name, "namespace": "team", "annotations": {"cdkit.dev/holder": "{"}}
    spec = {"holderIdentity": "a person", "leaseDurationSeconds": 3600}
    cluster.put({"apiVersion": LEASE.api_version, "kind": "Lease", "metadata": metadata, "spec": spec})
    clock = FakeClock(auto_advance=True)
    build = ABuild(cluster, "7", clock=clock)
    with build.turn():
        assert clock.monotonic() == 3600
    assert build.said(StepWaiting) == ["the run a person to end its deployment of shop in live"]


# In order


def record(commit: str, revision: int = 1, verdict: Any = "verified") -> Record:
    return Record(revision=revision, commit=commit, verdict=verdict)


def test_what_was_undone_is_not_what_is_deployed() -> None:
    records = [
        record("one"),
        record("two", 2, "failed"),
        record("three", 3, "rolled-back"),
        record("x", 4, "superseded"),
    ]
    assert deployed_last(records) == records[1]
    assert deployed_last([]) is None


@pytest.mark.parametrize(("ours", "theirs"), [("two", "one"), ("two", "two"), ("", "two"), ("two", "")])
def test_a_commit_that_is_not_older_may_be_deployed(cluster: FakeCluster, ours: str, theirs: str) -> None:
    must_not_be_older(ABuild(cluster, "7").ctx, SHOP, ours, record(theirs))
    must_not_be_older(ABuild(cluster, "7").ctx, SHOP, ours, None)


def test_an_older_commit_is_refused(cluster: FakeCluster) -> None:
    with pytest.raises(Refused) as raised:
        must_not_be_older(ABuild(cluster, "7").ctx, SHOP, "one", record("two", 4))
    assert raised.value.message == "The commit one is older than two, which is deployed of shop in live as revision 4."
    assert raised.value.code == 8


def test_where_git_cannot_tell_it_says_what_to_do(cluster: FakeCluster) -> None:
    with pytest.raises(Refused) as raised:
        must_not_be_older(ABuild(cluster, "7").ctx, SHOP, "two", record("never-fetched"))
    assert "Git cannot tell whether the commit two is older than never-fetche" in raised.value.message
    assert "fetch-depth: 0" in raised.value.remedy


def test_a_commit_of_another_branch_is_no_older_one(cluster: FakeCluster) -> None:
    build = ABuild(cluster, "7")
    build.run.world = FakeWorld(cluster=cluster, commits=FakeCommits({"a": (), "b": ()}))
    must_not_be_older(build.ctx, SHOP, "a", record("b"))
    assert build.said(StepOutput) == [
        "The commit a is of another branch than b, which is deployed of shop in live as revision 1."
    ]
