"""BuildKit through a Docker client: finding it, its command line, and what it prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from cdkit.clients.engine.buildkit.builder import BuildKitBuilder
from cdkit.clients.engine.buildkit.command import build_command
from cdkit.clients.engine.buildkit.docker_cli import DockerCli, buildkit_builder, find_docker_cli
from cdkit.clients.engine.buildkit.plain_log import PlainLog
from cdkit.errors import (
    AccessDenied,
    BuildFailed,
    CdkitError,
    EngineUnreachable,
    ObjectNotFound,
    RegistryUnreachable,
    WorldFailed,
)
from cdkit.flow.cancellation import Cancellation
from cdkit.models.event import Stream
from cdkit.models.image import Credentials
from cdkit.models.image_build import BuildRequest, BuildSecret, BuildStep
from cdkit.ports.processes import OnLine
from cdkit.testing import FakeProcesses

OLD = DockerCli(("/usr/bin/docker", "build"), "", "docker 20.10.24 with DOCKER_BUILDKIT=1")
BUILDX = DockerCli(("docker", "buildx", "build"), "docker", "docker buildx (driver docker)")
CONTAINER = DockerCli(("docker", "buildx", "build"), "docker-container", "docker buildx (driver docker-container)")


# Finding a client


@pytest.fixture
def programs(tmp_path: Path) -> list[str]:
    """Two Docker clients, one behind the other in the PATH."""
    found = []
    for name in ("new", "old"):
        program = tmp_path / name / "docker"
        program.parent.mkdir()
        program.touch(mode=0o755)
        found.append(str(program))
    return found


def environ(programs: Sequence[str], *, plugin: bool = False) -> dict[str, str]:
    """An environment in which these programs are found, and the plugin or not."""
    config = Path(programs[0]).parents[1] / "config"
    (config / "cli-plugins").mkdir(parents=True)
    if plugin:
        (config / "cli-plugins" / "docker-buildx").touch(mode=0o755)
    path = ":".join(["/nowhere", *(str(Path(program).parent) for program in programs)])
    return {"PATH": path, "DOCKER_CONFIG": str(config)}


def test_a_new_client_without_its_plugin_does_not_hide_an_old_one(programs: list[str]) -> None:
    new, old = programs
    processes = FakeProcesses().on(new, "--version", prints=["Docker version 28.2.2, build e6534b4"])
    processes.on(old, "--version", prints=["Docker version 20.10.24+dfsg1, build 297e128"])
    cli = find_docker_cli(environ(programs), processes)
    assert cli == DockerCli((old, "build"), "", f"{old} 20.10.24 with DOCKER_BUILDKIT=1")


def test_a_client_with_buildx_is_preferred(programs: list[str]) -> None:
    new, old = programs
    processes = FakeProcesses().on(new, "buildx", complains=["unknown command"], exit_code=1)
    processes.on(old, "--version", prints=["Docker version 20.10.24"])
    processes.on(old, "buildx", "inspect", prints=["Name:   default", "Driver: docker", "", "Nodes:"])
    cli = find_docker_cli(environ(programs, plugin=True), processes)
    assert cli == DockerCli((old, "buildx", "build"), "docker", "docker buildx (driver docker)")


def test_folders_that_the_configuration_names_may_hold_the_plugin(programs: list[str], tmp_path: Path) -> None:
    variables = environ(programs)
    (tmp_path / "docker-buildx").touch(mode=0o755)
    config = Path(variables["DOCKER_CONFIG"]) / "config.json"
    config.write_text(f'{{"cliPluginsExtraDirs": ["{tmp_path}"]}}')
    processes = FakeProcesses().on(programs[0], "buildx", "inspect", prints=["Driver: docker-container"])
    cli = find_docker_cli(variables, processes)
    assert cli is not None
    assert cli.loads


def test_where_no_client_speaks_buildkit_there_is_none(programs: list[str]) -> None:
    processes = FakeProcesses()
    for program in programs:
        processes.on(program, "--version", prints=["Docker version 26.1.0"])
    assert find_docker_cli(environ(programs), processes) is None
    assert find_docker_cli({"PATH": "/nowhere"}, processes) is None


def abilities(cli: DockerCli, version: str, *, keeps_platforms: bool = False) -> frozenset[str]:
    return buildkit_builder(cli, version, keeps_platforms=keeps_platforms).abilities


def test_what_buildkit_can_do_depends_on_how_it_is_reached() -> None:
    assert abilities(OLD, "20.10.24+dfsg1") == {"mounts", "ssh"}
    assert abilities(BUILDX, "24.0.7") == {"mounts", "ssh", "heredocs", "copy-link", "fixed-time"}
    assert "several-platforms" in abilities(BUILDX, "27.0.1", keeps_platforms=True)
    assert "cache-export" in abilities(CONTAINER, "20.10.24")


# The command line


def command(cli: DockerCli, request: BuildRequest) -> list[str]:
    return list(
        build_command(
            cli,
            request,
            dockerfile=request.dockerfile,
            id_file="/private/id",
            secret_files={"token": "/private/a,b"},
        )
    )


def test_every_option_stands_on_the_command_line() -> None:
    request = BuildRequest(
        builder="buildkit",
        context="/project",
        dockerfile="/elsewhere/Dockerfile",
        args={"A": "1"},
        labels={"l": "x=y"},
        target="prod",
        platforms=("linux/amd64", "linux/arm64"),
        pull=True,
        no_cache=True,
        cache_from=("registry.example/cache",),
        cache_to=("type=registry,ref=registry.example/cache", "type=inline"),
        secrets=(BuildSecret(id="token", value="hush"),),
        ssh=("default",),
        network="host",
        extra_hosts={"db": "10.0.0.1"},
        epoch=1_700_000_000,
    )
    assert command(BUILDX, request) == [
        *("docker", "buildx", "build", "--progress=plain", "--iidfile=/private/id", "--file=/elsewhere/Dockerfile"),
        *("--target=prod", "--build-arg=A=1", "--build-arg=SOURCE_DATE_EPOCH=1700000000", "--label=l=x=y"),
        *("--platform=linux/amd64,linux/arm64", "--network=host", "--add-host=db:10.0.0.1", "--pull", "--no-cache"),
        *("--cache-from=registry.example/cache", "--cache-to=type=registry,ref=registry.example/cache"),
        *("--cache-to=type=inline", '--secret=id=token,"src=/private/a,b"', "--ssh=default", "/project"),
    ]


def test_an_image_is_asked_for_where_it_would_stay_outside_of_the_engine() -> None:
    request = BuildRequest(context="/c", dockerfile="/c/Dockerfile")
    assert "--load" in command(CONTAINER, request)
    assert "--load" not in command(BUILDX, request)
    assert "--load" not in command(OLD, request)


def test_without_buildx_the_cache_in_the_image_is_asked_for_by_an_argument() -> None:
    request = BuildRequest(context="/c", dockerfile="/c/Dockerfile", cache_to=("type=inline",))
    assert "--build-arg=BUILDKIT_INLINE_CACHE=1" in command(OLD, request)


# Building


class SecretReader(FakeProcesses):
    """A Docker client that looks at its secrets, and names the image."""

    def run(
        self,
        command: Sequence[str],
        *,
        directory: str,
        env: object,
        on_line: OnLine,
        cancellation: Cancellation,
        stdin: str = "",
    ) -> int:
        options = dict(each.removeprefix("--").split("=", 1) for each in command if each.startswith("--"))
        path = Path(options["secret"].partition("src=")[2])
        self.seen = (path.read_text(), path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777)
        self.path = path
        self.command = command
        Path(options["iidfile"]).write_text("sha256:abc\n")
        stream: Stream = "stderr"
        on_line("#1 [internal] load build definition", stream)
        return 0


def build(processes: FakeProcesses, *secrets: BuildSecret) -> str:
    request = BuildRequest(builder="buildkit", context="/c", dockerfile="/c/Dockerfile", secrets=secrets)
    builder = BuildKitBuilder(OLD, {}, processes)
    return builder.build(request, lambda _: None, lambda _: None, Cancellation())


def test_a_secret_is_given_in_a_file_that_nobody_else_may_read_and_that_goes_away() -> None:
    processes = SecretReader()
    assert build(processes, BuildSecret(id="token", value="hush")) == "sha256:abc"
    assert processes.seen == ("hush", 0o600, 0o700)
    assert not processes.path.parent.exists()
    assert "hush" not in " ".join(processes.command)


class LoginReader(FakeProcesses):
    """A Docker client that looks at its configuration, and names the image."""

    def run(
        self,
        command: Sequence[str],
        *,
        directory: str,
        env: Mapping[str, str],
        on_line: OnLine,
        cancellation: Cancellation,
        stdin: str = "",
    ) -> int:
        self.folder = Path(env["DOCKER_CONFIG"])
        self.config = (self.folder / "config.json").read_text()
        self.modes = ((self.folder / "config.json").stat().st_mode & 0o777, self.folder.stat().st_mode & 0o777)
        self.told = " ".join([*command, *env.values()])
        Path(next(each for each in command if each.startswith("--iidfile=")).partition("=")[2]).write_text("sha256:abc")
        return 0


def test_a_login_is_in_a_configuration_that_nobody_else_may_read_and_that_goes_away(tmp_path: Path) -> None:
    processes, logins = LoginReader(), {"r.example": Credentials("robot", "hush")}
    request = BuildRequest(builder="buildkit", context="/c", dockerfile="/c/Dockerfile", logins=logins)
    builder = BuildKitBuilder(OLD, {"HOME": str(tmp_path)}, processes)
    builder.build(request, lambda _: None, lambda _: None, Cancellation())
    assert '"r.example"' in processes.config
    assert processes.modes == (0o600, 0o700)
    assert not processes.folder.exists()
    assert "hush" not in processes.told
    assert "hush" not in repr(request)


def test_a_secret_shows_its_value_to_nobody() -> None:
    assert "hush" not in repr(BuildRequest(context="", dockerfile="", secrets=(BuildSecret(id="a", value="hush"),)))


def test_a_client_that_names_no_image_is_a_fault_of_the_world() -> None:
    with pytest.raises(WorldFailed, match="without naming"):
        build(FakeProcesses().on("/usr/bin/docker", "build"))


# What is printed, as recorded from Docker 20.10 and buildx 0.12

WELL = """
#1 [internal] load build definition from Dockerfile
#1 sha256:75d22a1078edc2d8fb69299acd1a2969633af16ab08b2d5bfc35f7f58350c1f8
#1 transferring dockerfile: 352B done
#1 DONE 0.0s

