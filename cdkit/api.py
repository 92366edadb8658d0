"""All that a plugin needs, and the only module of cdkit that it may import."""

from __future__ import annotations

from cdkit.diagnosis.judge import Decision
from cdkit.diagnosis.verdict import Cause, Verdict
from cdkit.errors import (
    AccessDenied,
    BuildFailed,
    Cancelled,
    CdkitError,
    CheckFailed,
    ClusterUnreachable,
    EngineUnreachable,
    InvalidInput,
    ObjectConflict,
    ObjectNotFound,
    Refused,
    RegistryUnreachable,
    RequestRejected,
    RollbackFailed,
    RolledBack,
    TimedOut,
    Unavailable,
    WorkFailed,
    WorldFailed,
)
from cdkit.flow.cancellation import Cancellation, until_cancelled
from cdkit.flow.parallel import ask_all, in_parallel
from cdkit.models.build import Build
from cdkit.models.change import Change, FieldChange
from cdkit.models.duration import Duration
from cdkit.models.environment import Environment
from cdkit.models.image import Credentials, ImageReference
from cdkit.models.image_build import BuildAbility, Builder, BuilderName, BuildRequest, BuildSecret, BuildStep
from cdkit.models.kube import FieldRefusal, Manifest, ObjectChange, ObjectQuery, ObjectRef
from cdkit.models.problem import Position, Problem
from cdkit.models.quantity import Quantity
from cdkit.observe.access import Permission
from cdkit.plugin.commands import Cell, Colour, PluginCommand, Project
from cdkit.plugin.hookspecs import hookimpl
from cdkit.ports.cluster import Cluster
from cdkit.ports.commits import Commits
from cdkit.ports.image_engine import ImageEngine
from cdkit.ports.processes import Processes
from cdkit.ports.registry import Registry
from cdkit.step import NoOutputs, Step, StepContext, StepOptions, StepOutputs

__all__ = [
    "AccessDenied",
    "Build",
    "BuildAbility",
    "BuildFailed",
    "BuildRequest",
    "BuildSecret",
    "BuildStep",
    "Builder",
    "BuilderName",
    "Cancellation",
    "Cancelled",
    "Cause",
    "CdkitError",
    "Cell",
    "Change",
    "CheckFailed",
    "Cluster",
    "ClusterUnreachable",
    "Colour",
    "Commits",
    "Credentials",
    "Decision",
    "Duration",
    "EngineUnreachable",
    "Environment",
    "FieldChange",
    "FieldRefusal",
    "ImageEngine",
    "ImageReference",
    "InvalidInput",
    "Manifest",
    "NoOutputs",
    "ObjectChange",
    "ObjectConflict",
    "ObjectNotFound",
    "ObjectQuery",
    "ObjectRef",
    "Permission",
    "PluginCommand",
    "Position",
    "Problem",
    "Processes",
    "Project",
    "Quantity",
    "Refused",
    "Registry",
    "RegistryUnreachable",
    "RequestRejected",
    "RollbackFailed",
    "RolledBack",
    "Step",
    "StepContext",
    "StepOptions",
    "StepOutputs",
    "TimedOut",
    "Unavailable",
    "Verdict",
    "WorkFailed",
    "WorldFailed",
    "ask_all",
    "hookimpl",
    "in_parallel",
    "until_cancelled",
]
