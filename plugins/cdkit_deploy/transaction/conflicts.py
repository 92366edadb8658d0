"""Fields that other field managers have set to something else: found before anything is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from cdkit.api import Manifest, ObjectConflict, StepContext, do_all
from cdkit_deploy.managed_fields import MANAGER
from cdkit_deploy.refusals import FieldConflict, conflict_lines, conflicts_of, of_others
from cdkit_deploy.transaction.autoscaled import HANDOVER
from cdkit_deploy.transaction.options import DeployOptions
from cdkit_deploy.transaction.patience import patiently
from cdkit_deploy.transaction.target import Target

REMEDY = (
    "Leave the fields out of the manifests where they are somebody else's to decide; or name him under `take_over:`, "
    "or set `conflicts: force`, to make them ours."
)


def without_conflicts(ctx: StepContext, targets: Sequence[Target], options: DeployOptions) -> list[Target]:
    """The targets, with leave to take over where that is asked for.

    Raises:
        ObjectConflict: fields belong to somebody else; every one is named.
    """
    if options.conflicts == "force":
        return [msgspec.structs.replace(target, force=True) for target in targets]
    found_of_each = do_all([partial(_conflicts, ctx, target) for target in targets])
    asked = list(zip(targets, found_of_each, strict=True))
    refused = [(target, other) for target, found in asked for other in _not_ours(found, options)]
    if refused:
        lines = [f"{target.ref}: {line}" for target, other in refused for line in conflict_lines([other])]
        raise ObjectConflict(_message(refused), remedy=REMEDY, evidence=lines)
    return [msgspec.structs.replace(target, force=bool(found)) for target, found in asked]


def _conflicts(ctx: StepContext, target: Target) -> list[FieldConflict]:
    """What the server says to an apply without force; it is only asked where others own what we want to set."""
    live = target.live
    if live is None or target.is_as_wanted or not _may_conflict(live, target.manifest):
        return []
    try:
        patiently(
            ctx, str(target.ref), lambda: ctx.cluster.apply(target.manifest, dry_run=True, force=False), lambda _: False
        )
    except ObjectConflict as error:
        return conflicts_of(error.fields, live, target.manifest)
    return []


def _not_ours(conflicts: Sequence[FieldConflict], options: DeployOptions) -> list[FieldConflict]:
    """The conflicts with managers that are not to be overruled."""
    overruled = {*options.take_over, HANDOVER}
    return [conflict for conflict in of_others(conflicts) if conflict.manager not in overruled]


def _message(refused: Sequence[tuple[Target, FieldConflict]]) -> str:
    refs = list(dict.fromkeys(str(target.ref) for target, _ in refused))
    managers = list(dict.fromkeys(repr(conflict.manager) for _, conflict in refused))
    where = ", ".join(refs[:3]) + (f" and {len(refs) - 3} more" if len(refs) > 3 else "")  # noqa: PLR2004 -- as above
    fields = "a field" if len(refused) == 1 else f"{len(refused)} fields"
    return f"{fields.capitalize()} of {where} belong{'s' if len(refused) == 1 else ''} to {', '.join(managers)}."


def _may_conflict(live: Manifest, manifest: Manifest) -> bool:
    """Whether another manager owns a field that a manifest sets to something else."""
    return any(
        _differs(manifest, live, entry["fieldsV1"])
        for entry in live["metadata"].get("managedFields", ())
        if (entry["manager"], entry["operation"]) != (MANAGER, "Apply")
    )


def _differs(wanted: Any, live: Any, fields: Mapping[str, Any]) -> bool:
    if isinstance(wanted, dict) and isinstance(live, dict):
        below = {key[2:]: nested for key, nested in fields.items() if key.startswith("f:")}
        return any(
            name in wanted and _differs(wanted[name], live.get(name), nested) for name, nested in below.items()
        ) or (not below and wanted != live)
    return bool(wanted != live)
