from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import pytest

from cdkit.errors import AccessDenied, Cancelled, ClusterUnreachable, RequestRejected
from cdkit.flow.cancellation import Cancellation
from cdkit.observe.reflector import Changed, Listed, Message, Reflector, Unseen
from tests.unit.observe.scripted import PODS, Answer, JumpingClock, ScriptedCluster, bookmark, change, gone, pod

AWAY = ClusterUnreachable("The API server does not answer: connection refused.")
EMPTY: list[Answer] = [([], "1")]


class Setting:
    def __init__(self, lists: list[Answer], watches: list[Iterable[Answer]]) -> None:
        self.cluster = ScriptedCluster({"Pod": lists}, {"Pod": watches})
        self.clock = JumpingClock()
        self.cancellation = Cancellation()
        reflector = Reflector(self.cluster, PODS, clock=self.clock, cancellation=self.cancellation)
        self.messages = reflector.messages()

    def take(self, count: int) -> list[Message]:
        return list(islice(self.messages, count))


def test_it_lists_and_then_tells_each_change() -> None:
    added = change("ADDED", pod("b", "6"))
    setting = Setting([([pod("a", "5")], "5")], [[added]])
    assert setting.take(2) == [Listed([pod("a", "5")], "5"), Changed(added)]
    assert setting.cluster.asked == [("list", "Pod"), ("watch", "Pod", "5")]


def test_a_watch_that_ends_is_resumed_after_the_last_change_without_a_pause() -> None:
    first, second = change("ADDED", pod("a", "6")), change("ADDED", pod("b", "7"))
    setting = Setting(EMPTY, [[first], [second]])
    assert setting.take(3)[1:] == [Changed(first), Changed(second)]
    assert setting.cluster.asked[1:] == [("watch", "Pod", "1"), ("watch", "Pod", "6")]
    assert setting.clock.waits == []


def test_a_bookmark_moves_the_place_to_resume_from_and_is_not_told() -> None:
    later = change("ADDED", pod("a", "90"))
    setting = Setting(EMPTY, [[bookmark("80")], [later]])
    assert setting.take(2)[1:] == [Changed(later)]
    assert setting.cluster.asked[-1] == ("watch", "Pod", "80")


def test_a_late_change_does_not_move_the_place_to_resume_from_back() -> None:
    setting = Setting(EMPTY, [[change("ADDED", pod("a", "9")), change("ADDED", pod("b", "4"))], [bookmark("10")], []])
    setting.take(3)
    setting.cluster._watches["Pod"].append([change("ADDED", pod("c", "11"))])
    setting.take(1)
    assert [asked[2] for asked in setting.cluster.asked if asked[0] == "watch"] == ["1", "9", "10", "10"]


def test_it_lists_again_when_the_server_has_forgotten_the_version() -> None:
    setting = Setting([([], "1"), ([pod("a", "9")], "9")], [[gone()]])
    assert setting.take(2) == [Listed([], "1"), Listed([pod("a", "9")], "9")]


def test_it_lists_again_when_the_server_refuses_the_version_at_once() -> None:
    setting = Setting(EMPTY, [[RequestRejected("410: too old")]])
    assert setting.take(2) == [Listed([], "1"), Listed([], "1")]


def test_a_refusal_that_stays_is_raised() -> None:
    refused = RequestRejected("watch is not supported")
    setting = Setting(EMPTY, [[refused] for _ in range(5)])
    with pytest.raises(RequestRejected, match="not supported"):
        setting.take(10)


def test_an_outage_is_told_and_the_server_is_asked_again_ever_more_slowly() -> None:
    setting = Setting([AWAY] * 7 + EMPTY, [])
    told = setting.take(8)
    assert told[:7] == [Unseen(AWAY.message)] * 7
    assert told[7] == Listed([], "1")
    assert setting.clock.waits == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


