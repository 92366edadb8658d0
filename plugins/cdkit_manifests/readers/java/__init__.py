"""Java and its kin: what Maven and Gradle know, and the frameworks that applications are made with."""

from __future__ import annotations

from cdkit.api import ProjectReader
from cdkit_manifests.readers.java import application, gradle, maven, pom

READERS = [
    ProjectReader("pom.xml", (pom.FILE,), maven.read, 15),
    ProjectReader("gradle", gradle.FILES, gradle.read, 16),
    ProjectReader("java", (pom.FILE, *gradle.FILES), application.read, 17),
]
