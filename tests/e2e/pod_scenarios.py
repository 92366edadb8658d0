"""What somebody does with test pods, and how it ends: the same on every runtime."""

from __future__ import annotations

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
NO_TESTS = '<testsuite name="s" tests="0"></testsuite>'


PROGRAMS = "PROGRAMS"
"""Stands for that image with programs that cannot be executed: `/app/foreign` is made for another machine, and
`/app/no-interpreter` is a script for one that is not there."""


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """Options, and how the step ends with them.

    Attributes:
        options: of the step; `image`, `helper_image` and `runtime` are filled in.
        code: the exit code of the run.
        cause: the id of the cause of the failure.
        outputs: those of the step that are told here.
        refused: files that are not to come out.
        artifacts: files below the step's artifacts, with their content.
        said: what a person reads, in this order.
        files: of the project.
        secrets: of the pipeline.
    """

    options: dict[str, Any]
    code: int = 0
    cause: str | None = None
    outputs: Mapping[str, Any] = {}
    artifacts: Mapping[str, str] = {}
    refused: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    files: Mapping[str, str] = {}
    secrets: Mapping[str, Any] = {}


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


CALL_WEB = "busybox wget -qO- http://web:8080/"
STAYS = "exec busybox sleep 600"

SCENARIOS: dict[str, Scenario] = {
    # The command
    "tests pass": Scenario(
        options={"command": sh("echo fine")}, said=("fine",), outputs={"verdict": "passed", "exit_code": 0}
    ),
    "tests fail": Scenario(
        options={"command": sh("echo broken; exit 3")}, code=1, cause="command-failed", said=("broken", "exit code 3")
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
    "a program that is not there": Scenario(
        options={"command": ["/no/such/program"]}, code=4, cause="command-not-found"
    ),
    "a program for another machine": Scenario(
        options={"image": PROGRAMS, "command": ["/app/foreign"]},
        code=4,
        cause="wrong-architecture",
        said=("architecture",),
    ),
    "a script without its interpreter": Scenario(
        options={"image": PROGRAMS, "command": ["/app/no-interpreter"]}, code=4, cause="command-not-found"
    ),
    "an image that is not there": Scenario(
        options={"image": "REGISTRY/no-such-image:1"}, code=4, cause="image-not-found"
    ),
    "too much memory": Scenario(
        options={
            "command": sh("echo begun > /out/state; busybox tail /dev/zero"),
            "memory": "24Mi",
            "artifacts": ["/out"],
        },
        code=4,
        cause="oom-killed",
        artifacts={"out/state": "begun\n"},
    ),
    "too much time": Scenario(
        options={"command": sh(f"echo begun > /out/state; {STAYS}"), "test_timeout": "2s", "artifacts": ["/out"]},
        code=5,
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
        code=1,
        cause="command-failed",
        artifacts={"named/a": "1\n"},
    ),
    "an artifact that leaves its folder": Scenario(
        options={"command": sh("busybox ln -s /etc/passwd /out/evil; echo 1 > /out/good"), "artifacts": ["/out"]},
        artifacts={"out/good": "1\n"},
        refused=("out/evil",),
        said=("evil",),
    ),
    # Reports
    "reports of tests that passed": Scenario(options=reports(PASSING), outputs={"tests": 1, "failed": 0}),
    "reports of tests that failed": Scenario(
        options=reports(FAILING, 1), code=1, cause="command-failed", said=("two", "1 is not 2")
    ),
    "a report of a failure after which the command ended well": Scenario(
        options=reports(FAILING), code=1, cause="tests-failed", said=("two",)
    ),
    "no tests at all": Scenario(options=reports(NO_TESTS), code=1, cause="no-tests"),
    "no tests at all, and that is right": Scenario(
        options={**reports(NO_TESTS), "no_tests": "pass"}, outputs={"tests": 0}
    ),
    "a report that is none": Scenario(options=reports("<testsuite><oops"), code=4, said=("unit.xml",)),
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
        code=4,
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
        code=4,
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
        code=4,
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
        code=4,
        cause="service-died",
        said=("down", "web"),
    ),
    "a service for another machine": Scenario(
        options={
            "command": sh(STAYS),
            "services": {"web": {"image": PROGRAMS, "command": ["/app/foreign"], "ports": [8080]}},
        },
        code=4,
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
        code=4,
        cause="wrong-architecture",
        said=("web", "architecture"),
    ),
    "a script without its interpreter before the tests": Scenario(
        options={
            "command": sh("echo never tested"),
            "init": [{"name": "migrate", "image": PROGRAMS, "command": ["/app/no-interpreter"]}],
        },
        code=4,
        cause="command-not-found",
    ),
    "an image of a service that is not there": Scenario(
        options={"command": sh("echo never tested"), "services": {"web": {"image": "REGISTRY/no-such-image:1"}}},
        code=4,
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
    "a command before the tests that fails": Scenario(
        options={
            "command": sh("echo never tested"),
            "init": [{"name": "migrate", "command": sh("echo no such table; exit 2")}],
        },
        code=4,
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
            "command": sh('echo "$CDKIT_SHARD_INDEX of $CDKIT_SHARD_TOTAL" > /out/which'),
            "shards": 2,
            "artifacts": ["/out"],
        },
        artifacts={"shard-0/out/which": "0 of 2\n", "shard-1/out/which": "1 of 2\n"},
    ),
    "a shard that fails": Scenario(
        options={"command": sh('exit "$CDKIT_SHARD_INDEX"'), "shards": 2}, code=1, cause="command-failed"
    ),
    "a test that passes when it is tried again": Scenario(
        options={
            "command": sh(
                f"if [ \"$CDKIT_ATTEMPT\" = 1 ]; then printf '%s' '{FAILING}' > /reports/unit.xml; exit 1; fi; "
                f"printf '%s' '{FAILING.replace('failure', 'system-out')}' > /reports/unit.xml"
            ),
            "artifacts": ["/reports"],
            "junit": ["*.xml"],
            "retry_failed": 1,
        },
        outputs={"flaky": 1, "failed": 0, "verdict": "passed"},
        said=("two",),
    ),
    # What is refused before anything runs
    "services that need each other": Scenario(
        options={"services": {"a": {**serving("a"), "needs": ["b"]}, "b": {**serving("b", 8081), "needs": ["a"]}}},
        code=2,
        said=("a -> b -> a",),
    ),
    "two services on one port": Scenario(
        options={"services": {"a": serving("a"), "b": serving("b")}}, code=2, said=("8080",)
    ),
}
