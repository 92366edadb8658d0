"""The error tree: each class has one exit code and one remedy, and is permanent or transient by its type.

The exit codes are a contract with build servers; `docs/architecture.md` lists them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from cdkit.models.image_build import BuildStep
    from cdkit.models.kube import FieldRefusal
    from cdkit.models.problem import Problem


class CdkitError(Exception):
    """Something that cdkit can name: what happened, to what, and what to do about it.

    Args:
        message: one or two sentences for a person: what happened, to what, and why.
        remedy: what to do about it, where something better than the class's own advice is known.
        cause: the stable id of a cause (`image-not-found`), where a diagnosis gave one.
        evidence: lines that prove the message: events, exit codes, the last lines of a log.
    """

    exit_code: ClassVar[int] = 1
    default_remedy: ClassVar[str] = "Read the message and the evidence, and run again."

    def __init__(
        self,
        message: str,
        *,
        remedy: str | None = None,
        cause: str | None = None,
        evidence: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy or self.default_remedy
        self.cause = cause
        self.evidence = tuple(evidence)

    @property
    def code(self) -> int:
        """The process's exit code when this error ends a run."""
        return self.exit_code


class WorkFailed(CdkitError):
    """The user's own work failed: a command, a build or a test."""

    exit_code = 1
    default_remedy = "Mend what the evidence shows in the project itself, and run again."


class BuildFailed(WorkFailed):
    """An instruction of a Dockerfile failed.

    Args:
        message: as for every error.
        step: the instruction that failed, and where it stands; None where the builder did not come so far.
        evidence: what the instruction printed last.
    """

    default_remedy = "Mend the instruction, or what it runs, and build again."

    def __init__(self, message: str, *, step: BuildStep | None = None, evidence: Sequence[str] = ()) -> None:
        super().__init__(message, evidence=evidence)
        self.step = step


class StepBroken(CdkitError):
    """A step raised something that it should not have: a defect of its plugin, not of the project."""

    exit_code = 1
    default_remedy = "Report it to the author of the step; the traceback is in the run's journal."


class SecretLeaked(CdkitError):
    """A secret stands in something that the run has written."""

    exit_code = 1
    default_remedy = "Remove the files that the message names, renew the secret, and report it: this is a defect."


class InvalidInput(CdkitError):
    """The pipeline file or the arguments are wrong; nothing was changed.

    Args:
        problems: every problem that was found, in the order of the file.
    """

    exit_code = 2
    default_remedy = "Correct the pipeline file or the arguments; `cdkit validate` checks without running."

    def __init__(self, message: str, *, problems: Sequence[Problem] = (), remedy: str | None = None) -> None:
        super().__init__(message, remedy=remedy, evidence=[str(problem) for problem in problems])
        self.problems = tuple(problems)


class CheckFailed(CdkitError):
    """A check found, before anything was changed, that the run could not work."""

    exit_code = 3
    default_remedy = "Provide what the check missed, and run again; nothing was changed."


class WorldFailed(CdkitError):
    """Something outside cdkit and outside the project failed, and asking again would not help.

    Args:
        fields: the fields that an API server objects to, where it names them.
    """

    exit_code = 4
    default_remedy = "See to what the message names, and run again."

    def __init__(
        self,
        message: str,
        *,
        remedy: str | None = None,
        cause: str | None = None,
        evidence: Sequence[str] = (),
        fields: Sequence[FieldRefusal] = (),
    ) -> None:
        super().__init__(message, remedy=remedy, cause=cause, evidence=evidence)
        self.fields = tuple(fields)


class AccessDenied(WorldFailed):
    """A registry, an engine or a cluster knows us and says no (401, 403)."""

    default_remedy = "Check the credentials and the permissions of the account that the build uses."


class ObjectNotFound(WorldFailed):
    """The server was asked, and says that there is no such object (404)."""

    default_remedy = "Check the name, the namespace and the context."


class ObjectConflict(WorldFailed):
    """The object exists already, or was changed by somebody else in between (409)."""

    default_remedy = "Look at who else changes the object, and run again."


class RequestRejected(WorldFailed):
    """The server understood the request and refuses it: invalid, immutable, denied by a policy (400, 422)."""

    default_remedy = "Correct the field that the message names."


class Unavailable(WorldFailed):
    """The world did not answer, or said 'not now'. Transient: asking again may help."""

    default_remedy = "Check that the service is running and reachable from here, and run again."


class EngineUnreachable(Unavailable):
    """The image engine does not answer."""

    default_remedy = "Start the Docker engine, or point DOCKER_HOST at one."


class RegistryUnreachable(Unavailable):
    """The image registry does not answer, or is overloaded."""

    default_remedy = "Check the registry's address, and that the engine can reach it."


class ClusterUnreachable(Unavailable):
    """The cluster's API server does not answer, or no cluster is configured."""

    default_remedy = "Point KUBECONFIG (or the environment's `context`) at a cluster that is reachable from here."


class TimedOut(CdkitError):
    """A step did not end within its time."""

    exit_code = 5
    default_remedy = "See in the evidence what it waited for; raise `timeout` if the work is really that long."


class RolledBack(CdkitError):
    """The rollout failed, and what it changed was put back."""

    exit_code = 6
    default_remedy = "Mend the cause and run again; what ran before is running."


class RollbackFailed(CdkitError):
    """The rollout failed, and what it changed could not be put back."""

    exit_code = 7
    default_remedy = "Look at the cluster now: it is neither in the old state nor in the new one."


class Refused(CdkitError):
    """A newer or another deployment holds the environment."""

    exit_code = 8
    default_remedy = "Wait for the other deployment, or deploy the newer commit."


class Cancelled(CdkitError):
    """The run was told to stop. Its exit code is 128 plus the signal's number.

    Args:
        signal_number: 2 for SIGINT, 15 for SIGTERM.
    """

    exit_code = 130
    default_remedy = "Run again when you want it to go on."

    def __init__(self, message: str = "The run was cancelled.", *, signal_number: int = 2) -> None:
        super().__init__(message)
        self.signal_number = signal_number

    @property
    def code(self) -> int:
        """130 for SIGINT, 143 for SIGTERM."""
        return 128 + self.signal_number
