"""The manifests of the corpus's projects, made as the step makes them."""

from __future__ import annotations

from cdkit.api import Quantity
from cdkit.models.project import Project
from cdkit_manifests import cdkit_register_manifest_enrichers
from cdkit_manifests.assemble import Inputs, draft_manifests
from cdkit_manifests.finish import BASE, Demands, Finished, finish
from cdkit_manifests.reading.folder import DiskFolder
from cdkit_manifests.settings.model import Settings
from cdkit_manifests.settings.own_word import read_own_word
from cdkit_manifests.settings.parts import ResourceSettings
from cdkit_manifests.versions.version import KubernetesVersion
from tests.corpus import Case, cases

IMAGE = "registry.example:5000/team/application@sha256:" + "a" * 64
WITHOUT_NAME = "nothing"
"""The case that says nothing at all, so that no manifests can be made of it."""


def cases_with_manifests() -> list[Case]:
    """All projects of the corpus of which manifests can be made."""
    return [case for case in cases() if case.name != WITHOUT_NAME]


def finished(case: Case, version: KubernetesVersion, name: str | None = None) -> Finished:
    """The manifests of a project: its own, and those of an environment that says much differently.

    Args:
        case: the project.
        version: the version of Kubernetes.
        name: what the application is called; as the case, where the project does not say, when left out.
    """
    project = case.read()
    if name is None:
        name = "" if project.fact("name") else case.name
    wish, draft = draft_manifests(_inputs(case, project, version, IMAGE, Settings(name=name)), BASE)
    other = Settings(
        name=wish.name,
        namespace="staging",
        replicas=3,
        env={"LEVEL": "debug {{ }}", "PLAIN": "no"},
        labels={"stage": "staging"},
        resources=ResourceSettings(memory=Quantity("96Mi")),
    )
    _, staging = draft_manifests(_inputs(case, project, version, IMAGE.replace("a" * 64, "b" * 64), other), "staging")
    return finish(wish, {BASE: draft, "staging": staging}, Demands(version=version, release=True))


def _inputs(case: Case, project: Project, version: KubernetesVersion, image: str, options: Settings) -> Inputs:
    folder = DiskFolder(case.root, case.checkout, case.build, stage=case.stage)
    return Inputs(
        image=image,
        options=options,
        own_word=read_own_word(folder),
        project=project,
        build=case.build,
        kubernetes=version,
        folder=case.root,
        boundary=case.checkout,
        enrichers=cdkit_register_manifest_enrichers(),
    )
