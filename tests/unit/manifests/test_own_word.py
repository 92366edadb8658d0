"""The project's own word, in whichever file of its language it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdkit.api import Duration, InvalidInput
from cdkit_manifests.reading.folder import DiskFolder
from cdkit_manifests.settings.fabric8 import COUNTERPARTS
from cdkit_manifests.settings.model import Settings
from cdkit_manifests.settings.own_word import OwnWord, read_own_word
from cdkit_manifests.settings.parts import EnvSource, PortSettings, ProbeSettings, ServiceSettings, VolumeSettings
from cdkit_manifests.settings.resolve import resolve


def own_word(folder: Path, files: dict[str, str]) -> OwnWord:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return read_own_word(DiskFolder(folder))


def settings(folder: Path, files: dict[str, str], environment: str = "") -> Settings:
    return resolve(own_word(folder, files).words, environment).settings


def pom(*properties: str) -> dict[str, str]:
    """A pom with properties, each as NAME=VALUE."""
    pairs = [pair.partition("=") for pair in properties]
    lines = "".join(f"  <{name}>{value}</{name}>\n" for name, _, value in pairs)
    return {"pom.xml": f"<project>\n<properties>\n{lines}</properties>\n</project>\n"}


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("cdkit.yaml", "manifests:\n  replicas: 3\n  service: {type: NodePort}\n  env: {A_b: '1.50'}\n"),
        ("pyproject.toml", '[tool.cdkit]\nreplicas = 3\nservice.type = "NodePort"\n[tool.cdkit.env]\nA_b = "1.50"\n'),
        ("package.json", '{\n"cdkit": {"replicas": 3, "service": {"type": "NodePort"}, "env": {"A_b": "1.50"}}}'),
        (
            "Cargo.toml",
            '[package.metadata.cdkit]\nreplicas = 3\nservice = {type = "NodePort"}\nenv = {A_b = "1.50"}\n',
        ),
        (
            "pom.xml",
            (
                "<project><properties>\n<cdkit.replicas>3</cdkit.replicas>"
                "<cdkit.service.type>NodePort</cdkit.service.type><cdkit.env.A_b>1.50</cdkit.env.A_b>"
                "</properties></project>"
            ),
        ),
        ("gradle.properties", "x=1\ncdkit.replicas=3\ncdkit.service.type=NodePort\ncdkit.env.A_b=1.50\n"),
    ],
)
def test_the_same_can_be_said_in_the_file_of_every_language(tmp_path: Path, file: str, text: str) -> None:
    word = own_word(tmp_path, {file: text})
    said = resolve(word.words, "")
    assert said.settings == Settings(replicas=3, service=ServiceSettings(type="NodePort"), env={"A_b": "1.50"})
    source = said.source("replicas")
    assert source is not None
    assert (source.file, source.line) == (file, {"package.json": 2, "Cargo.toml": 2}.get(file, 2))


def test_what_stands_in_cdkit_yaml_wins_over_the_file_of_the_language(tmp_path: Path) -> None:
    files = {
        "cdkit.yaml": "manifests: {replicas: 1}\nenvironments: {live: {manifests: {replicas: 9}}, test: {}}\n",
        "pyproject.toml": "[tool.cdkit]\nreplicas = 2\nport = 80\n[tool.cdkit.environments.live]\nport = 90\n",
    }
    assert settings(tmp_path, files) == Settings(replicas=1, ports={"http": 80})
    assert settings(tmp_path, files, "live") == Settings(replicas=9, ports={"http": 90})


def test_a_file_that_says_nothing_of_manifests_says_nothing(tmp_path: Path) -> None:
    files = {
        "cdkit.yaml": "name: x\nsteps: {}\n",
        "pyproject.toml": "[tool]\nx = 1\n",
        "package.json": "{}",
        **pom("java.version=21"),
    }
    assert settings(tmp_path, files) == Settings()


def test_every_malformed_file_is_told_with_its_line(tmp_path: Path) -> None:
    files = {
        "cdkit.yaml": "a: [\n",
        "pyproject.toml": "x = \n",
        "package.json": "{\n,}",
        "pom.xml": "<project>\n<a></project>",
    }
    with pytest.raises(InvalidInput) as raised:
        own_word(tmp_path, files)
    places = [str(problem.position).rsplit(":", 1)[0] for problem in raised.value.problems]
    assert places == ["cdkit.yaml:2", "pyproject.toml:1", "package.json:2", "pom.xml:2"]


def test_a_property_with_a_mistake_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as raised:
        settings(tmp_path, pom("cdkit.replcas=3", "cdkit.port=eighty"))
    assert [str(problem).split(";")[0] for problem in raised.value.problems] == [
        "pom.xml:3:1: 'replcas' is not known here. Did you mean 'replicas'?",
        "pom.xml:4:1: 'port' must be a whole number",
    ]


def test_properties_can_hold_lists_mappings_and_names_with_dots(tmp_path: Path) -> None:
    properties = (
        "cdkit.pullSecrets=a, b",
        "cdkit.args=[--port, '80']",
        "cdkit.ports.http={port: 80, host: 81}",
        "cdkit.labels.acme.example=blue",
        "cdkit.env.FOO.field=metadata.name",
        "cdkit.environments.live.replicas=5",
    )
    assert settings(tmp_path, pom(*properties), "live") == Settings(
        pull_secrets=["a", "b"],
        args=["--port", "80"],
        ports={"http": PortSettings(port=80, host=81)},
        labels={"acme.example": "blue"},
        env={"FOO": EnvSource(field="metadata.name")},
        replicas=5,
    )


def test_a_property_that_is_said_as_a_whole_and_in_parts_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as raised:
        own_word(tmp_path, pom("cdkit.service=true", "cdkit.service.type=NodePort"))
    assert "'service.type' is said as a whole and in parts." in str(raised.value.problems[0])


def test_properties_of_a_parent_hold_too_and_those_of_maven_are_put_in(tmp_path: Path) -> None:
    parent = (
        "<project><artifactId>p</artifactId><properties>\n<cdkit.replicas>2</cdkit.replicas>\n"
        "<cdkit.env.A>parent</cdkit.env.A></properties></project>"
    )
    child = (
        "<project><parent><artifactId>p</artifactId></parent><artifactId>c</artifactId><version>1.2</version>"
        "<properties><log>debug</log>\n<cdkit.env.A>${project.version}-${log}</cdkit.env.A>"
        "<cdkit.env.B>$${OPEN} ${GIVEN}</cdkit.env.B></properties></project>"
    )
    (tmp_path / "pom.xml").write_text(parent, encoding="utf-8")
    (tmp_path / "child").mkdir()
    (tmp_path / "child/pom.xml").write_text(child, encoding="utf-8")
    said = resolve(read_own_word(DiskFolder(tmp_path / "child", tmp_path), {"GIVEN": "g"}).words, "")
    assert said.settings == Settings(replicas=2, env={"A": "1.2-debug", "B": "${OPEN} g"})
    assert str(said.source("replicas")) == "replicas in ../pom.xml:2"


class TestFabric8:
    def test_properties_of_fabric8_and_jkube_are_read_from_a_pom(self, tmp_path: Path) -> None:
        found = settings(
            tmp_path,
            pom(
                "fabric8.replicas=2",
                "fabric8.env.FOO=bar",
                "fabric8.label.group=quickstarts",
                "fabric8.port.container.http=8080",
                "fabric8.port.host.http=80",
                "fabric8.service.port=9000",
                "fabric8.service.headless=true",
                "fabric8.volume.logs.hostPath=/var/log",
                "fabric8.volume.logs.mountPath=/logs",
                "fabric8.volume.cache.emptyDir=Memory",
                "fabric8.livenessProbe.exec=check --all 'a b'",
                "fabric8.livenessProbe.initialDelaySeconds=60",
                "fabric8.readinessProbe.port=8081",
                "fabric8.containerPrivileged=false",
                "fabric8.metrics.scrape=false",
                "jkube.imagePullPolicy=Never",
                "jkube.enricher.jkube-controller.type=StatefulSet",
                "fabric8.namespaceEnvVar=NS",
                "fabric8.parameter.CHEESE.value=brie",
            ),
        )
        assert (found.replicas, found.kind, found.pull_policy) == (2, "StatefulSet", "Never")
        assert found.env == {"FOO": "bar", "NS": EnvSource(field="metadata.namespace")}
        assert found.labels == {"group": "quickstarts"}
        assert found.ports == {"http": PortSettings(port=8080, host=80)}
        assert found.service == ServiceSettings(port=9000, headless=True)
        assert found.volumes["logs"] == VolumeSettings(host_path="/var/log", mount="/logs")
        assert found.volumes["cache"].memory is True
        liveness, readiness = found.probes.liveness, found.probes.readiness
        assert isinstance(liveness, ProbeSettings)
        assert (liveness.command, liveness.delay) == (["check", "--all", "a b"], Duration(60))
        assert isinstance(readiness, ProbeSettings)
        assert (readiness.tcp, readiness.port) == (True, 8081)
        assert found.security.privileged is False
        assert found.parameters == {"CHEESE": "brie"}

    def test_properties_of_ours_win_over_them(self, tmp_path: Path) -> None:
        assert settings(tmp_path, pom("fabric8.replicas=2", "cdkit.replicas=3")).replicas == 3

    def test_what_has_no_meaning_any_more_is_noted(self, tmp_path: Path) -> None:
        notes = own_word(tmp_path, pom("fabric8.iconBranch=x", "fabric8.nonsense=1", "fabric8.version=4.4.1")).notes
        assert notes == (
            "fabric8.iconBranch in pom.xml:3 has no meaning any more: `icon` is a whole address.",
            "fabric8.nonsense in pom.xml:4 has no meaning here: cdkit knows no such property.",
        )

    def test_a_file_of_variables_is_read(self, tmp_path: Path) -> None:
        files = {
            **pom("fabric8.env.A=pom", "fabric8.parameter.CHEESE.value=brie"),
            "src/main/fabric8/env.properties": "A = file\nB = some ${CHEESE}\n",
        }
        assert settings(tmp_path, files).env == {"A": "pom", "B": "some brie"}
        other = {**pom("fabric8.envProperties=own.properties"), "own.properties": "C = c"}
        assert settings(tmp_path, other).env == {"C": "c"}

    def test_a_file_of_variables_that_is_not_there_is_a_mistake(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInput) as raised:
            own_word(tmp_path, pom("fabric8.envProperties=nope"))
        assert str(raised.value.problems[0]) == "pom.xml:3:1: There is no file 'nope' in the project."

    def test_every_parameter_that_is_left_open_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInput) as raised:
            own_word(tmp_path, pom("fabric8.env.A=${ONE}", "cdkit.env.B=${TWO}"))
        assert [str(problem).split(" There")[0] for problem in raised.value.problems] == [
            "pom.xml:3:1: The parameter ${ONE} has no value.",
            "pom.xml:4:1: The parameter ${TWO} has no value.",
        ]

    @pytest.mark.parametrize("counterpart", [each for each in COUNTERPARTS if each.setting], ids=lambda each: each.name)
    def test_every_counterpart_is_a_setting_that_there_is(self, tmp_path: Path, counterpart: object) -> None:
        name = counterpart.name.replace("ANY-", "jkube-")  # type: ignore[attr-defined]
        value = _VALUES.get(name) or _VALUES.get(name.rpartition(".")[2], "http")
        rest = ["fabric8.service.containerPort=80"] if name == "service.protocol" else []
        rest += ["fabric8.port.container.FOO=80"] if name == "port.host.FOO" else []
        rest += [f"fabric8.{each}=80" for each in _NEEDED.get(name, ())]
        if name == "envProperties":
            (tmp_path / "http").touch()
        word = own_word(tmp_path, pom(f"fabric8.{name}={value}", *rest))
        assert word.notes == ()
        resolve(word.words, "")


_VALUES = {
    "replicas": "1", "replicaCount": "1", "containerPrivileged": "true", "imagePullPolicy": "Always",
    "pullPolicy": "Always", "includeNamespaceEnvVar": "true", "headless": "true", "readOnly": "true", "port": "80",
    "containerPort": "80", "protocol": "TCP", "initialDelaySeconds": "1", "timeoutSeconds": "1", "scrape": "true",
    "scheme": "http", "prometheusPort": "80", "type": "NodePort", "port.container.FOO": "80", "port.host.FOO": "80",
    "PORT": "80", "enricher.jkube-controller.type": "deployment", "service.protocol.PORT": "UDP",
    "service.NAME.protocol.PORT": "UDP", "parameter.FOO.value": "x",
}  # fmt: skip
_NEEDED = {
    "service.nodePort.PORT": ["service.containerPort.PORT"],
    "service.protocol.PORT": ["service.containerPort.PORT"],
    "service.NAME.protocol": ["service.NAME.containerPort"],
    "service.NAME.nodePort.PORT": ["service.NAME.containerPort.PORT"],
    "service.NAME.protocol.PORT": ["service.NAME.containerPort.PORT"],
}
"""What a property means nothing without."""
