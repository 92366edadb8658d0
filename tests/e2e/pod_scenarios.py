"""What somebody does with test pods, and how it ends: the same on every runtime."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec

HELPER = "HELPER"
"""Stands for an image that holds nothing but busybox, as `/bin/busybox` and `/bin/sh`."""

PASSING = '<testsuite name="s"><testcase classname="a" name="one" time="0.1"/></testsuite>'
FAILING = (
    '<testsuite name="s"><testcase classname="a" name="one"/>'
    '<testcase classname="a" name="two"><failure message="1 is not 2">where it was</failure></testcase></testsuite>'
)
REPAIRED = FAILING.replace("failure", "system-out")
OF_FAILING = {"a::one": "passed", "a::two": "failed"}
COVERAGE = '<coverage line-rate="0.5"/>'
NO_TESTS = '<testsuite name="s" tests="0"></testsuite>'


PROGRAMS = "PROGRAMS"
"""Stands for that image with programs that cannot be executed: `/app/foreign` is made for another machine, and
`/app/no-interpreter` is a script for one that is not there."""

CODES = {"": 2, "passed": 0, "failed": 1, "broken": 4, "timed out": 5}
"""The exit code of each verdict; without one, nothing ran."""


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """All that a pod leaves behind of how it ended, which no runtime may tell otherwise.

    Attributes:
        code: the exit code of the run.
        verdict: in one word, as `docs/test-pods.md` has it; empty when nothing ran.
        cause: the id of the cause of the failure.
        found: how each test ended, by its title, in the merged report.
        outputs: those of the step that are the same in each run.
        artifacts: every file below the step's artifacts with its content, but for the merged report.
    """

    code: int
    verdict: str
    cause: str | None
    found: Mapping[str, str]
    outputs: Mapping[str, Any]
    artifacts: Mapping[str, str]


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """Options, and how the step ends with them.

    Attributes:
        options: of the step; `image`, `helper_image` and `runtime` are filled in.
        verdict: as of `Ending`; it says the exit code, too.
        cause: as of `Ending`.
        found: as of `Ending`.
        artifacts: as of `Ending`.
        said: what a person reads, in this order.
        unsaid: what nobody reads.
        files: of the project.
        secrets: of the pipeline.
    """

    options: dict[str, Any]
    verdict: str = "passed"
    cause: str | None = None
    found: Mapping[str, str] = {}
    artifacts: Mapping[str, str] = {}
    said: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()
    files: Mapping[str, str] = {}
    secrets: Mapping[str, Any] = {}

    @property
    def ending(self) -> Ending:
        """How it ends, on every runtime."""
        outcomes = Counter(self.found.values())
        counts = {"tests": outcomes.total(), **{word: outcomes[word] for word in ("failed", "flaky", "skipped")}}
        return Ending(
            code=CODES[self.verdict],
            verdict=self.verdict,
            cause=self.cause,
            found=self.found,
            outputs={"verdict": "passed", "exit_code": 0, **counts} if self.verdict == "passed" else {},
            artifacts=self.artifacts,
        )


def sh(script: str) -> list[str]:
    """A command of busybox's shell."""
    return ["sh", "-c", script]


def serving(text: str, port: int = 8080, before: str = "") -> dict[str, Any]:
    """A service that answers HTTP with a text."""
    script = (
        f"{before} mkdir -p /tmp/www; echo '{text}' > /tmp/www/index.html; exec busybox httpd -f -p {port} -h /tmp/www"
    )
    return {"image": HELPER, "command": sh(script.replace("mkdir", "busybox mkdir")), "ports": [port]}


def reports(document: str, code: int = 0) -> dict[str, Any]:
    """Options of tests that write a JUnit file, and end so."""
    script = f"printf '%s' '{document}' > /reports/unit.xml; exit {code}"
    return {"command": sh(script), "artifacts": ["/reports"], "junit": ["*.xml"]}


