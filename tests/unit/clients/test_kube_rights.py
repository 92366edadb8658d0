"""What the rules of a namespace grant; the rules are those that an API server lists."""

from __future__ import annotations

import pytest

from cdkit.clients.kube.rights import Action, Rule, Rules

LOGS = Action("get", "", "pods", "log", "staging")
PATCH = Action("patch", "apps", "deployments", "", "staging")


@pytest.mark.parametrize(
    ("rule", "action", "granted"),
    [
        (Rule(["*"], ["*"], ["*"]), PATCH, True),
        (Rule(["*"], ["*"], ["*"]), LOGS, True),
        (Rule(["patch"], ["apps"], ["deployments"]), PATCH, True),
        (Rule(["get"], ["apps"], ["deployments"]), PATCH, False),
        (Rule(["patch"], [""], ["deployments"]), PATCH, False),
        (Rule(["patch"], ["apps"], ["deployments/scale"]), PATCH, False),
        (Rule(["patch"], ["apps"], ["deployments"], ["web"]), PATCH, False),
        (Rule(["get"], [""], ["pods"]), LOGS, False),
        (Rule(["get"], [""], ["pods/log"]), LOGS, True),
        (Rule(["get"], [""], ["*/log"]), LOGS, True),
        (Rule(["*"]), LOGS, False),
    ],
)
def test_a_rule_grants_what_it_names(rule: Rule, action: Action, *, granted: bool) -> None:
    assert Rules([rule]).grant(action) is granted


def test_one_rule_of_several_is_enough() -> None:
    assert Rules([Rule(["get"], [""], ["pods"]), Rule(["patch"], ["apps"], ["*"])]).grant(PATCH)


def test_rules_that_are_not_complete_grant_nothing() -> None:
    assert not Rules([Rule(["*"], ["*"], ["*"])], incomplete=True).grant(PATCH)
    assert not Rules(None).grant(PATCH)
