"""The last look before anything is changed: the checks of the run were minutes ago, or had no manifests yet."""

from __future__ import annotations

from collections.abc import Sequence

from cdkit.api import CheckFailed, StepContext
from cdkit_deploy.preflight import preflight
from cdkit_deploy.transaction.options import DeployOptions
from cdkit_deploy.transaction.target import Target


def must_be_possible(ctx: StepContext, targets: Sequence[Target], options: DeployOptions) -> None:
    """Look for all that would make the deployment fail.

    Raises:
        CheckFailed: there is something; nothing was changed.
    """
    if options.preflight == "off":
        return
    wanted = [target.manifest for target in targets]
    # What an object cannot become without being made anew is no reason against a deployment that may do so.
    settled = {target.ref for target in targets if target.is_as_wanted or options.recreate != "never"}
    problems = preflight(ctx, wanted, needed=(), longest=options.wait, settled=settled)
    if problems:
        count = "One thing is" if len(problems) == 1 else f"{len(problems)} things are"
        lines = [line for problem in problems for line in (str(problem), *problem.paste)]
        raise CheckFailed(f"The deployment cannot work: {count} missing or wrong. Nothing was changed.", evidence=lines)
