"""What a person can choose for a deployment."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from cdkit.api import Duration
from cdkit_deploy.ledger.options import Revisions
from cdkit_deploy.turn.options import TurnOptions

Preflight = Annotated[
    Literal["all", "off"],
    Meta(
        description="Look, before anything is changed, whether it can work: permissions, images, what is referred to, "
        "quotas, nodes, and a dry run of every object. `off` goes ahead without looking."
    ),
]
Recreate = Literal["never", "where-needed", "always"]
Prune = Literal["inventory", "off"]
Conflicts = Literal["refuse", "force"]
OnFailure = Literal["undo", "leave"]


class DeployOptions(TurnOptions, frozen=True, kw_only=True):
    """How to deploy; the steps add what to deploy."""

    only: Annotated[
        list[str], Meta(description="Deploy objects of these kinds only: `[Service]`, say; all when left out.")
    ] = []
    ignore: Annotated[list[str], Meta(description="Leave objects of these kinds alone.")] = []
    create: Annotated[bool, Meta(description="Create what does not exist; false only updates what does.")] = True
    wait: Annotated[Duration, Meta(description="How long a phase may take until all in it is ready.")] = Duration(600)
    prune: Annotated[
        Prune,
        Meta(description="`inventory` removes what an earlier deployment made and this one no longer has."),
    ] = "inventory"
    prune_protected: Annotated[
        bool, Meta(description="Remove PersistentVolumeClaims and Namespaces too, with all that is in them.")
    ] = False
    conflicts: Annotated[
        Conflicts, Meta(description="What to do about fields that another field manager has set to something else.")
    ] = "refuse"
    take_over: Annotated[
        list[str],
        Meta(description="Field managers whose fields are taken over in any case: `kubectl-client-side-apply`, say."),
    ] = []
    recreate: Annotated[
        Recreate, Meta(description="Delete and create an object: where a field cannot be changed, or always.")
    ] = "never"
    preflight: Preflight = "all"
    revisions: Revisions = 10
    on_failure: Annotated[
        OnFailure, Meta(description="`undo` goes back to the last verified revision, `leave` leaves it as it is.")
    ] = "undo"

    def chooses(self, kind: str) -> bool:
        """Whether objects of a kind are deployed."""
        return kind not in self.ignore and (not self.only or kind in self.only)
