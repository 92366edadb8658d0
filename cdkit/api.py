"""All that a plugin needs, and the only module of cdkit that it may import."""

from __future__ import annotations

from cdkit.diagnosis.companion import Companions
from cdkit.diagnosis.judge import Decision
from cdkit.diagnosis.verdict import Cause, NeverRan, Verdict
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
    StepBroken,
    TimedOut,
    Unavailable,
    WorkFailed,
    WorldFailed,
)
from cdkit.flow.cancellation import Cancellation, pause, until_cancelled
from cdkit.flow.clock import Clock, Inbox
from cdkit.flow.parallel import ask_all, both, do_all, in_parallel
from cdkit.models.build import Build
from cdkit.models.change import Change, FieldChange
from cdkit.models.container import (
    ContainerRequest,
    ContainerState,
    EngineEvent,
    EngineVolume,
    Executed,
    HealthCheck,
    ImageConfig,
    LogLine,
    MemoryMount,
    VolumeMount,
)
from cdkit.models.decoding import convert, decode_json
from cdkit.models.duration import Duration
from cdkit.models.environment import Environment
from cdkit.models.image import Credentials, ImageReference
from cdkit.models.image_build import BuildAbility, Builder, BuilderName, BuildRequest, BuildSecret, BuildStep
from cdkit.models.junit import junit_counts, junit_suite
from cdkit.models.kube import FieldRefusal, Manifest, ObjectChange, ObjectQuery, ObjectRef
from cdkit.models.plain_text import plain_line, plain_text
from cdkit.models.problem import Fault, Position, Problem, SelfChecking
from cdkit.models.project import (
    FACTS,
    Confidence,
    EnvVar,
    Fact,
    Kind,
    Metrics,
    Port,
    PortProtocol,
    Probe,
    ProcessType,
    Project,
    Source,
)
from cdkit.models.quantity import Quantity
from cdkit.models.test_report import Outcome, TestCase, TestReport
from cdkit.observe.access import Permission
from cdkit.pipeline.decode import decode
from cdkit.pipeline.document import Node, parse_document, parse_documents, parse_scalar
from cdkit.pipeline.suggest import did_you_mean
from cdkit.plugin.commands import Cell, Colour, CommandContext, PluginCommand
from cdkit.plugin.hookspecs import hookimpl
from cdkit.ports.cluster import Cluster, Watchable
from cdkit.ports.commits import Commits
from cdkit.ports.container_engine import ContainerEngine
from cdkit.ports.execution import Execution
from cdkit.ports.extensions import Extensions
from cdkit.ports.image_engine import ImageEngine
from cdkit.ports.manifest_draft import DraftPlace, ManifestDraft, ManifestEnricher, ManifestWish
from cdkit.ports.processes import Processes
from cdkit.ports.project_folder import Found, ProjectFolder, ProjectReader
from cdkit.ports.registry import Registry
from cdkit.step import NoOutputs, Step, StepContext, StepOptions, StepOutputs

__all__ = [
    "FACTS",
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
    "Clock",
    "Cluster",
    "ClusterUnreachable",
    "Colour",
    "CommandContext",
    "Commits",
    "Companions",
    "Confidence",
    "ContainerEngine",
    "ContainerRequest",
    "ContainerState",
    "Credentials",
    "Decision",
    "DraftPlace",
    "Duration",
    "EngineEvent",
    "EngineUnreachable",
    "EngineVolume",
    "EnvVar",
    "Environment",
    "Executed",
    "Execution",
    "Extensions",
    "Fact",
    "Fault",
    "FieldChange",
    "FieldRefusal",
    "Found",
    "HealthCheck",
    "ImageConfig",
    "ImageEngine",
    "ImageReference",
    "Inbox",
    "InvalidInput",
    "Kind",
    "LogLine",
    "Manifest",
    "ManifestDraft",
    "ManifestEnricher",
    "ManifestWish",
    "MemoryMount",
    "Metrics",
    "NeverRan",
    "NoOutputs",
    "Node",
    "ObjectChange",
    "ObjectConflict",
    "ObjectNotFound",
    "ObjectQuery",
    "ObjectRef",
    "Outcome",
    "Permission",
    "PluginCommand",
    "Port",
    "PortProtocol",
    "Position",
    "Probe",
    "Problem",
    "ProcessType",
    "Processes",
    "Project",
    "ProjectFolder",
    "ProjectReader",
    "Quantity",
    "Refused",
    "Registry",
    "RegistryUnreachable",
    "RequestRejected",
    "RollbackFailed",
    "RolledBack",
    "SelfChecking",
    "Source",
    "Step",
    "StepBroken",
    "StepContext",
    "StepOptions",
    "StepOutputs",
    "TestCase",
    "TestReport",
    "TimedOut",
    "Unavailable",
    "Verdict",
    "VolumeMount",
    "Watchable",
    "WorkFailed",
    "WorldFailed",
    "ask_all",
    "both",
    "convert",
    "decode",
    "decode_json",
    "did_you_mean",
    "do_all",
    "hookimpl",
    "in_parallel",
    "junit_counts",
    "junit_suite",
    "parse_document",
    "parse_documents",
    "parse_scalar",
    "pause",
    "plain_line",
    "plain_text",
    "until_cancelled",
]
