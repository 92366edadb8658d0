"""Java: what Maven inherits, what a Gradle script says, and what the settings of frameworks mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdkit.api import InvalidInput, Port, Project
from cdkit_manifests.readers.java.gradle_script import statements
from cdkit_manifests.readers.java.pom import Pom
from cdkit_manifests.reading.folder import DiskFolder
from tests.unit.manifests.reading.files import project, write

BOOT = "org.springframework.boot"


def pom(*artifacts: str, version: str = "3.3.0", more: str = "") -> str:
    """A pom of Spring Boot with some of its starters."""
    wanted = "".join(
        f"<dependency><groupId>{BOOT}</groupId><artifactId>spring-boot-starter-{name}</artifactId></dependency>"
        for name in artifacts
    )
    return (
        f"<project><parent><groupId>{BOOT}</groupId><artifactId>spring-boot-starter-parent</artifactId>"
        f"<version>{version}</version></parent><artifactId>app</artifactId>"
        f"<dependencies>{wanted}{more}</dependencies></project>"
    )


PROMETHEUS = (
    "<dependency><groupId>io.micrometer</groupId><artifactId>micrometer-registry-prometheus</artifactId></dependency>"
)


def spring(folder: Path, settings: str, *, version: str = "3.3.0", starters: str = "web actuator") -> Project:
    text = pom(*starters.split(), version=version, more=PROMETHEUS)
    return project(folder, {"pom.xml": text, "src/main/resources/application.properties": settings})


def asked(found: Project, name: str = "liveness") -> str:
    fact = found.fact(name)
    return fact.shown if fact and fact.value.kind == "http" else ""


ENDPOINTS = "management.endpoints.web"
PROBES = "management.endpoint.health.probes.enabled"
KEY_STORE = "server.ssl.key-store=a.p12\n"


@pytest.mark.parametrize(
    ("settings", "version", "asked_at"),
    [
        ("", "3.3.0", "HTTP /actuator/health{}"),
        (f"{PROBES}=true", "2.2.0", "HTTP /actuator/health{}"),
        (f"{ENDPOINTS}.base-path=/", "3.3.0", "HTTP /health{}"),
        (f"{ENDPOINTS}.pathMapping.health=hz", "3.3.0", "HTTP /actuator/hz{}"),
        ("server.servlet.context-path=/a/\nspring.mvc.servlet.path=/b", "3.3.0", "HTTP /a/b/actuator/health{}"),
        ("management.server.port=9\nserver.servlet.context-path=/a", "3.3.0", "HTTP /actuator/health{} on port 9"),
        ("management.port=9\nmanagement.server.base-path=/m", "3.3.0", "HTTP /m/actuator/health{} on port 9"),
        (KEY_STORE, "3.3.0", "HTTPS /actuator/health{}"),
        (f"{KEY_STORE}management.server.port=9", "3.3.0", "HTTP /actuator/health{} on port 9"),
        (f"{KEY_STORE}server.ssl.enabled=false", "3.3.0", "HTTP /actuator/health{}"),
    ],
)
def test_the_actuator_is_asked_where_it_answers(tmp_path: Path, settings: str, version: str, asked_at: str) -> None:
    found = spring(tmp_path, settings, version=version)
    assert asked(found) == asked_at.format("/liveness")
    assert asked(found, "readiness") == asked_at.format("/readiness")


@pytest.mark.parametrize(
    ("settings", "version", "asked_at"),
    [
        ("", "2.2.0", "HTTP /actuator/health"),
        (f"{PROBES}=false", "3.3.0", "HTTP /actuator/health"),
        ("server.context-path=/a\nmanagement.context-path=/m", "1.5.9.RELEASE", "HTTP /a/m/health"),
    ],
)
def test_an_actuator_that_also_asks_databases_tells_only_who_is_ready(
    tmp_path: Path, settings: str, version: str, asked_at: str
) -> None:
    found = spring(tmp_path, settings, version=version)
    assert (asked(found), asked(found, "readiness")) == ("", asked_at)


@pytest.mark.parametrize(
    "settings",
    [
        f"{ENDPOINTS}.exposure.include=info",
        f"{ENDPOINTS}.exposure.include=*\n{ENDPOINTS}.exposure.exclude=health",
        "management.endpoint.health.enabled=false",
        "management.server.port=-1",
        "management.server.address=127.0.0.1",
    ],
)
def test_an_actuator_that_nobody_can_reach_is_not_asked(tmp_path: Path, settings: str) -> None:
    found = spring(tmp_path, settings)
    assert (asked(found), asked(found, "readiness")) == ("", "")


@pytest.mark.parametrize(
    ("settings", "ports"),
    [
        ("", (Port(8080, "http"),)),
        ("server.port=81", (Port(81, "http"),)),
        ("server.port=${PORT:82}", (Port(82, "http"),)),
        ("server.port=${a.b}\na.b=83", (Port(83, "http"),)),
        ("server.port=${a}\na=${server.port}", (Port(8080, "http"),)),
        ("SERVER.Port = 84", (Port(84, "http"),)),
        ("server.port=${NOBODY_KNOWS}", (Port(8080, "http"),)),
        ("server.port=0", None),
        ("management.server.port=85", (Port(8080, "http"), Port(85, "management"))),
        ("server.port=86\nmanagement.port=86", (Port(86, "http"),)),
        ("server.ssl.bundle=x\nserver.port=8443", (Port(8443, "https"),)),
    ],
)
def test_the_ports_of_spring(tmp_path: Path, settings: str, ports: tuple[Port, ...] | None) -> None:
    assert spring(tmp_path, settings).get("ports") == ports


def test_figures_are_read_only_where_they_are_exposed(tmp_path: Path) -> None:
    assert spring(tmp_path, "").get("metrics") is None
    shown = spring(tmp_path, "management.endpoints.web.exposure.include=health, prometheus").get("metrics")
    assert shown.path == "/actuator/prometheus"


@pytest.mark.parametrize(
    ("starters", "settings", "kind"),
    [
        ("web", "", "web"),
        ("webflux", "", "web"),
        ("web", "spring.main.web-application-type=none", "worker"),
        ("batch", "", "job"),
        ("amqp", "", "worker"),
    ],
)
def test_what_a_spring_application_is(tmp_path: Path, starters: str, settings: str, kind: str) -> None:
    assert spring(tmp_path, settings, starters=starters).get("kind") == kind


def test_without_the_actuator_only_the_port_is_asked(tmp_path: Path) -> None:
    found = spring(tmp_path, "", starters="web")
    assert (found.get("liveness").kind, found.get("liveness").port) == ("tcp", 8080)


QUARKUS = (
    "<project><artifactId>q</artifactId><dependencies>"
    "<dependency><groupId>io.quarkus</groupId><artifactId>quarkus-smallrye-health</artifactId></dependency>"
    "</dependencies></project>"
)


@pytest.mark.parametrize(
    ("settings", "liveness"),
    [
        ("", "HTTP /q/health/live"),
        ("quarkus.http.root-path=/a", "HTTP /a/q/health/live"),
        ("quarkus.http.root-path=/a\nquarkus.http.non-application-root-path=/b", "HTTP /b/health/live"),
        ("quarkus.http.non-application-root-path=/", "HTTP /health/live"),
        ("quarkus.smallrye-health.root-path=/h", "HTTP /h/live"),
        ("quarkus.smallrye-health.liveness-path=l", "HTTP /q/health/l"),
        ("quarkus.management.enabled=true\n%prod.quarkus.management.port=91", "HTTP /q/health/live on port 91"),
    ],
)
def test_quarkus_is_asked_where_it_answers(tmp_path: Path, settings: str, liveness: str) -> None:
    files = {"pom.xml": QUARKUS, "src/main/resources/application.properties": settings}
    assert asked(project(tmp_path, files)) == liveness


def chain(folder: Path, **files: str) -> Pom:
    write(folder, {name.replace("__", "/").replace("_", "."): text for name, text in files.items()})
    return Pom(DiskFolder(folder / "a", folder))


def text_of(found: tuple[str, object] | None) -> str | None:
    return found[0] if found else None


def test_a_property_may_be_made_of_others_and_one_that_is_not_known_gives_nothing(tmp_path: Path) -> None:
    parent = (
        "<project><artifactId>p</artifactId><version>${v}</version>"
        "<properties><v>${w}.1</v><w>2</w></properties></project>"
    )
    child = (
        "<project><parent><artifactId>p</artifactId></parent><artifactId>c</artifactId>"
        "<description>${project.artifactId} ${project.version}</description><url>${env.HOME}</url></project>"
    )
    found = chain(tmp_path, pom_xml=parent, a__pom_xml=child)
    assert text_of(found.value("version")) == "2.1"
    assert text_of(found.value("description")) == "c 2.1"
    assert found.value("url") is None


@pytest.mark.parametrize(
    ("parent", "child"),
    [
        ("<artifactId>other</artifactId>", "<artifactId>p</artifactId>"),
        ("<artifactId>p</artifactId>", "<artifactId>p</artifactId><relativePath/>"),
        ("<artifactId>p</artifactId>", "<artifactId>p</artifactId><relativePath>../../pom.xml</relativePath>"),
    ],
)
def test_a_pom_that_is_not_the_parent_says_nothing(tmp_path: Path, parent: str, child: str) -> None:
    above = f"<project>{parent}<version>1</version></project>"
    below = f"<project><parent>{child}</parent><artifactId>c</artifactId></project>"
    assert chain(tmp_path, pom_xml=above, a__pom_xml=below).value("version") is None


def test_poms_that_are_each_others_parents_and_properties_of_themselves_come_to_an_end(tmp_path: Path) -> None:
    one = (
        "<project><parent><artifactId>b</artifactId><relativePath>../b</relativePath></parent>"
        "<artifactId>a</artifactId><version>${x}</version><properties><x>${y}</x><y>${x}</y></properties></project>"
    )
    two = (
        "<project><parent><artifactId>a</artifactId><relativePath>../a</relativePath></parent>"
        "<artifactId>b</artifactId></project>"
    )
    assert chain(tmp_path, a__pom_xml=one, b__pom_xml=two).value("version") is None


def test_a_parent_that_is_malformed_is_told_with_its_place(tmp_path: Path) -> None:
    files = {
        "pom.xml": "<project>\n<artifactId>p</project>",
        "a/pom.xml": "<project><parent><artifactId>p</artifactId></parent></project>",
    }
    with pytest.raises(InvalidInput) as raised:
        project(tmp_path, files, member="a")
    assert [str(found) for found in raised.value.problems] == ["../pom.xml:2:16: It is not XML: mismatched tag."]


def test_a_gradle_script_is_read_in_either_language() -> None:
    script = """
    plugins { id 'war'; id("x.y") version "1" } // id 'no'
    /* version = "no" */
    version = '2'
    dependencies {
        implementation(
            "g:a:1",
        )
        api 'g:b:2', { exclude group: 'x' }
    }
    """
    told = [(item.block, item.words, item.texts, item.line) for item in statements(script)]
    assert (("plugins",), ("id",), ("war",), 2) in told
    assert (("plugins",), ("id", "version"), ("x.y", "1"), 2) in told
    assert ((), ("version",), ("2",), 4) in told
    assert (("dependencies",), ("implementation",), ("g:a:1",), 6) in told
    assert (("dependencies",), ("api",), ("g:b:2",), 9) in told


@pytest.mark.parametrize("script", ["", "}}}}", "{{{{", "'", '"""', "(((\n", "a = \n", "/*", "$", "\0"])
def test_what_is_no_script_does_no_harm(tmp_path: Path, script: str) -> None:
    statements(script)
    project(tmp_path, {"build.gradle": script, "settings.gradle": script})
