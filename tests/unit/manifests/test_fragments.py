"""Fragments are merged by identity, never duplicated, and wrong ones are told with file and line."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from cdkit.api import InvalidInput, Port, Problem, parse_document
from cdkit_manifests.draft import Draft
from cdkit_manifests.fragments.combined import combined
from cdkit_manifests.fragments.documents import read_fragments
from cdkit_manifests.fragments.folder import environments_of, folder_of, fragments_of
from cdkit_manifests.fragments.kinds import read_file_name
from cdkit_manifests.fragments.parameters import fill
from tests.unit.manifests.drafts import kinds, make_draft, one, refusals

WEB = {"kind": "web", "ports": (Port(8080),), "user": 1000}


def merged(text: str, file: str = "deployment.yml", settings: str = "") -> Draft:
    """The draft of a web service and one fragment."""
    return make_draft(settings, facts=WEB, fragments={file: text})


def pod_fragment(text: str) -> str:
    return "spec:\n  template:\n    spec:\n" + "".join(f"      {line}\n" for line in text.splitlines())


class TestNames:
    @pytest.mark.parametrize(
        ("stem", "kind", "name"),
        [
            ("deployment", "Deployment", ""),
            ("web-service", "Service", "web"),
            ("name-svc", "Service", "name"),
            ("my-long-name-cm", "ConfigMap", "my-long-name"),
            ("hpa", "HorizontalPodAutoscaler", ""),
            ("config-map", "ConfigMap", ""),
            ("db-pvc", "PersistentVolumeClaim", "db"),
            ("StatefulSet", "StatefulSet", ""),
            ("anything", "", "anything"),
            ("a-b", "", "a-b"),
        ],
    )
    def test_a_files_name_says_kind_and_name(self, stem: str, kind: str, name: str) -> None:
        found = read_file_name(stem)
        assert (found.kind, found.name) == (kind, name)

    def test_what_stands_in_the_file_wins(self) -> None:
        draft = merged("kind: ConfigMap\nmetadata: {name: own}\ndata: {a: b}", "web-service.yaml")
        assert one(draft, "ConfigMap")["metadata"]["name"] == "own"

    def test_without_a_name_the_applications_own_object_is_meant(self) -> None:
        draft = merged("spec: {type: LoadBalancer}", "svc.yml", settings="service: {name: front}")
        assert one(draft, "Service")["spec"]["type"] == "LoadBalancer"

    def test_another_name_is_another_object(self) -> None:
        draft = merged("spec: {ports: [{port: 9000}]}", "admin-service.yml")
        service = draft.find("Service", "admin")
        assert service is not None
        assert service.value["apiVersion"] == "v1"
        assert service.value["spec"]["selector"] == {"app.kubernetes.io/name": "hello"}
        assert service.value["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "cdkit"

    def test_a_second_controller_finds_its_own_pods(self) -> None:
        text = "kind: Deployment\nspec: {template: {spec: {containers: [{name: w, image: w:1}]}}}"
        worker = merged(text, "worker.yaml").find("Deployment", "worker")
        assert worker is not None
        assert worker.value["spec"]["selector"] == {"matchLabels": {"app.kubernetes.io/name": "worker"}}
        assert worker.value["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/name"] == "worker"


class TestMerge:
    def test_lists_are_merged_by_what_their_entries_are(self) -> None:
        draft = merged(
            pod_fragment(
                "containers:\n- name: hello\n  env: [{name: A, value: new}, {name: C, value: c}]\n"
                "  ports: [{containerPort: 8080, hostPort: 80}, {containerPort: 9, name: x}]\n"
                "- name: side\n  image: s:1\n"
                "volumes: [{name: tmp, emptyDir: {medium: Memory}}]\n"
                "tolerations: [{key: a, operator: Exists}]"
            ),
            settings="env: {A: old, B: b}",
        )
        container = draft.container.value
        assert container["env"] == [
            {"name": "A", "value": "new"},
            {"name": "B", "value": "b"},
            {"name": "C", "value": "c"},
        ]
        assert container["ports"][0] == {"name": "http", "containerPort": 8080, "protocol": "TCP", "hostPort": 80}
        assert [port["containerPort"] for port in container["ports"]] == [8080, 9]
        assert [each["name"] for each in draft.pod.value["containers"]] == ["hello", "side"]
        assert draft.pod.value["volumes"] == [{"name": "tmp", "emptyDir": {"medium": "Memory"}}]

    def test_the_same_fragment_twice_is_as_good_as_once(self) -> None:
        text = pod_fragment("containers:\n- name: hello\n  env: [{name: A, value: a}]\ntolerations: [{key: a}]")
        once = merged(text)
        twice = make_draft(facts=WEB, fragments={"deployment.yml": text, "hello-deployment.yml": text})
        assert once.objects == twice.objects

    def test_a_container_without_a_name_is_the_applications_own(self) -> None:
        draft = merged(pod_fragment("containers: [{resources: {limits: {memory: 2Gi}}}]"))
        assert draft.container.value["resources"]["limits"]["memory"] == "2Gi"
        assert len(draft.pod.value["containers"]) == 1

    def test_null_takes_a_field_away(self) -> None:
        draft = merged(pod_fragment("containers: [{livenessProbe: null}]\nsecurityContext: null"))
        assert "livenessProbe" not in draft.container.value
        assert "securityContext" not in draft.pod.value
        assert all("livenessProbe" not in field.path for field in draft.origins)

    def test_an_entry_of_a_list_can_be_deleted_and_a_mapping_replaced(self) -> None:
        draft = merged(
            pod_fragment(
                "containers: [{name: hello, env: [{name: A, $patch: delete}], "
                "securityContext: {$patch: replace, a: b}}]"
            ),
            settings="env: {A: a, B: b}",
        )
        assert [entry["name"] for entry in draft.container.value["env"]] == ["B"]
        assert draft.container.value["securityContext"] == {"a": "b"}

    def test_of_several_ways_the_fragments_one_is_left(self) -> None:
        draft = merged(
            pod_fragment(
                "containers: [{name: hello, readinessProbe: {exec: {command: [true, 1]}}, "
                "env: [{name: A, valueFrom: {fieldRef: {fieldPath: x}}}]}]\n"
                "volumes: [{name: tmp, persistentVolumeClaim: {claimName: c}}]"
            ),
            settings="env: {A: a}",
        )
        container = draft.container.value
        assert container["readinessProbe"]["exec"] == {"command": ["true", "1"]}
        assert "tcpSocket" not in container["readinessProbe"]
        assert container["env"] == [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "x"}}}]
        assert draft.pod.value["volumes"] == [{"name": "tmp", "persistentVolumeClaim": {"claimName": "c"}}]

    def test_another_strategy_has_no_steps(self) -> None:
        assert merged("spec: {strategy: {type: Recreate}}").workload.value["spec"]["strategy"] == {"type": "Recreate"}

    def test_what_must_be_text_is_text_as_it_is_written(self) -> None:
        draft = merged(
            "metadata: {labels: {v: 1.10}, annotations: {on: yes}}\n"
            + pod_fragment(
                "containers: [{name: hello, env: [{name: A, value: 010}], args: [1.0]}]\nnodeSelector: {ssd: true}"
            )
        )
        assert draft.workload.value["metadata"]["labels"]["v"] == "1.10"
        assert draft.workload.value["metadata"]["annotations"]["on"] == "yes"
        assert draft.container.value["env"] == [{"name": "A", "value": "010"}]
        assert draft.container.value["args"] == ["1.0"]
        assert draft.pod.value["nodeSelector"] == {"ssd": "true"}

    def test_a_list_whose_entries_nothing_tells_apart_is_taken_whole(self) -> None:
        role = "rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]"
        draft = make_draft(facts=WEB, fragments={"role.yml": role, "hello-role.yml": role})
        assert one(draft, "Role")["rules"] == [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]

    def test_a_port_that_gets_another_name_keeps_who_asked_for_it(self) -> None:
        draft = merged(pod_fragment("containers: [{name: hello, ports: [{containerPort: 8080, name: web}]}]"))
        assert draft.container.value["readinessProbe"]["tcpSocket"] == {"port": "web"}
        assert one(draft, "Service")["spec"]["ports"][0]["targetPort"] == "web"

    def test_fields_know_the_line_of_the_fragment(self) -> None:
        draft = merged("spec:\n  replicas: 5\n")
        (source,) = [str(source) for field, source in draft.origins.items() if field.path == ("spec", "replicas")]
        assert source == "deployment.yml:2"

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("spec: 5", "deployment.yml:1:7: Here stands a number; a mapping is wanted."),
            ("spec:\n  template:\n    spec: [a]", "deployment.yml:3:11: Here stands a list; a mapping is wanted."),
            (pod_fragment("containers: x"), "deployment.yml:4:19: Here stands text; a list is wanted."),
            (pod_fragment("containers: [x]"), "deployment.yml:4:20: Here stands text; a mapping is wanted."),
        ],
    )
    def test_what_does_not_fit_is_told_with_file_and_line(self, text: str, message: str) -> None:
        assert refusals(facts=WEB, fragments={"deployment.yml": text}) == [message]


class TestDocuments:
    def test_lists_and_templates_are_taken_apart(self) -> None:
        text = (
            "kind: List\nitems:\n- {kind: ConfigMap, metadata: {name: a}}\n- {kind: Secret, metadata: {name: b}}\n"
            "---\nkind: Template\nparameters: [{name: N, value: '5'}]\n"
            "objects:\n- kind: Deployment\n  metadata: {name: c}\n  spec:\n    replicas: '${N}'\n    x: ${N}\n"
        )
        problems: list[Problem] = []
        found = read_fragments(text, "all.yaml", {}, problems)
        assert problems == []
        assert [(item.kind, item.name) for item in found] == [("ConfigMap", "a"), ("Secret", "b"), ("Deployment", "c")]
        assert found[2].node.value["spec"].plain() == {"replicas": "5", "x": 5}

    def test_what_kustomize_reads_is_left_to_it(self) -> None:
        assert read_fragments("kind: Kustomization\nresources: [a]", "kustomization.yaml", {}, []) == []

    @pytest.mark.parametrize(
        ("text", "file", "message"),
        [
            ("a: 1", "x.yaml", "x.yaml:1:1: It is not said what kind of object this is."),
            ("kind: Strange", "x.yaml", "x.yaml:1:1: The API of 'Strange' is not known here. Say `apiVersion`."),
            ("- a", "x-cm.yaml", "x-cm.yaml:1:1: Here stands a list; a Kubernetes object is wanted."),
            ("a: [", "x-cm.yaml", "x-cm.yaml:2:1: The file is not YAML"),
            ("a: 1\na: 2", "x-cm.yaml", "x-cm.yaml:2:1: The key 'a' stands twice, first in line 1."),
        ],
    )
    def test_what_is_no_manifest_is_told_with_its_place(self, text: str, file: str, message: str) -> None:
        problems: list[Problem] = []
        assert read_fragments(text, file, {}, problems) == []
        assert str(problems[0]).startswith(message)


class TestParameters:
    def test_a_whole_value_becomes_what_yaml_makes_of_it_and_all_else_text(self) -> None:
        text = "a: ${N}\nb: '${N}'\nc: x-${N}\nd: $${N}\ne:\n- ${N}\n- $N\nf: ${T}\n"
        problems: list[Problem] = []
        found = fill(parse_document(text, "f.yaml"), {"N": "5", "T": "a: b\nc"}, problems)
        assert found.plain() == {"a": 5, "b": "5", "c": "x-5", "d": "${N}", "e": [5, "$N"], "f": "a: b\nc"}
        assert problems == []

    def test_every_open_one_is_told_at_once(self) -> None:
        with pytest.raises(InvalidInput) as raised:
            draft_of("a: ${ONE}\nb:\n- x-${TWO}-${ONE}\n", "x-cm.yml", {"ONES": "1"})
        assert [str(problem).split(" Did")[0].split(" Known")[0] for problem in raised.value.problems] == [
            "k8s/x-cm.yml:1:4: The parameter ${ONE} has no value.",
            "k8s/x-cm.yml:3:3: The parameter ${TWO} has no value.",
            "k8s/x-cm.yml:3:3: The parameter ${ONE} has no value.",
        ]
        assert "Did you mean 'ONES'?" in str(raised.value.problems[0])


def draft_of(text: str, file: str, values: dict[str, str]) -> None:
    """Read one fragment from a folder."""
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "k8s").mkdir()
        (folder / "k8s" / file).write_text(text, encoding="utf-8")
        fragments_of(folder, folder, "k8s", "", values)


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


class TestFolder:
    def test_the_folder_is_the_one_that_was_said_else_the_first_usual_one(self, tmp_path: Path) -> None:
        assert folder_of(tmp_path, tmp_path, "") == ""
        write(tmp_path, {"src/main/jkube/a.yml": "", "own/a.yml": ""})
        assert folder_of(tmp_path, tmp_path, "") == "src/main/jkube"
        assert folder_of(tmp_path, tmp_path, "own") == "own"
        write(tmp_path, {"k8s/a.yml": ""})
        assert folder_of(tmp_path, tmp_path, "") == "k8s"

    def test_a_folder_that_is_not_there_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInput, match="There is no folder 'nope' for fragments"):
            folder_of(tmp_path, tmp_path, "nope")

    def test_an_environment_has_its_own_behind_those_for_all(self, tmp_path: Path) -> None:
        files = {"k8s/deployment.yml": "spec: {replicas: 1}", "k8s/live/deployment.yml": "spec: {replicas: 5}"}
        write(tmp_path, {**files, "k8s/empty/readme.txt": ""})
        assert environments_of(tmp_path, tmp_path, "k8s") == ("live",)
        found = [fragments_of(tmp_path, tmp_path, "k8s", environment, {}) for environment in ("", "live", "test")]
        assert [[item.node.plain()["spec"]["replicas"] for item in each] for each in found] == [[1], [1, 5], [1]]


class TestCombined:
    def test_files_folders_archives_and_packages(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            {
                "one.yaml": "kind: ConfigMap\nmetadata: {name: one}",
                "more/two.yml": "kind: ConfigMap\nmetadata: {name: two}",
                "more/readme.md": "",
                "node_modules/@acme/lib/cdkit/three.json": '{"kind": "ConfigMap", "metadata": {"name": "three"}}',
            },
        )
        with zipfile.ZipFile(tmp_path / "lib.jar", "w") as archive:
            archive.writestr("META-INF/jkube/kubernetes.yml", "kind: ConfigMap\nmetadata: {name: four}")
            archive.writestr("META-INF/jkube/openshift.yml", "kind: Route\nmetadata: {name: no}")
            archive.writestr("other/kubernetes.yml", "kind: ConfigMap\nmetadata: {name: no}")
            archive.writestr("../META-INF/x.yml", "kind: ConfigMap\nmetadata: {name: no}")
        said = ["one.yaml", "more", "lib.jar", "package:@acme/lib"]
        found = combined(tmp_path, tmp_path, said, {})
        assert [item.name for item in found] == ["one", "two", "four", "three"]
        assert found[2].node.position.file == "lib.jar!META-INF/jkube/kubernetes.yml"

    @pytest.mark.parametrize(
        ("said", "message"),
        [
            ("nope.yaml", "There is no file 'nope.yaml' in the project."),
            ("nope.jar", "There is no archive 'nope.jar' in the project."),
            ("bad.jar", "The archive 'bad.jar' cannot be read: File is not a zip file."),
            ("big.jar", "META-INF/cdkit/a.yml in 'big.jar' is larger than 1024 KiB."),
            ("../x.yaml", "'../x.yaml' lies outside of the checkout."),
            ("package:../../etc", "'../../etc' is no name of a package."),
            ("package:acme", "There is no package 'acme' with manifests in the project."),
        ],
    )
    def test_what_cannot_be_had_is_told(self, tmp_path: Path, said: str, message: str) -> None:
        write(tmp_path, {"bad.jar": "no zip"})
        with zipfile.ZipFile(tmp_path / "big.jar", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("META-INF/cdkit/a.yml", "x" * 2_000_000)
        with pytest.raises(InvalidInput) as raised:
            combined(tmp_path, tmp_path, [said], {})
        assert message in raised.value.message

    def test_objects_of_others_keep_their_labels(self, tmp_path: Path) -> None:
        from cdkit_manifests.compose import compose
        from cdkit_manifests.enrichers.own import OWN_ENRICHERS
        from tests.unit.manifests.drafts import make_wish

        text = (
            "kind: Deployment\nmetadata: {name: db, labels: {app: db}}\n"
            "spec: {selector: {matchLabels: {app: db}}, "
            "template: {metadata: {labels: {app: db}}, spec: {containers: []}}}"
        )
        write(tmp_path, {"db.yaml": text})
        import msgspec

        wish = msgspec.structs.replace(make_wish(facts=WEB), combined=combined(tmp_path, tmp_path, ["db.yaml"], {}))
        draft = compose(wish, OWN_ENRICHERS)
        place = draft.find("Deployment", "db")
        assert place is not None
        assert place.value["metadata"]["labels"] == {"app": "db", "app.kubernetes.io/managed-by": "cdkit"}
        assert place.value["spec"]["template"]["metadata"]["labels"] == {"app": "db"}
        assert kinds(draft).count("Deployment") == 2
        assert draft.workload.name == "hello"