#4 [base 1/1] COPY busybox /bin/sh
#4 sha256:ece9ee98c17fbc81ac40d1723f8999e3ab7ec83efc319daaa0a9ff7535764fc1
#4 CACHED

#6 [build 2/2] RUN make
#6 0.174 hello

#7 [linux/amd64 stage-2 1/3] COPY --from=build /a /a
#7 DONE 0.0s

#6 [build 2/2] RUN make
#6 1.176 two words
#6 DONE 1.2s
"""

FAILED = """
#9 [stage-2 3/3] RUN echo a &&     exit 3
#9 0.244 a
#9 ERROR: executor failed running [/bin/sh -c echo a &&     exit 3]: exit code: 3
------
 > [stage-2 3/3] RUN echo a &&     exit 3:
------
executor failed running [/bin/sh -c echo a &&     exit 3]: exit code: 3
"""

FAILED_BUILDX = """
#5 [2/2] RUN exit 3
#5 0.101 a
#5 ERROR: process "/bin/sh -c exit 3" did not complete successfully: exit code: 3
------
 > [2/2] RUN exit 3:
0.101 a
------
Dockerfile:2
--------------------
   1 |     FROM base
   2 | >>> RUN exit 3
--------------------
ERROR: failed to solve: process "/bin/sh -c exit 3" did not complete successfully: exit code: 3
"""


def read(text: str) -> tuple[PlainLog, list[str], list[BuildStep]]:
    lines: list[str] = []
    steps: list[BuildStep] = []
    log = PlainLog(lines.append, steps.append)
    for line in text.splitlines():
        log.read(line)
    return log, lines, steps


def failure(text: str) -> CdkitError:
    return read(text)[0].failure()


def test_a_person_reads_the_instructions_and_what_they_print() -> None:
    assert read(WELL)[1] == [
        "[base 1/1] COPY busybox /bin/sh",
        "CACHED",
        "[build 2/2] RUN make",
        "hello",
        "[linux/amd64 stage-2 1/3] COPY --from=build /a /a",
        "[build 2/2] RUN make",
        "two words",
    ]


def test_instructions_begin_and_are_done_each_in_its_stage() -> None:
    assert [(step.stage, step.number, step.total, step.done) for step in read(WELL)[2]] == [
        ("base", 1, 1, False),
        ("base", 1, 1, True),
        ("build", 2, 2, False),
        ("stage-2", 1, 3, False),
        ("stage-2", 1, 3, True),
        ("build", 2, 2, True),
    ]


@pytest.mark.parametrize(
    ("text", "stage", "instruction"),
    [
        (FAILED, "stage-2", "RUN echo a &&     exit 3"),
        (FAILED_BUILDX, "", "RUN exit 3"),
    ],
)
def test_the_instruction_that_failed_is_named_with_its_last_lines(text: str, stage: str, instruction: str) -> None:
    failed = failure(text)
    assert isinstance(failed, BuildFailed)
    assert failed.message == f"`{instruction}` failed: the command ended with exit code: 3"
    assert failed.evidence == ("a",)
    assert failed.step is not None
    assert (failed.step.stage, failed.step.instruction) == (stage, instruction)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("127.0.0.1:5000/nothing:1: not found", ObjectNotFound),
        ('failed to do request: Head "http://h/v2/": dial tcp: connect: connection refused', RegistryUnreachable),
        ("pull access denied, repository does not exist or may require authorization", AccessDenied),
        ("something new", BuildFailed),
    ],
)
def test_a_base_image_that_cannot_be_had_is_not_a_failed_command(said: str, kind: type[CdkitError]) -> None:
    failed = failure(f"#3 [internal] load metadata for h/nothing:1\n#3 ERROR: {said}\n")
    assert type(failed) is kind
    assert "`FROM h/nothing:1`" in failed.message


def test_a_dockerfile_that_cannot_be_parsed_fails_before_its_first_step() -> None:
    said = (
        "failed to solve with frontend dockerfile.v0: failed to create LLB definition: dockerfile parse error line 3: x"
    )
    failed = failure(f"#1 [internal] load build definition from Dockerfile\n#1 DONE 0.0s\n{said}\n")
    assert failed.message == "The Dockerfile failed: dockerfile parse error line 3: x"


def test_an_engine_that_went_away_is_an_outage() -> None:
    said = "ERROR: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"
    assert isinstance(failure(said), EngineUnreachable)