def attempts(second: str, code: int) -> dict[str, Any]:
    """Options of tests that fail at first, and write and end so at their second attempt."""
    first = reports(FAILING, 1)
    again = f"""printf '%s' "$CDKIT_FAILED_TESTS" > /reports/again; {reports(second, code)["command"][2]}"""
    return {**first, "command": sh(f'if [ "$CDKIT_ATTEMPT" = 2 ]; then {again}; fi; {first["command"][2]}')}


CALL_WEB = "busybox wget -qO- http://web:8080/"
STAYS = "exec busybox sleep 600"

SCENARIOS: dict[str, Scenario] = {
    # The command
    "tests pass": Scenario(options={"command": sh("echo fine")}, said=("fine",)),
    "tests fail": Scenario(
        options={"command": sh("echo broken; exit 3")},
        verdict="failed",
        cause="command-failed",
        said=("broken", "exit code 3"),
    ),
    "a command as text is split, and no shell reads it": Scenario(
        options={"command": "busybox echo 'a b' $HOME"}, said=("a b $HOME",)
    ),
    "arguments go to the image's own program": Scenario(
        options={"args": ["-c", "echo by the entrypoint"], "image": "ENTRYPOINT"}, said=("by the entrypoint",)
    ),
    "variables and a working directory": Scenario(
        options={"command": sh('echo "$GREETING in $PWD"'), "env": {"GREETING": "hello"}, "working_dir": "/bin"},
        said=("hello in /bin",),
    ),
    "a secret is there, and masked": Scenario(
        options={
            "command": sh('echo "[$TOKEN]"; test "${#TOKEN}" = 12'),
            "env": {"TOKEN": "${{ secrets.TOKEN }}"},
        },
        secrets={"TOKEN": {"env": "SCENARIO_TOKEN"}},
        said=("[***]",),
    ),
    "an exit code that looks like a kill is that of the tests": Scenario(
        options={"command": sh("exit 137")}, verdict="failed", cause="command-failed", said=("exit code 137",)
    ),
    "as much processor time and shared memory as it asks for": Scenario(
        options={
            "command": sh(
                "cd /sys/fs/cgroup; busybox cat cpu.max cpu/cpu.cfs_quota_us 2>/dev/null; "
                "busybox dd if=/dev/zero of=/dev/shm/much bs=1M count=80 2>/dev/null && echo enough"
            ),
            "cpu": "500m",
            "shm": "96Mi",
        },
        said=("50000", "enough"),
    ),
    "a program that is not there": Scenario(
        options={"command": ["/no/such/program"]}, verdict="broken", cause="command-not-found"
    ),
    "a program for another machine": Scenario(
        options={"image": PROGRAMS, "command": ["/app/foreign"]},
        verdict="broken",
        cause="wrong-architecture",
        said=("architecture",),
    ),
    "a script without its interpreter": Scenario(
        options={"image": PROGRAMS, "command": ["/app/no-interpreter"]}, verdict="broken", cause="command-not-found"
    ),
    "an image that is not there": Scenario(
        options={"image": "REGISTRY/no-such-image:1"}, verdict="broken", cause="image-not-found"
    ),
    "too much memory": Scenario(
        options={
            "command": sh("echo begun > /out/state; busybox tail /dev/zero"),
            "memory": "24Mi",
            "artifacts": ["/out"],
        },
        verdict="broken",
        cause="oom-killed",
        artifacts={"out/state": "begun\n"},
    ),
    "too much time": Scenario(
        options={"command": sh(f"echo begun > /out/state; {STAYS}"), "test_timeout": "2s", "artifacts": ["/out"]},
        verdict="timed out",
        cause="deadline-exceeded",
        artifacts={"out/state": "begun\n"},
    ),
    # Files, in and out
    "files of the checkout": Scenario(
        options={"command": sh("busybox cat /in/a.txt /in/deep/b.txt"), "files": {"data": "/in"}},
        files={"data/a.txt": "one\n", "data/deep/b.txt": "two\n"},
        said=("one", "two"),
    ),
    "a file of the checkout under another name": Scenario(
        options={"command": sh("busybox cat /in/other.txt"), "files": {"data/a.txt": "/in/other.txt"}},
        files={"data/a.txt": "one\n"},
        said=("one",),
    ),
    "artifacts come out": Scenario(
        options={
            "command": sh("busybox mkdir /out/deep; echo 1 > '/out/deep/a b'; echo 2 > /out/ö"),
            "artifacts": ["/out"],
        },
        artifacts={"out/deep/a b": "1\n", "out/ö": "2\n"},
    ),
    "artifacts come out of tests that failed": Scenario(
        options={"command": sh("echo 1 > /out/a; exit 1"), "artifacts": {"named": "/out"}},
        verdict="failed",
        cause="command-failed",
        artifacts={"named/a": "1\n"},
    ),
    "an artifact that leaves its folder": Scenario(
        options={"command": sh("busybox ln -s /etc/passwd /out/evil; echo 1 > /out/good"), "artifacts": ["/out"]},
        artifacts={"out/good": "1\n"},
        said=("evil",),
    ),
    # Reports
    "reports of tests that passed": Scenario(
        options=reports(PASSING), found={"a::one": "passed"}, artifacts={"reports/unit.xml": PASSING}
    ),
    "reports of tests that failed": Scenario(
        options=reports(FAILING, 1),
        verdict="failed",
        cause="command-failed",
        found=OF_FAILING,
        artifacts={"reports/unit.xml": FAILING},
        said=("1 of 2 tests failed", "a::two", "1 is not 2"),
    ),
    "a report of a failure after which the command ended well": Scenario(
        options=reports(FAILING),
        verdict="failed",
        cause="tests-failed",
        found=OF_FAILING,
        artifacts={"reports/unit.xml": FAILING},
        said=("a::two",),
    ),
    "no tests at all": Scenario(
        options=reports(NO_TESTS), verdict="failed", cause="no-tests", artifacts={"reports/unit.xml": NO_TESTS}
    ),
    "no report at all": Scenario(
        options={"command": sh("exit 0"), "artifacts": ["/reports"], "junit": ["*.xml"]},
        verdict="failed",
        cause="no-tests",
        said=("no file of the artifacts matches *.xml",),
    ),
    "no tests at all, and that is right": Scenario(
        options={**reports(NO_TESTS), "no_tests": "pass"}, artifacts={"reports/unit.xml": NO_TESTS}
    ),
    "a report that is none": Scenario(
        options=reports("<testsuite><oops"),
        verdict="broken",
        cause="report-unreadable",
        artifacts={"reports/unit.xml": "<testsuite><oops"},
        said=("unit.xml",),
    ),
    "coverage comes out beside the reports of tests that failed": Scenario(
        options={
            "command": sh(
                f"printf '%s' '{FAILING}' > /out/unit.xml; printf '%s' '{COVERAGE}' > /out/coverage.xml; exit 1"
            ),
            "artifacts": ["/out"],
            "junit": ["*.xml"],
        },
        verdict="failed",
        cause="command-failed",
        found=OF_FAILING,
        artifacts={"out/unit.xml": FAILING, "out/coverage.xml": COVERAGE},
    ),
    # Services
    "a service by its name": Scenario(
        options={"command": sh(CALL_WEB), "services": {"web": serving("served")}}, said=("served",)
    ),
    "ready when HTTP answers as it should": Scenario(
        options={
            "command": sh(CALL_WEB),
            "services": {
                "web": {
                    **serving("well"),
                    "ready": {"http": {"port": 8080, "path": "/index.html", "status": 200, "body": "^we"}},
                }
            },
        },
        said=("well",),
    ),
    "ready when HTTP answers another method with another status": Scenario(
        options={
            "command": sh(CALL_WEB),
            "services": {
                "web": {**serving("well"), "ready": {"http": {"port": 8080, "method": "PUT", "status": [404, "5xx"]}}}
            },
        },
        said=("well",),
    ),
    "never ready, for HTTP answers otherwise": Scenario(
        options={
            "command": sh("echo never tested"),
            "services": {"web": {**serving("well"), "ready": {"http": {"port": 8080, "path": "/no"}}, "within": "2s"}},
        },
        verdict="broken",
        cause="service-not-ready",
        said=("not ready within 2s: http GET /no on 8080 answered 404",),
        unsaid=("never tested",),
    ),
    "ready when the log says so": Scenario(
        options={
            "command": sh("busybox cat /shared/ready"),
            "volumes": {"shared": {}},
            "mounts": {"shared": "/shared"},
            "services": {
                "slow": {
                    "image": HELPER,
                    "command": sh(f"busybox sleep 1; echo yes > /shared/ready; echo now serving; {STAYS}"),
                    "mounts": {"shared": "/shared"},
                    "ready": {"log": "now serving"},
                }
            },
        },
        said=("yes",),
    ),
    "ready when a command in it succeeds": Scenario(
        options={
            "command": sh("echo tested"),
            "services": {
                "slow": {
                    "image": HELPER,
                    "command": sh(f"busybox sleep 1; echo > /ready; {STAYS}"),
                    "ready": {"exec": ["busybox", "test", "-e", "/ready"]},
                }
            },
        },
        said=("tested",),
    ),
    "ready when it is healthy": Scenario(
        options={
            "command": sh("echo tested"),
            "services": {
                "slow": {
                    "image": HELPER,
                    "command": sh(f"busybox sleep 1; echo > /ready; {STAYS}"),
                    "health": {"command": ["busybox", "test", "-e", "/ready"], "interval": "1s"},
                    "ready": {"healthy": True},
                }
            },
        },
        said=("tested",),
    ),
    "never ready, for it is never healthy": Scenario(
        options={
            "command": sh("echo never tested"),
            "services": {
                "slow": {
                    "image": HELPER,
                    "command": sh(STAYS),
                    "health": {"command": ["busybox", "false"], "interval": "1s"},
                    "ready": {"healthy": True},
                    "within": "2s",
                }
            },
        },
        verdict="broken",
        cause="service-not-ready",
        said=("its health check has not passed",),
        unsaid=("never tested",),
    ),
    "ready when it has ended with a code of its own": Scenario(
        options={
            "command": sh("echo tested"),
            "services": {"job": {"image": HELPER, "command": sh("exit 3"), "ready": {"exited": 3}}},
        },
        said=("tested",),
    ),
    "never ready, for it has ended with another code": Scenario(
        options={
            "command": sh("echo never tested"),
            "services": {"job": {"image": HELPER, "command": sh("echo no seed; exit 3"), "ready": {"exited": 0}}},
        },
        verdict="broken",
        cause="service-not-ready",
        said=("no seed", "exit code 3"),
        unsaid=("never tested",),
    ),
    "ready when it has ended well": Scenario(
        options={
            "command": sh("busybox cat /shared/made"),
            "volumes": {"shared": {}},
            "mounts": {"shared": "/shared"},
            "services": {
                "maker": {
                    "image": HELPER,
                    "command": sh("echo made > /shared/made"),
                    "mounts": {"shared": "/shared"},
                    "ready": {"exited": 0},
                }
            },
        },
        said=("made",),
    ),
    "conditions combined": Scenario(
        options={
            "command": sh(CALL_WEB),
            "services": {
                "web": {
                    **serving("served", before="echo starting;"),
                    "ready": {
                        "all": [
                            {"in_order": [{"log": "starting"}, {"tcp": 8080}]},
                            {"any": [{"log": "never said"}, {"after": "300ms"}]},
                        ]
                    },
                }
            },
        },
        said=("served",),
    ),
    "services in their order": Scenario(
        options={
            "command": sh("busybox wget -qO- http://front:8081/"),
            "services": {
                "front": {
                    **serving("front", 8081, before="busybox wget -qO- http://back:8080/ || exit 1;"),
                    "needs": ["back"],
                },
                "back": serving("back", before="busybox sleep 1;"),
            },
        },
        said=("front",),
    ),
    "a service that is never ready": Scenario(
        options={
            "command": sh("echo never tested"),
            "services": {
                "web": {
                    "image": HELPER,
                    "command": sh(f"echo waiting for a miracle; {STAYS}"),
                    "ready": {"tcp": 8080},
                    "within": "2s",
                }
            },
        },
        verdict="broken",
        cause="service-not-ready",
        said=("waiting for a miracle", "web", "8080"),
    ),
    "a line that ends the waiting": Scenario(
        options={
            "command": sh("echo never tested"),
            "services": {
                "web": {
                    "image": HELPER,
                    "command": sh(f"echo FATAL no disk; {STAYS}"),
                    "ready": {"tcp": 8080},
                    "fails_on": "^FATAL",
                    "within": "60s",
                }
            },
        },
        verdict="broken",
        cause="service-not-ready",
        said=("FATAL no disk",),
    ),
    "a service that dies while it starts": Scenario(
        options={
            "command": sh("echo never tested"),
            "services": {
                "web": {
                    "image": HELPER,
                    "command": sh("echo no configuration; exit 7"),
                    "ready": {"tcp": 8080},
                    "within": "60s",
                }
            },
        },
        verdict="broken",
        cause="service-not-ready",
        said=("no configuration", "web"),
    ),
    "a service that dies while the tests run": Scenario(
        options={
            "command": sh(STAYS),
            "services": {
                "web": {
                    "image": HELPER,
                    "command": sh("echo up; busybox sleep 2; echo down; exit 9"),
                    "ready": {"log": "up"},
                }
            },
        },
        verdict="broken",
        cause="service-died",
        said=("down", "web"),
    ),
    "a service for another machine": Scenario(
        options={
            "command": sh(STAYS),
            "services": {"web": {"image": PROGRAMS, "command": ["/app/foreign"], "ports": [8080]}},
        },
        verdict="broken",
        cause="wrong-architecture",
        said=("web", "architecture"),
    ),
    "a service for another machine that waits for its turn": Scenario(
        options={
            "command": sh(STAYS),
            "services": {
                "back": {"image": HELPER, "command": sh(STAYS), "ready": {"after": "0s"}},
                "web": {"image": PROGRAMS, "command": ["/app/foreign"], "ports": [8080], "needs": ["back"]},
            },
        },
        verdict="broken",
        cause="wrong-architecture",
        said=("web", "architecture"),
    ),
    "a script without its interpreter before the tests": Scenario(
        options={
            "command": sh("echo never tested"),
            "init": [{"name": "migrate", "image": PROGRAMS, "command": ["/app/no-interpreter"]}],
        },
        verdict="broken",
        cause="command-not-found",
    ),
    "an image of a service that is not there": Scenario(
        options={"command": sh("echo never tested"), "services": {"web": {"image": "REGISTRY/no-such-image:1"}}},
        verdict="broken",
        cause="image-not-found",
    ),
    # Before the tests
    "commands before the tests": Scenario(
        options={
            "command": sh("busybox cat /shared/order"),
            "volumes": {"shared": {}},
            "mounts": {"shared": "/shared"},
            "services": {"web": serving("served")},
            "init": [sh(f"{CALL_WEB} > /shared/order"), sh("echo second >> /shared/order")],
        },
        said=("served", "second"),
    ),
    "commands with an image and variables of their own": Scenario(
        options={
            "command": sh("busybox cat /shared/who"),
            "env": {"WHO": "the tests"},
            "volumes": {"shared": {"size": "1Mi", "in_memory": True}},
            "mounts": {"shared": "/shared"},
            "init": [
                {"image": "ENTRYPOINT", "command": sh('echo "$WHO" > /shared/who'), "env": {"WHO": "migration"}},
                {"name": "more", "command": sh('echo "$WHO" >> /shared/who')},
            ],
        },
        said=("migration", "the tests"),
    ),
    "a service has files of the checkout and leaves artifacts": Scenario(
        options={
            "command": sh("exit 0"),
            "files": {"data": "/in"},
            "artifacts": {"made": "/out"},
            "services": {
                "maker": {
                    "image": HELPER,
                    "command": sh('busybox cat /given/a.txt > /made/"$NAME"'),
                    "env": {"NAME": "b.txt"},
                    "mounts": {"data": "/given", "made": "/made"},
                    "ready": {"exited": 0},
                }
            },
        },
        files={"data/a.txt": "one\n"},
        artifacts={"made/b.txt": "one\n"},
    ),
    "a command before the tests that fails": Scenario(
        options={
            "command": sh("echo never tested"),
            "init": [{"name": "migrate", "command": sh("echo no such table; exit 2")}],
        },
        verdict="broken",
        cause="init-container-failing",
        said=("no such table", "migrate"),
    ),
    # Many of them
    "names for localhost": Scenario(
        options={
            "command": sh("busybox wget -qO- http://shop.test:8080/"),
            "hosts": ["shop.test"],
            "services": {"web": serving("served")},
        },
        said=("served",),
    ),
    "shards": Scenario(
        options={
            "command": sh('echo "$CDKIT_SHARD_INDEX=$JOB_COMPLETION_INDEX of $CDKIT_SHARD_TOTAL" > /out/which'),
            "shards": 2,
            "artifacts": ["/out"],
        },
        artifacts={"shard-0/out/which": "0=0 of 2\n", "shard-1/out/which": "1=1 of 2\n"},
    ),
    "a shard that fails": Scenario(
        options={"command": sh('exit "$CDKIT_SHARD_INDEX"'), "shards": 2}, verdict="failed", cause="command-failed"
    ),
    "reports of shards become one": Scenario(
        options={
            **reports('<testsuite name="s"><testcase name="of shard \'"$CDKIT_SHARD_INDEX"\'"/></testsuite>'),
            "shards": 2,
            "parallel": 1,
        },
        found={"s::of shard 0": "passed", "s::of shard 1": "passed"},
        artifacts={
            f"shard-{index}/reports/unit.xml": f'<testsuite name="s"><testcase name="of shard {index}"/></testsuite>'
            for index in range(2)
        },
    ),
    "a test that passes when it is tried again": Scenario(
        options={**attempts(REPAIRED, 0), "retry_failed": 1},
        found={"a::one": "passed", "a::two": "flaky"},
        artifacts={
            "reports/unit.xml": FAILING,
            "attempt-2/reports/unit.xml": REPAIRED,
            "attempt-2/reports/again": "a::two",
        },
        said=("Attempt 1 of 2 failed: 1 of 2 tests failed: a::two", "a::two flaky (failed, then passed): 1 is not 2"),
    ),
    "a test that fails when it is tried again": Scenario(
        options={**attempts(FAILING, 1), "retry_failed": 1},
        verdict="failed",
        cause="command-failed",
        found=OF_FAILING,
        artifacts={
            "reports/unit.xml": FAILING,
            "attempt-2/reports/unit.xml": FAILING,
            "attempt-2/reports/again": "a::two",
        },
        said=("Attempt 1 of 2 failed: 1 of 2 tests failed: a::two", "a::two failed, then failed: 1 is not 2"),
    ),
    # What is refused before anything runs
    "services that need each other": Scenario(
        options={"services": {"a": {**serving("a"), "needs": ["b"]}, "b": {**serving("b", 8081), "needs": ["a"]}}},
        verdict="",
        said=("a -> b -> a",),
    ),
    "two services on one port": Scenario(
        options={"services": {"a": serving("a"), "b": serving("b")}}, verdict="", said=("8080",)
    ),
}