def test_a_connection_that_breaks_is_not_an_outage_when_the_server_still_answers() -> None:
    later = change("ADDED", pod("a", "7"))
    setting = Setting(EMPTY, [[change("ADDED", pod("b", "6")), AWAY], [later]])
    assert [type(message) for message in setting.take(4)] == [Listed, Changed, Listed, Changed]
    assert setting.clock.waits == []


def test_a_connection_that_breaks_because_the_server_is_away_is_an_outage() -> None:
    setting = Setting([([], "1"), AWAY, ([], "2")], [[AWAY]])
    assert setting.take(3) == [Listed([], "1"), Unseen(AWAY.message), Listed([], "2")]


def test_watches_that_always_break_are_told_and_slowed_down() -> None:
    setting = Setting(EMPTY, [[AWAY] for _ in range(3)])
    told = setting.take(5)
    assert [type(message) for message in told] == [Listed, Listed, Unseen, Listed, Unseen]
    assert setting.clock.waits == [0.4]


def test_watches_that_end_at_once_and_tell_nothing_are_slowed_down() -> None:
    setting = Setting(EMPTY, [[], [], [], [change("ADDED", pod("a", "3"))]])
    setting.take(2)
    assert setting.clock.waits == [0.4, 0.8]


def test_a_watch_that_told_nothing_in_all_its_time_is_checked_by_a_list_ever_less_often() -> None:
    setting = Setting(EMPTY, [])
    silent = [[lambda seconds=seconds: setting.clock.pass_by(seconds)] for seconds in (25, 55, 110, 230, 290, 290)]
    setting.cluster._watches["Pod"] += silent
    setting.take(7)
    assert [asked[0] for asked in setting.cluster.asked] == ["list", "watch"] * 6 + ["list"]
    assert setting.cluster.watch_seconds == [30, 60, 120, 240, 300, 300]


def test_a_lost_event_is_found_by_that_list() -> None:
    lost = pod("lost", "5")
    setting = Setting([([], "1"), ([lost], "6")], [])
    setting.cluster._watches["Pod"].append([lambda: setting.clock.pass_by(30), bookmark("6")])
    assert setting.take(2) == [Listed([], "1"), Listed([lost], "6")]


def test_a_watch_that_told_something_is_resumed_without_a_list() -> None:
    setting = Setting(EMPTY, [])
    told = [[lambda: setting.clock.pass_by(30), change("ADDED", pod("a", version))] for version in ("2", "3")]
    setting.cluster._watches["Pod"] += told
    setting.take(3)
    assert [asked[0] for asked in setting.cluster.asked] == ["list", "watch", "watch"]
    assert setting.cluster.watch_seconds == [30, 30]


def test_a_watch_that_is_cut_early_is_resumed_without_a_list() -> None:
    setting = Setting(EMPTY, [])
    cut = [[lambda: setting.clock.pass_by(2)] for _ in range(3)]
    setting.cluster._watches["Pod"] += [*cut, [change("ADDED", pod("a", "2"))]]
    setting.take(2)
    assert [asked[0] for asked in setting.cluster.asked] == ["list"] + ["watch"] * 4
    assert setting.clock.waits == []


def test_access_denied_is_raised() -> None:
    setting = Setting([AccessDenied("may not list pods")], [])
    with pytest.raises(AccessDenied):
        setting.take(1)


def test_access_denied_to_the_watch_is_raised() -> None:
    setting = Setting(EMPTY, [[AccessDenied("may not watch pods")]])
    with pytest.raises(AccessDenied):
        setting.take(2)


def test_a_cancel_ends_it_between_two_questions() -> None:
    setting = Setting([AWAY], [])
    setting.take(1)
    setting.cancellation.cancel(Cancelled())
    with pytest.raises(Cancelled):
        setting.take(1)


def test_a_watch_that_ends_because_of_a_cancel_ends_it() -> None:
    setting = Setting(EMPTY, [[change("ADDED", pod("a", "3"))]])
    setting.take(2)
    setting.cancellation.cancel(Cancelled())
    with pytest.raises(Cancelled):
        setting.take(1)
