"""What each enricher writes, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cdkit.api import Build, EnvVar, ManifestDraft, ManifestEnricher, ManifestWish, Metrics, Port, Probe
from cdkit_manifests.draft import Draft
from cdkit_manifests.enrichers.own import OWN_ENRICHERS
from cdkit_manifests.enrichers.ports import WELL_KNOWN, is_legal
from tests.unit.manifests.drafts import kinds, make_draft, one, refusals

TMP = "/tmp"  # noqa: S108 -- a path in the container
WEB = {"kind": "web", "ports": (Port(8080),), "user": 1000}


def spec(draft: Draft) -> dict[str, Any]:
    value: dict[str, Any] = draft.workload.value["spec"]
    return value


class TestController:
    @pytest.mark.parametrize(
        ("facts", "settings", "kind"),
        [
            ({}, "", "Deployment"),
            ({"kind": "worker"}, "", "Deployment"),
            ({"kind": "static"}, "", "Deployment"),
            ({"kind": "job"}, "", "Job"),
            ({"kind": "cron", "schedule": "0 3 * * *"}, "", "CronJob"),
            ({"kind": "job"}, "kind: DaemonSet", "DaemonSet"),
            ({}, "schedule: 0 3 * * *", "CronJob"),
            ({}, "kind: StatefulSet", "StatefulSet"),
        ],
    )
    def test_the_kind_is_what_was_said_else_what_fits_the_application(
        self, facts: dict[str, Any], settings: str, kind: str
    ) -> None:
        assert make_draft(settings, facts=facts).workload.kind == kind

    def test_a_fragment_of_another_kind_of_controller_decides_when_nothing_else_does(self) -> None:
        draft = make_draft(fragments={"statefulset.yml": "spec: {replicas: 3}"})
        assert (draft.workload.kind, spec(draft)["replicas"]) == ("StatefulSet", 3)

    def test_what_runs_by_the_clock_at_no_known_time_is_a_job_with_a_warning(self) -> None:
        draft = make_draft(facts={"kind": "cron"})
        assert draft.workload.kind == "Job"
        assert "no schedule is known" in draft.warnings[0]

    def test_a_cron_job_needs_a_schedule(self) -> None:
        assert refusals("kind: CronJob") == [
            "cdkit.yaml:1:1: A CronJob needs a schedule. Say `schedule`, such as `0 3 * * *`."
        ]

    def test_a_cron_job_has_its_pods_two_levels_down(self) -> None:
        settings = (
            "schedule: 0 3 * * *\njob: {retries: 0, deadline: 1h, time_zone: Europe/Berlin, concurrency: Replace}"
        )
        draft = make_draft(settings)
        assert spec(draft)["timeZone"] == "Europe/Berlin"
        assert spec(draft)["concurrencyPolicy"] == "Replace"
        job = spec(draft)["jobTemplate"]["spec"]
        assert (job["backoffLimit"], job["activeDeadlineSeconds"]) == (0, 3600)
        assert job["template"]["spec"]["restartPolicy"] == "Never"
        assert job["template"]["spec"]["containers"][0]["image"].endswith("a" * 64)

    def test_a_job_that_says_something_else_has_another_name(self) -> None:
        first, same, other = (make_draft("kind: Job", image=image) for image in ("x:1", "x:1", "x:2"))
        assert first.workload.name == same.workload.name
        assert first.workload.name != other.workload.name
        assert first.workload.name.startswith("hello-")
        assert all(field.name != "hello" for field in first.origins if field.kind == "Job")

    def test_the_longest_name_still_leads_to_a_legal_job(self) -> None:
        from cdkit_manifests.enrichers.job_name import LONGEST

        assert LONGEST + 11 == 63


class TestRollout:
    def test_a_deployment_rolls_without_a_gap(self) -> None:
        assert spec(make_draft())["strategy"] == {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0},
        }

    def test_every_part_of_it_can_be_said(self) -> None:
        draft = make_draft(
            "replicas: 4\nrevision_history: 2\n"
            "rollout: {max_surge: 25%, max_unavailable: 2, min_ready: 5s, deadline: 2m}"
        )
        found = spec(draft)
        assert found["strategy"]["rollingUpdate"] == {"maxSurge": "25%", "maxUnavailable": 2}
        assert (found["replicas"], found["revisionHistoryLimit"]) == (4, 2)
        assert (found["minReadySeconds"], found["progressDeadlineSeconds"]) == (5, 120)

    def test_recreate_has_no_steps(self) -> None:
        assert spec(make_draft("rollout: {strategy: Recreate}"))["strategy"] == {"type": "Recreate"}

    @pytest.mark.parametrize(("kind", "strategy"), [("Deployment", "OnDelete"), ("StatefulSet", "Recreate")])
    def test_a_strategy_that_the_kind_does_not_know_is_refused(self, kind: str, strategy: str) -> None:
        (found,) = refusals(f"kind: {kind}\nrollout: {{strategy: {strategy}}}")
        assert f"A {kind} knows no strategy {strategy!r}." in found

    def test_a_daemon_set_has_no_replicas(self) -> None:
        found = spec(make_draft("kind: DaemonSet\nreplicas: 3"))
        assert "replicas" not in found
        assert found["updateStrategy"]["rollingUpdate"] == {"maxUnavailable": 1}


class TestImage:
    @pytest.mark.parametrize(
        ("image", "policy"),
        [
            ("a/b@sha256:" + "a" * 64, "IfNotPresent"),
            ("a/b:1.2", "IfNotPresent"),
            ("a/b", "Always"),
            ("a:latest", "Always"),
        ],
    )
    def test_a_tag_that_moves_is_always_pulled(self, image: str, policy: str) -> None:
        assert make_draft(image=image).container.value["imagePullPolicy"] == policy

    def test_what_was_said_stands(self) -> None:
        draft = make_draft(
            "pull_policy: Never\npull_secrets: [a, b]\ncommand: [python]\nargs: [-m, x]\nworkdir: /srv\ncontainer: main"
        )
        container = draft.container.value
        assert container["imagePullPolicy"] == "Never"
        assert draft.pod.value["imagePullSecrets"] == [{"name": "a"}, {"name": "b"}]
        assert (container["command"], container["args"], container["workingDir"]) == (["python"], ["-m", "x"], "/srv")
        assert container["name"] == "main"

    def test_the_command_of_the_image_is_left_to_the_image(self) -> None:
        assert "command" not in make_draft(facts={"command": ("python",)}).container.value


class TestPorts:
    def test_names_are_those_that_everybody_knows(self) -> None:
        ports = (Port(3000), Port(5432), Port(9999), Port(53, protocol="UDP"), Port(8081, "management"))
        draft = make_draft(facts={"kind": "web", "ports": ports})
        assert [entry["name"] for entry in draft.container.value["ports"]] == [
            "http",
            "postgresql",
            "port-9999",
            "domain",
            "management",
        ]

    def test_no_name_stands_twice(self) -> None:
        ports = (Port(8080), Port(80), Port(8000), Port(8080))
        names = [entry["name"] for entry in make_draft(facts={"ports": ports}).container.value["ports"]]
        assert names == ["http", "http-80", "http-8000"]

    def test_all_well_known_names_are_legal(self) -> None:
        assert all(map(is_legal, WELL_KNOWN.values()))

    @pytest.mark.parametrize("name", ["Http", "a--b", "-a", "123", "x" * 16, "a_b"])
    def test_an_illegal_name_is_refused(self, name: str) -> None:
        (found,) = refusals(f"ports: {{{name!r}: 80}}")
        assert found.startswith(f"cdkit.yaml:1:1: {name!r} cannot be the name of a port.") or "1:" in found

    def test_what_was_said_takes_the_place_of_what_the_metadata_says(self) -> None:
        draft = make_draft("ports: {grpc: 9000, http: {port: 8081, host: 80}}", facts=WEB)
        assert draft.container.value["ports"] == [
            {"name": "http", "containerPort": 8081, "protocol": "TCP", "hostPort": 80},
            {"name": "grpc", "containerPort": 9000, "protocol": "TCP"},
        ]


class TestData:
    def test_a_config_map_of_files_folders_and_values(self, tmp_path: Path) -> None:
        (tmp_path / "conf").mkdir()
        (tmp_path / "conf" / "a.ini").write_text("a\n", encoding="utf-8")
        (tmp_path / "conf" / "b.ini").write_text("overwritten", encoding="utf-8")
        (tmp_path / "logo.bin").write_bytes(b"\xff\x00")
        settings = (
            "config: {main: {folders: [conf], files: [logo.bin, own=conf/a.ini], values: {b.ini: said}, "
            "mount: /etc/hello, env: true}}"
        )
        draft = make_draft(settings, folder=tmp_path)
        found = one(draft, "ConfigMap")
        assert found["data"] == {"a.ini": "a\n", "b.ini": "said", "own": "a\n"}
        assert found["binaryData"] == {"logo.bin": "/wA="}
        assert found["immutable"] is True
        name = found["metadata"]["name"]
        assert name.startswith("hello-main-")
        assert {"configMapRef": {"name": name}} in draft.container.value["envFrom"]
        (volume,) = [volume for volume in draft.pod.value["volumes"] if "configMap" in volume]
        assert volume["configMap"] == {"name": name}
        assert {"name": volume["name"], "mountPath": "/etc/hello", "readOnly": True} in draft.container.value[
            "volumeMounts"
        ]

    def test_another_content_is_another_name_and_the_same_content_the_same(self, tmp_path: Path) -> None:
        def name(text: str) -> str:
            (tmp_path / "f").write_text(text, encoding="utf-8")
            return str(one(make_draft("config: {a: {files: [f]}}", folder=tmp_path), "ConfigMap")["metadata"]["name"])

        assert name("1") == name("1") != name("2")

    def test_a_name_that_shall_stay_stays(self) -> None:
        found = one(make_draft("config: {a: {values: {x: y}, hash: false}}"), "ConfigMap")
        assert found["metadata"]["name"] == "hello-a"
        assert "immutable" not in found

    def test_a_secret_holds_base64(self) -> None:
        assert one(make_draft("secrets: {token: {values: {TOKEN: x}}}"), "Secret")["data"] == {"TOKEN": "eA=="}

    def test_settings_name_it_without_its_hash(self) -> None:
        draft = make_draft(
            "config: {main: {values: {x: y}}}\nsecrets: {key: {values: {x: y}}}\n"
            "env: {X: {config: main}, Y: {secret: other, key: k}}\nenv_from: [{secret: key}]\n"
            "volumes: {v: {config: main, mount: /v}}"
        )
        config, secret = (one(draft, kind)["metadata"]["name"] for kind in ("ConfigMap", "Secret"))
        container = draft.container.value
        assert container["env"][0]["valueFrom"]["configMapKeyRef"] == {"name": config, "key": "X"}
        assert container["env"][1]["valueFrom"]["secretKeyRef"] == {"name": "other", "key": "k"}
        assert container["envFrom"] == [{"secretRef": {"name": secret}}]
        assert {"name": "v", "configMap": {"name": config}} in draft.pod.value["volumes"]

    def test_what_settings_name_and_nobody_makes_is_taken_to_be_in_the_cluster(self) -> None:
        draft = make_draft(
            "config: {own: {values: {x: y}}}\nenv: {A: {config: own}, B: {secret: s}}\nservice_account: robot\n"
            "volumes: {v: {claim: c}, w: {config: m}}"
        )
        assert draft.external == ["Secret/s", "PersistentVolumeClaim/c", "ConfigMap/m", "ServiceAccount/robot"]

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ("config: {a: {files: [nope]}}", "There is no file 'nope' in the project."),
            ("config: {a: {folders: [nope]}}", "There is no folder 'nope' in the project."),
            ("config: {a: {files: [../../etc/passwd]}}", "'../../etc/passwd' lies outside of the checkout."),
            ("config: {a: {files: [big]}}", "would hold 1048580 bytes; Kubernetes takes 1048576 at most."),
            ("config: {a: {values: {'a b': x}}}", "'a b' cannot be a key"),
        ],
    )
    def test_what_cannot_be_is_told_with_its_place(self, tmp_path: Path, settings: str, message: str) -> None:
        (tmp_path / "big").write_bytes(b"x" * (1024 * 1024 + 1))
        (found,) = refusals(settings, folder=tmp_path)
        assert found.startswith("cdkit.yaml:1:1: ")
        assert message in found

    def test_a_link_out_of_the_checkout_is_not_followed(self, tmp_path: Path) -> None:
        (tmp_path / "project").mkdir()
        (tmp_path / "secret").write_text("x", encoding="utf-8")
        (tmp_path / "project" / "link").symlink_to(tmp_path / "secret")
        (found,) = refusals("config: {a: {files: [link]}}", folder=tmp_path / "project")
        assert "lies outside of the checkout" in found


class TestEnvironment:
    def test_every_way_to_a_value(self) -> None:
        draft = make_draft(
            "env: {A: 1.50, B: {value: no}, C: {field: status.podIP}, D: {resource: limits.memory}, "
            "E: {secret: s, optional: true}}\nenv_from: [{config: c, prefix: P_}]"
        )
        assert draft.container.value["env"] == [
            {"name": "A", "value": "1.50"},
            {"name": "B", "value": "no"},
            {"name": "C", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
            {"name": "D", "valueFrom": {"resourceFieldRef": {"resource": "limits.memory"}}},
            {"name": "E", "valueFrom": {"secretKeyRef": {"name": "s", "key": "E", "optional": True}}},
        ]
        assert draft.container.value["envFrom"] == [{"configMapRef": {"name": "c"}, "prefix": "P_"}]

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ("env: {A: {}}", "it has none of them."),
            ("env: {A: {field: x, secret: y}}", "it has `secret` and `field`."),
            ("env: {'1 A': x}", "'1 A' cannot be the name of an environment variable."),
            ('env: {A: "a\\0b"}', "holds a zero byte"),
            ("env_from: [{}]", "takes either `config` or `secret`."),
        ],
    )
    def test_what_is_no_value_is_refused(self, settings: str, message: str) -> None:
        (found,) = refusals(settings)
        assert message in found

    def test_kubernetes_sets_no_variables_of_services_that_the_application_could_take_for_its_own(self) -> None:
        assert make_draft().pod.value["enableServiceLinks"] is False

    def test_what_metadata_sets_is_written_and_what_it_only_reads_is_warned_of(self) -> None:
        draft = make_draft("env: {B: own}", facts={"env": (EnvVar("A", "1"), EnvVar("B", "2"), EnvVar("C"))})
        assert draft.container.value["env"] == [{"name": "A", "value": "1"}, {"name": "B", "value": "own"}]
        assert "It reads C (env in test), and nothing sets it; say it under `env`." in draft.warnings


class TestVolumes:
    def test_every_kind_of_volume(self) -> None:
        draft = make_draft(
            "volumes: {e: {mount: /e, memory: true, size: 64Mi}, h: {host_path: /var/run, mount: /h, read_only: true}, "
            "s: {secret: tls, mount: /s}, c: {config: cm}, p: {claim: data, mount: /p, sub_path: x}}"
        )
        volumes = {volume["name"]: volume for volume in draft.pod.value["volumes"]}
        assert volumes["e"]["emptyDir"] == {"medium": "Memory", "sizeLimit": "64Mi"}
        assert volumes["h"]["hostPath"] == {"path": "/var/run"}
        assert volumes["s"]["secret"] == {"secretName": "tls"}
        assert volumes["c"]["configMap"] == {"name": "cm"}
        assert volumes["p"]["persistentVolumeClaim"] == {"claimName": "data"}
        mounts = {mount["name"]: mount for mount in draft.container.value["volumeMounts"]}
        assert mounts["h"]["readOnly"] is mounts["s"]["readOnly"] is True
        assert mounts["p"]["subPath"] == "x"
        assert "c" not in mounts

    def test_a_claim_that_one_node_can_mount_makes_pods_take_turns(self) -> None:
        draft = make_draft("replicas: 2\nvolumes: {data: {mount: /data, claim: true, size: 5Gi}}", facts=WEB)
        claim = one(draft, "PersistentVolumeClaim")
        assert claim["metadata"]["name"] == "hello-data"
        assert claim["spec"]["resources"] == {"requests": {"storage": "5Gi"}}
        assert spec(draft)["strategy"] == {"type": "Recreate"}
        assert any("can be mounted on one node only" in warning for warning in draft.warnings)
        assert draft.pod.value["securityContext"]["fsGroup"] == 1000

    def test_a_stateful_set_has_a_claim_for_each_pod(self) -> None:
        draft = make_draft("kind: StatefulSet\nvolumes: {data: {mount: /data, claim: true, storage_class: fast}}")
        (template,) = spec(draft)["volumeClaimTemplates"]
        assert template["metadata"] == {"name": "data"}
        assert template["spec"]["storageClassName"] == "fast"
        assert "PersistentVolumeClaim" not in kinds(draft)

    def test_what_the_image_keeps_is_writable_and_a_person_is_told_that_it_is_lost(self) -> None:
        draft = make_draft(facts={"volumes": ("/var/lib/data/",)})
        mounts = [mount["mountPath"] for mount in draft.container.value["volumeMounts"]]
        assert "/var/lib/data/" in mounts
        assert any("is lost with its pod" in warning for warning in draft.warnings)
        kept = make_draft("volumes: {d: {mount: /var/lib/data, claim: true}}", facts={"volumes": ("/var/lib/data/",)})
        assert not any("is lost" in warning for warning in kept.warnings)

    def test_a_volume_is_one_thing_only(self) -> None:
        (found,) = refusals("volumes: {v: {secret: a, host_path: /b}}")
        assert "The volume 'v' is `host_path` and `secret` at once." in found


class TestProbes:
    def test_a_route_that_was_found_is_asked_by_the_ports_name(self) -> None:
        probe = Probe(kind="http", path="/up", port=8080)
        container = make_draft(facts={**WEB, "readiness": probe, "liveness": probe}).container.value
        assert container["readinessProbe"]["httpGet"] == {"path": "/up", "port": "http"}
        assert container["livenessProbe"]["httpGet"] == {"path": "/up", "port": "http"}
        assert container["startupProbe"]["httpGet"] == {"path": "/up", "port": "http"}

    def test_without_a_route_it_is_seen_whether_the_port_is_open(self) -> None:
        draft = make_draft("port: 8080", facts=WEB)
        assert draft.container.value["readinessProbe"]["tcpSocket"] == {"port": "http"}
        assert any("readiness only sees whether the port is open" in warning for warning in draft.warnings)

    def test_without_a_port_nothing_is_asked_and_a_person_is_told(self) -> None:
        draft = make_draft("probes: {startup: false}")
        assert "readinessProbe" not in draft.container.value
        assert any("counts as ready once it has started" in warning for warning in draft.warnings)

    def test_a_health_check_of_the_image_keeps_its_command_and_its_timing(self) -> None:
        probe = Probe(kind="exec", command=("wget", "-q", "x"), period=30, timeout=4, initial_delay=120)
        container = make_draft(facts={"liveness": probe, "readiness": probe}).container.value
        liveness = container["livenessProbe"]
        assert liveness["exec"] == {"command": ["wget", "-q", "x"]}
        assert (liveness["periodSeconds"], liveness["timeoutSeconds"]) == (30, 4)
        assert "initialDelaySeconds" not in liveness
        startup = container["startupProbe"]
        assert startup["failureThreshold"] * startup["periodSeconds"] > 120

    def test_what_was_said_wins_in_every_part(self) -> None:
        settings = (
            "port: 80\nhealth: /up\nprobes: {readiness: {path: /ready, delay: 3s, headers: {Host: x}, scheme: HTTPS}, "
            "liveness: {command: [check]}, startup: false}"
        )
        container = make_draft(settings).container.value
        assert container["readinessProbe"]["httpGet"] == {
            "path": "/ready",
            "port": "http",
            "scheme": "HTTPS",
            "httpHeaders": [{"name": "Host", "value": "x"}],
        }
        assert container["readinessProbe"]["initialDelaySeconds"] == 3
        assert container["livenessProbe"]["exec"] == {"command": ["check"]}
        assert "startupProbe" not in container

    def test_timing_alone_leaves_the_question_to_the_metadata(self) -> None:
        probe = Probe(kind="http", path="/up")
        container = make_draft("probes: {readiness: {period: 1s}}", facts={**WEB, "readiness": probe}).container.value
        assert container["readinessProbe"]["httpGet"]["path"] == "/up"
        assert container["readinessProbe"]["periodSeconds"] == 1

    def test_a_program_that_starts_slowly_gets_more_time(self) -> None:
        slow = make_draft(facts={**WEB, "language": "java"}).container.value["startupProbe"]
        quick = make_draft(facts={**WEB, "language": "go"}).container.value["startupProbe"]
        assert slow["failureThreshold"] > quick["failureThreshold"]

    def test_a_port_that_was_said_is_asked_in_place_of_the_one_that_was_found(self) -> None:
        probe = Probe(kind="http", path="/up", port=8080)
        container = make_draft("port: 9000", facts={**WEB, "readiness": probe}).container.value
        assert container["readinessProbe"]["httpGet"]["port"] == "http"

    def test_a_job_is_not_asked(self) -> None:
        assert "livenessProbe" not in make_draft("kind: Job\nport: 80\nhealth: /").container.value

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ("health: /x", "The probe needs a port, and none is known."),
            ("port: 80\nhealth: x", "begins with a slash, not 'x'"),
        ],
    )
    def test_a_question_that_cannot_be_asked_is_refused(self, settings: str, message: str) -> None:
        assert message in refusals(settings)[0]


class TestResources:
    def test_what_is_not_said_fits_a_small_service_in_the_language(self) -> None:
        found = make_draft(facts={"language": "java"}).container.value["resources"]
        assert found == {"requests": {"cpu": "100m", "memory": "512Mi"}, "limits": {"memory": "1Gi"}}

    def test_what_is_said_stands_and_memory_is_its_own_limit(self) -> None:
        found = make_draft("resources: {cpu: 2, memory: 1Gi, cpu_limit: 4}").container.value["resources"]
        assert found == {"requests": {"cpu": "2", "memory": "1Gi"}, "limits": {"cpu": "4", "memory": "1Gi"}}

    def test_no_more_can_be_asked_for_than_may_be_taken(self) -> None:
        (found,) = refusals("resources: {memory: 2Gi, memory_limit: 1Gi}")
        assert "More memory is asked for (2Gi) than may be taken (1Gi)." in found


class TestSecurity:
    def test_everything_is_taken_away_that_a_service_does_not_need(self) -> None:
        draft = make_draft(facts=WEB)
        assert draft.pod.value["securityContext"] == {
            "runAsNonRoot": True,
            "runAsUser": 1000,
            "seccompProfile": {"type": "RuntimeDefault"},
        }
        assert draft.container.value["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        }
        assert {"name": "tmp", "mountPath": TMP} in draft.container.value["volumeMounts"]
        assert {"name": "tmp", "emptyDir": {}} in draft.pod.value["volumes"]

    @pytest.mark.parametrize(
        ("facts", "message"),
        [
            ({}, "The image names no user, so the container may run as root"),
            ({"user": 0}, "The container runs as root (user in test)"),
            ({"user": "root"}, "The container runs as root (user in test)"),
            ({"user": "app"}, "Kubernetes cannot see that 'app' (user in test) is not root, for it has no number"),
        ],
    )
    def test_an_image_that_runs_as_root_is_warned_of_with_what_to_do(self, facts: Any, message: str) -> None:
        draft = make_draft(facts=facts)
        (found,) = [warning for warning in draft.warnings if "root" in warning]
        assert message in found
        assert "USER 10001" in found
        assert "runAsNonRoot" not in draft.pod.value["securityContext"]

    def test_a_user_that_was_said_is_enough(self) -> None:
        draft = make_draft("security: {user: 10001, group: 10002, fs_group: 10003}", facts={"user": 0})
        assert draft.pod.value["securityContext"]["runAsUser"] == 10001
        assert draft.pod.value["securityContext"]["runAsGroup"] == 10002
        assert draft.pod.value["securityContext"]["fsGroup"] == 10003
        assert not any("root" in warning for warning in draft.warnings)

    def test_root_can_be_accepted(self) -> None:
        assert not any("as root" in warning for warning in make_draft("security: {allow_root: true}").warnings)

    def test_a_server_that_starts_as_root_on_a_low_port_can_still_change_its_user(self) -> None:
        draft = make_draft(facts={"ports": (Port(80),), "user": 0})
        kept = draft.container.value["securityContext"]["capabilities"]
        assert kept == {"drop": ["ALL"], "add": ["CHOWN", "NET_BIND_SERVICE", "SETGID", "SETUID"]}

    def test_another_user_may_open_a_low_port(self) -> None:
        facts = {"ports": (Port(80),), "user": 101}
        sysctls = [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}]
        assert make_draft(facts=facts).pod.value["securityContext"]["sysctls"] == sysctls
        assert "sysctls" not in make_draft(facts=facts, kubernetes=(1, 20)).pod.value["securityContext"]

    def test_folders_that_must_be_written_are_volumes(self) -> None:
        facts = {"writable": ("/var/cache/nginx", "/var/run")}
        draft = make_draft("security: {writable: [/srv/tmp]}", facts=facts)
        mounts = {mount["mountPath"]: mount["name"] for mount in draft.container.value["volumeMounts"]}
        assert mounts == {
            TMP: "tmp",
            "/var/cache/nginx": "var-cache-nginx",
            "/var/run": "var-run",
            "/srv/tmp": "srv-tmp",
        }

    def test_what_writes_among_its_own_files_may_do_so_and_a_person_is_told(self) -> None:
        draft = make_draft(facts={"writable": ("/",)})
        assert draft.container.value["securityContext"]["readOnlyRootFilesystem"] is False
        assert "volumeMounts" not in draft.container.value
        assert "It writes among its own files (writable in test), so they are not read-only." in draft.warnings
        said = make_draft("security: {read_only_root: true}", facts={"writable": ("/srv",)})
        assert said.container.value["securityContext"]["readOnlyRootFilesystem"] is True

    def test_a_root_that_can_be_written_needs_no_room(self) -> None:
        draft = make_draft("security: {read_only_root: false, capabilities: [NET_RAW], seccomp: Unconfined}")
        assert "volumes" not in draft.pod.value
        assert draft.container.value["securityContext"]["capabilities"]["add"] == ["NET_RAW"]
        assert draft.pod.value["securityContext"]["seccompProfile"] == {"type": "Unconfined"}

    def test_what_is_privileged_is_nothing_else(self) -> None:
        draft = make_draft("security: {privileged: true}")
        assert draft.container.value["securityContext"] == {"privileged": True}


class TestSidecars:
    def test_sidecars_and_init_containers_in_their_order(self) -> None:
        settings = (
            "volumes: {shared: {mount: /s}}\n"
            "sidecars: {proxy: {image: proxy:1, ports: {admin: 9000}, mounts: {shared: /x}, "
            "resources: {memory: 64Mi}}}\n"
            "init: {migrate: {command: [migrate], env: {A: b}}, second: {}}"
        )
        draft = make_draft(settings)
        proxy, migrate, second = draft.pod.value["initContainers"]
        assert (proxy["restartPolicy"], proxy["image"], proxy["imagePullPolicy"]) == (
            "Always",
            "proxy:1",
            "IfNotPresent",
        )
        assert proxy["volumeMounts"] == [{"name": "shared", "mountPath": "/x"}]
        assert proxy["resources"] == {"requests": {"memory": "64Mi"}, "limits": {"memory": "64Mi"}}
        assert (migrate["command"], migrate["env"]) == (["migrate"], [{"name": "A", "value": "b"}])
        assert migrate["image"] == draft.container.value["image"]
        assert second["securityContext"]["readOnlyRootFilesystem"] is True

    def test_before_there_were_sidecars_they_were_containers(self) -> None:
        draft = make_draft("sidecars: {proxy: {image: x:1}}", kubernetes=(1, 28))
        assert [container["name"] for container in draft.pod.value["containers"]] == ["hello", "proxy"]

    def test_a_volume_that_is_not_there_is_refused(self) -> None:
        assert "There is no volume 'data'." in refusals("init: {a: {mounts: {data: /x}}}")[0]


class TestLifecycle:
    def test_a_pod_behind_a_service_waits_until_everybody_knows_that_it_goes(self) -> None:
        draft = make_draft(facts=WEB)
        assert draft.container.value["lifecycle"] == {"preStop": {"sleep": {"seconds": 5}}}
        assert draft.pod.value["terminationGracePeriodSeconds"] == 35

    def test_where_that_would_need_a_program_it_is_done_only_when_said(self) -> None:
        assert "lifecycle" not in make_draft(facts=WEB, kubernetes=(1, 29)).container.value
        draft = make_draft("drain: 3s\ntermination_grace: 1m", facts=WEB, kubernetes=(1, 29))
        assert draft.container.value["lifecycle"]["preStop"] == {"exec": {"command": ["sleep", "3"]}}
        assert draft.pod.value["terminationGracePeriodSeconds"] == 60

    def test_what_nobody_asks_need_not_wait(self) -> None:
        assert "lifecycle" not in make_draft(facts={"kind": "worker"}).container.value
        assert "lifecycle" not in make_draft("drain: 0", facts=WEB).container.value


class TestServiceAccount:
    def test_the_pod_is_somebody_of_its_own_without_a_token(self) -> None:
        draft = make_draft()
        assert one(draft, "ServiceAccount")["metadata"]["name"] == "hello"
        assert draft.pod.value["serviceAccountName"] == "hello"
        assert draft.pod.value["automountServiceAccountToken"] is False

    def test_an_account_that_is_there_already_is_not_made(self) -> None:
        draft = make_draft("service_account: robot")
        assert "ServiceAccount" not in kinds(draft)
        assert draft.pod.value["serviceAccountName"] == "robot"

    def test_a_token_and_annotations_can_be_said(self) -> None:
        draft = make_draft("service_account: {token: true, annotations: {a: b}}")
        assert one(draft, "ServiceAccount")["metadata"]["annotations"]["a"] == "b"
        assert draft.pod.value["automountServiceAccountToken"] is True


class TestPlacement:
    def test_replicas_go_to_different_nodes(self) -> None:
        (constraint,) = make_draft("replicas: 2").pod.value["topologySpreadConstraints"]
        assert constraint["topologyKey"] == "kubernetes.io/hostname"
        assert constraint["labelSelector"] == {"matchLabels": {"app.kubernetes.io/name": "hello"}}
        assert constraint["matchLabelKeys"] == ["pod-template-hash"]

    def test_or_to_different_zones_or_anywhere(self) -> None:
        zones = make_draft("replicas: 2\nspread: zones", kubernetes=(1, 20)).pod.value["topologySpreadConstraints"]
        assert [entry["topologyKey"] for entry in zones] == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]
        assert "matchLabelKeys" not in zones[0]
        assert "topologySpreadConstraints" not in make_draft("replicas: 2\nspread: none").pod.value
        assert "topologySpreadConstraints" not in make_draft().pod.value

    def test_nodes_and_priority_can_be_said(self) -> None:
        pod = make_draft("node_selector: {disk: ssd}\npriority_class: high").pod.value
        assert (pod["nodeSelector"], pod["priorityClassName"]) == ({"disk": "ssd"}, "high")


class TestService:
    def test_a_service_stands_before_what_answers_requests(self) -> None:
        found = one(
            make_draft(facts={**WEB, "ports": (Port(8080), Port(9443, "https"), Port(9090, "metrics"))}), "Service"
        )
        assert found["spec"] == {
            "type": "ClusterIP",
            "selector": {"app.kubernetes.io/name": "hello"},
            "ports": [
                {"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"},
                {"name": "https", "port": 443, "targetPort": "https", "protocol": "TCP"},
            ],
        }

    def test_everything_of_it_can_be_said(self) -> None:
        draft = make_draft(
            "ports: {http: {port: 8080, node: 30080}, grpc: 9000, admin: {port: 9001, service: false}}\n"
            "service: {name: front, type: NodePort, port: 8000, ports: {grpc: 90}, keep_source_ip: true, "
            "affinity: true, annotations: {a: b}}"
        )
        found = one(draft, "Service")
        assert found["metadata"]["name"] == "front"
        assert found["metadata"]["annotations"]["a"] == "b"
        assert [(port["name"], port["port"], port.get("nodePort")) for port in found["spec"]["ports"]] == [
            ("http", 8000, 30080),
            ("grpc", 90, None),
        ]
        assert found["spec"]["externalTrafficPolicy"] == "Local"
        assert found["spec"]["sessionAffinity"] == "ClientIP"

    def test_a_stateful_set_is_found_pod_by_pod(self) -> None:
        draft = make_draft("kind: StatefulSet\nport: 80")
        assert one(draft, "Service")["spec"]["clusterIP"] == "None"
        assert spec(draft)["serviceName"] == "hello"

    def test_further_services_lead_to_the_same_pods(self) -> None:
        draft = make_draft("ports: {http: 80, admin: 9000}\nservices: {inner: {ports: {admin: 9}}}")
        service = draft.find("Service", "hello-inner")
        assert service is not None
        assert service.value["spec"]["ports"] == [
            {"name": "admin", "port": 9, "targetPort": "admin", "protocol": "TCP"}
        ]

    def test_none_is_made_where_none_is_wanted(self) -> None:
        assert "Service" not in kinds(make_draft("service: false", facts=WEB))
        assert "Service" not in kinds(make_draft(facts={"kind": "worker"}))
        assert "Service" not in kinds(make_draft("kind: Job\nport: 80"))

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ("service: {type: NodePort}", "A Service needs a port, and none is known."),
            ("port: 80\nservice: {type: NodePort, headless: true}", "A headless Service cannot be a NodePort."),
            ("port: 80\nservices: {a: {ports: {htp: 80}}}", "There is no port 'htp'. Did you mean 'http'?"),
            ("port: 80\nservice: {ports: {htp: 80}}", "There is no port 'htp'. Did you mean 'http'?"),
            ("ports: {http: 8080, api: {port: 81, service: 80}}", "'http' and 'api' would both be port 80"),
            ("port: 80\nservice: {name: Front_End}", "'Front_End' cannot be the name of a Service. Use 'front-end'."),
        ],
    )
    def test_what_cannot_be_is_refused(self, settings: str, message: str) -> None:
        assert message in refusals(settings)[0]


class TestIngress:
    def test_a_domain_leads_to_the_service_by_https(self) -> None:
        draft = make_draft("domain: shop.example.com\ningress: {class_name: nginx, annotations: {a: b}}", facts=WEB)
        found = one(draft, "Ingress")
        backend = {"service": {"name": "hello", "port": {"name": "http"}}}
        assert found["spec"] == {
            "ingressClassName": "nginx",
            "rules": [
                {
                    "host": "shop.example.com",
                    "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]},
                }
            ],
            "tls": [{"hosts": ["shop.example.com"], "secretName": "hello-tls"}],
        }
        assert found["metadata"]["annotations"]["a"] == "b"

    def test_or_by_a_route_of_the_gateway_api(self) -> None:
        draft = make_draft("domain: [a.example, b.example]\ningress: {gateway: infra/main, path: /api}", facts=WEB)
        assert one(draft, "HTTPRoute")["spec"] == {
            "parentRefs": [{"name": "main", "namespace": "infra"}],
            "hostnames": ["a.example", "b.example"],
            "rules": [
                {
                    "matches": [{"path": {"type": "PathPrefix", "value": "/api"}}],
                    "backendRefs": [{"name": "hello", "port": 80}],
                }
            ],
        }

    def test_http_alone_and_nothing_at_all(self) -> None:
        assert "tls" not in one(make_draft("domain: a.example\ningress: {tls: false}", facts=WEB), "Ingress")["spec"]
        assert "Ingress" not in kinds(make_draft("domain: a.example\ningress: false", facts=WEB))

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ("domain: https://a.example", "'https://a.example' is no domain."),
            ("port: 80\ningress: {path: /x}", "The way from outside needs a `domain`."),
            ("domain: a.example\nservice: false\nport: 80", "A domain leads to a port, and none is known."),
            ("domain: a.example\nport: 80\ningress: {by: HTTPRoute}", "An HTTPRoute needs a Gateway."),
            ("domain: a.example\nport: 80\ningress: {port: x}", "The Service has no port 'x'."),
        ],
    )
    def test_what_cannot_be_is_refused(self, settings: str, message: str) -> None:
        assert any(message in found for found in refusals(settings))


class TestNetworkPolicy:
    def test_nobody_is_barred_unless_it_is_asked_for(self) -> None:
        assert "NetworkPolicy" not in kinds(make_draft(facts=WEB))

    def test_true_lets_the_namespace_in(self) -> None:
        found = one(make_draft("network_policy: true", facts=WEB), "NetworkPolicy")["spec"]
        assert found["policyTypes"] == ["Ingress"]
        assert found["ingress"] == [{"from": [{"podSelector": {}}], "ports": [{"port": 8080, "protocol": "TCP"}]}]

    def test_a_domain_must_stay_reachable_and_prometheus_too(self) -> None:
        outside = one(make_draft("network_policy: true\ndomain: a.example", facts=WEB), "NetworkPolicy")["spec"]
        assert outside["ingress"] == [{"ports": [{"port": 8080, "protocol": "TCP"}]}]
        watched = one(make_draft("network_policy: true\nmetrics: true", facts=WEB), "NetworkPolicy")["spec"]
        assert watched["ingress"][1]["from"] == [{"namespaceSelector": {}}]

    def test_who_calls_somebody_can_look_up_names(self) -> None:
        settings = "network_policy: {from_apps: [web], to_apps: [db], to_namespaces: [x], to_networks: [10.0.0.0/8]}"
        found = one(make_draft(settings, facts=WEB), "NetworkPolicy")["spec"]
        assert found["policyTypes"] == ["Ingress", "Egress"]
        dns, called = found["egress"]
        assert [port["port"] for port in dns["ports"]] == [53, 53]
        assert called["to"][2] == {"ipBlock": {"cidr": "10.0.0.0/8"}}

    def test_what_is_no_network_is_refused(self) -> None:
        assert "'10.0.0.0/99' is no network" in refusals("network_policy: {to_networks: [10.0.0.0/99]}")[0]


class TestScale:
    def test_an_autoscaler_takes_the_place_of_replicas(self) -> None:
        draft = make_draft("replicas: 3\nautoscale: {max: 10, memory: 70}")
        assert "replicas" not in spec(draft)
        found = one(draft, "HorizontalPodAutoscaler")["spec"]
        assert (found["minReplicas"], found["maxReplicas"]) == (3, 10)
        assert found["metrics"][0]["resource"]["name"] == "memory"
        assert "topologySpreadConstraints" in draft.pod.value
        assert "PodDisruptionBudget" in kinds(draft)

    def test_what_cannot_be_scaled_is_refused(self) -> None:
        assert "A DaemonSet cannot be scaled." in refusals("kind: DaemonSet\nautoscale: {max: 2}")[0]
        assert "are more than the most" in refusals("autoscale: {max: 2, min: 3}")[0]

    def test_of_several_pods_one_at_a_time_may_go(self) -> None:
        found = one(make_draft("replicas: 3"), "PodDisruptionBudget")["spec"]
        assert found["maxUnavailable"] == 1
        assert found["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
        assert "PodDisruptionBudget" not in kinds(make_draft())
        assert "PodDisruptionBudget" not in kinds(make_draft("replicas: 3\nbudget: false"))
        assert one(make_draft("budget: {min_available: 50%}"), "PodDisruptionBudget")["spec"]["minAvailable"] == "50%"


class TestMetrics:
    def test_prometheus_is_told_where_figures_are(self) -> None:
        facts = {**WEB, "metrics": Metrics("/m", 9090)}
        annotations = make_draft(facts=facts).template.value["metadata"]["annotations"]
        assert annotations == {
            "prometheus.io/scrape": "true",
            "prometheus.io/path": "/m",
            "prometheus.io/port": "9090",
            "prometheus.io/scheme": "http",
        }

    def test_unless_it_shall_not_be(self) -> None:
        facts = {**WEB, "metrics": Metrics()}
        assert "annotations" not in make_draft("metrics: false", facts=facts).template.value["metadata"]
        assert "annotations" not in make_draft(facts=WEB).template.value["metadata"]


class TestLabelsAndAnnotations:
    def test_every_object_has_the_recommended_labels_and_the_selector_no_version(self) -> None:
        draft = make_draft("part_of: shop\ncomponent: api\nlabels: {team: blue}\nport: 80", facts={"version": "1.2+x"})
        for item in draft.objects:
            assert item["metadata"]["labels"] == {
                "team": "blue",
                "app.kubernetes.io/name": "hello",
                "app.kubernetes.io/managed-by": "cdkit",
                "app.kubernetes.io/version": "1.2-x",
                "app.kubernetes.io/part-of": "shop",
                "app.kubernetes.io/component": "api",
            }
        assert spec(draft)["selector"] == {"matchLabels": {"app.kubernetes.io/name": "hello"}}
        assert one(draft, "Service")["spec"]["selector"] == {"app.kubernetes.io/name": "hello"}

    @pytest.mark.parametrize(
        "settings",
        [
            "labels: {'a b': x}",
            "labels: {a: 'x y'}",
            "labels: {a: " + "x" * 64 + "}",
            "labels: {Ä/a: x}",
            "part_of: a b",
        ],
    )
    def test_a_label_that_kubernetes_does_not_take_is_refused(self, settings: str) -> None:
        assert "label" in refusals(settings)[0]

    def test_what_pods_are_found_by_cannot_be_changed_by_a_label(self) -> None:
        assert "Say `name`." in refusals("labels: {app.kubernetes.io/name: x}")[0]

    def test_objects_say_where_they_come_from_and_pods_do_not(self) -> None:
        build = Build(commit="c0ffee", branch="main", repository="team/hello", url="https://ci.example/7")
        draft = make_draft(
            "annotations: {own: x}\npod_annotations: {p: y}\nicon: https://i.example/i.svg",
            build=build,
            facts={"license": "MIT"},
        )
        assert draft.workload.value["metadata"]["annotations"] == {
            "cdkit.dev/commit": "c0ffee",
            "cdkit.dev/branch": "main",
            "cdkit.dev/repository": "team/hello",
            "cdkit.dev/build-url": "https://ci.example/7",
            "cdkit.dev/license": "MIT",
            "cdkit.dev/icon": "https://i.example/i.svg",
            "own": "x",
        }
        assert draft.template.value["metadata"]["annotations"] == {"p": "y"}

    def test_the_pods_do_not_change_with_the_commit(self) -> None:
        one, two = (spec(make_draft(build=Build(commit=commit), facts=WEB)) for commit in ("a", "b"))
        assert one == two

    def test_a_namespace_is_written_only_when_it_was_said(self) -> None:
        assert all("namespace" not in item["metadata"] for item in make_draft(facts=WEB).objects)
        assert all(item["metadata"]["namespace"] == "shop" for item in make_draft("namespace: shop", facts=WEB).objects)
        assert "cannot be the name of a namespace" in refusals("namespace: My_Space")[0]


class TestOrder:
    def test_enrichers_work_in_the_order_of_their_numbers_and_names_are_unique(self) -> None:
        enrichers = OWN_ENRICHERS
        assert [enricher.order for enricher in enrichers] == sorted({enricher.order for enricher in enrichers})
        assert len({enricher.name for enricher in enrichers}) == len(enrichers)

    def test_they_can_be_left_out_or_chosen(self) -> None:
        assert kinds(make_draft("enrichers: {exclude: [service, service-account, controller]}", facts=WEB)) == [
            "Deployment"
        ]
        assert kinds(make_draft("enrichers: {include: [service, labels]}", facts=WEB)) == ["Service", "Deployment"]

    def test_a_name_that_there_is_not_is_told_with_its_place(self) -> None:
        assert refusals("enrichers: {exclude: [servce]}") == [
            "cdkit.yaml:1:1: There is no enricher 'servce'. Did you mean 'service'?"
        ]

    def test_one_of_another_plugin_works_before_fragments_and_reads_its_own_settings(self) -> None:
        def enrich(wish: ManifestWish, draft: ManifestDraft) -> None:
            draft.workload.at("metadata", "annotations").put("team", wish.config("acme")["team"])
            draft.pod.put_default("priorityClassName", "acme")

        acme = ManifestEnricher("acme", "the conventions of Acme", enrich)
        settings = "enrichers: {config: {acme: {team: blue}}}"
        fragments = {"deployment.yml": "spec: {template: {spec: {priorityClassName: own}}}"}
        draft = make_draft(settings, enrichers=[acme], fragments=fragments)
        assert draft.workload.value["metadata"]["annotations"]["team"] == "blue"
        assert draft.pod.value["priorityClassName"] == "own"

    def test_one_draft_does_not_write_into_another(self) -> None:
        make_draft(facts=WEB)
        first, second = make_draft(facts=WEB), make_draft(facts=WEB)
        assert first.objects == second.objects
        assert first.warnings == second.warnings

    def test_every_problem_is_told_at_once(self) -> None:
        assert len(refusals("labels: {'a b': x}\nenv: {'1': x, '2 ': y}\nkind: CronJob")) == 4

    def test_fields_know_where_they_came_from(self) -> None:
        draft = make_draft("replicas: 3\nenv: {A: b}", facts=WEB)
        shown = {str(field): str(source) for field, source in draft.origins.items()}
        assert shown["Deployment hello, spec.replicas"] == "replicas in cdkit.yaml:1"
        assert shown["Deployment hello, spec.template.spec.containers[hello].env[A]"] == "env.A in cdkit.yaml:2"
        assert shown["Deployment hello, spec.template.spec.containers[hello].ports[8080]"] == "ports in test"
        assert shown["Deployment hello, spec.template.spec.securityContext.runAsUser"] == "user in test"
