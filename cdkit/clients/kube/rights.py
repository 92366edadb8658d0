"""What our account may do: by the rules that the server lists for a namespace, else asked action by action.

The rules of a namespace are one request (SelfSubjectRulesReview), and grant most of what is asked. What they do not
grant is asked by itself (SelfSubjectAccessReview): the server's own word is what counts for a refusal. Where other
authorizers than RBAC decide too, the server says that the rules are incomplete, and each action is asked for.

https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from time import monotonic
from typing import Any

import msgspec

from cdkit.clients.kube.errors import Answer, Request, decoded, error_of
from cdkit.clients.kube.transport import Transport

API_VERSION = "authorization.k8s.io/v1"
RULES_SECONDS = 10.0
"""For so long the rules of a namespace are taken for true; a Role may be changed while a run goes on."""


class Action(msgspec.Struct, frozen=True):
    """Something to do: a verb, the API group and plural of a kind, perhaps a subresource, and where."""

    verb: str
    group: str
    resource: str
    subresource: str
    namespace: str


class Rule(msgspec.Struct, frozen=True, rename="camel"):
    """What may be done, as the server lists it. `*` stands for all; a rule with names is about these objects only."""

    verbs: list[str] = []
    api_groups: list[str] | None = None
    resources: list[str] | None = None
    resource_names: list[str] | None = None

    def grants(self, action: Action) -> bool:
        """Whether an action on any object is allowed by it."""
        path = f"{action.resource}/{action.subresource}" if action.subresource else action.resource
        of_any_kind = f"*/{action.subresource}" if action.subresource else "*"
        return (
            not self.resource_names
            and _has(self.verbs, action.verb)
            and _has(self.api_groups or (), action.group)
            and (_has(self.resources or (), path) or of_any_kind in (self.resources or ()))
        )


class Rules(msgspec.Struct, frozen=True, rename="camel"):
    """All that may be done in a namespace; `incomplete` where the server cannot list it all."""

    resource_rules: list[Rule] | None = None
    incomplete: bool = False

    def grant(self, action: Action) -> bool:
        """Whether an action is allowed for certain."""
        return not self.incomplete and any(rule.grants(action) for rule in self.resource_rules or ())


class _RulesReview(msgspec.Struct, frozen=True):
    status: Rules = Rules()


class _AccessReviewStatus(msgspec.Struct, frozen=True):
    allowed: bool = False


class _AccessReview(msgspec.Struct, frozen=True):
    status: _AccessReviewStatus = _AccessReviewStatus()


class Rights:
    """What our account may do in a cluster. May be used by many threads.

    Args:
        transport: asks the server.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._lock = threading.Lock()
        self._rules: dict[str, tuple[Rules, float]] = {}

    def allow(self, action: Action) -> bool:
        """Whether our account may do something.

        Raises:
            CdkitError: the server does not say.
        """
        # What lives in no namespace is not granted by the rules of one, and they do not tell which of them is for all.
        return (bool(action.namespace) and self._rules_of(action.namespace).grant(action)) or self._is_allowed(action)

    def _rules_of(self, namespace: str) -> Rules:
        with self._lock:
            rules, asked_at = self._rules.get(namespace, (Rules(), float("-inf")))
            if monotonic() - asked_at > RULES_SECONDS:
                rules = self._listed(namespace)
                self._rules[namespace] = (rules, monotonic())
            return rules

    def _listed(self, namespace: str) -> Rules:
        answer = self._ask("SelfSubjectRulesReview", {"namespace": namespace})
        # Who may not see the rules asks for each action.
        return decoded(answer.body, self._server, _RulesReview).status if answer.ok else Rules()

    def _is_allowed(self, action: Action) -> bool:
        kind = "SelfSubjectAccessReview"
        answer = self._ask(kind, {"resourceAttributes": msgspec.to_builtins(action)})
        if not answer.ok:
            raise error_of(answer, Request(self._server, "ask for", API_VERSION, kind))
        return decoded(answer.body, self._server, _AccessReview).status.allowed

    def _ask(self, kind: str, spec: Any) -> Answer:
        path = f"/apis/{API_VERSION}/{kind.lower()}s"
        return self._transport.ask("POST", path, {"apiVersion": API_VERSION, "kind": kind, "spec": spec})

    @property
    def _server(self) -> str:
        return str(self._transport.server)


def _has(given: Iterable[str], wanted: str) -> bool:
    return any(item in {"*", wanted} for item in given)
