"""What is wrong with options is told at once, each with its place and in words."""

from __future__ import annotations

import pytest

from cdkit_pods.options.cycles import cycles
from tests.unit.pods.options.reading import problems_of, read


def test_a_cycle_of_needs_is_named_in_full() -> None:
    text = """
services:
  api: {image: api, needs: [db]}
  db:
    image: db
    needs: [api]
"""
    assert problems_of(text) == [
        "3:21: These services wait for each other: api -> db -> api. Take one of the needs away."
    ]


def test_every_cycle_is_told_once() -> None:
    needs = {"a": ["b", "a"], "b": ["c"], "c": ["a"], "d": ["e"], "e": ["d"], "f": ["a", "nobody"]}
    assert list(cycles(needs)) == [("a", "b", "c", "a"), ("a", "a"), ("d", "e", "d")]


def test_a_long_chain_of_needs_is_no_cycle() -> None:
    needs = {str(number): [str(number + 1)] for number in range(5000)}
    assert list(cycles(needs)) == []


def test_everything_is_told_at_once_with_its_place() -> None:
    text = """
command: "say 'hello"
services:
  DB: {image: db}
  test: {image: db, ports: [5432]}
  api: {image: api, ports: [5432, 80, 80], needs: [tset], fails_on: "("}
  web: {image: web, mounts: {dta: data}, ready: {tcp: 1, log: x}}
volumes: {data: {}}
artifacts: [reports, /out, /out/html]
files: {../secrets: /data, conf: /proc/x}
hosts: [localhost]
init: [[], {command: migrate, name: api}]
junit: ["*.xml"]
test_timeout: 2h
"""
    text = "\n".join(problems_of(text))
    assert "'(' is no regular expression" in text
    assert "'DB' cannot be a name under 'services'" in text
    assert "'test' is taken" in text
    assert "6:52: 'api' needs 'tset', which is not under 'services'. Did you mean 'test'?" in text
    assert "'api' listens on port 5432, which 'test' has already: they share one network." in text
    assert "'api' is the name of another container of the pod." in text
    assert "'dta' is no volume of the pod. Did you mean 'data'?" in text
    assert "'data' is no absolute path of a folder such as /data." in text
    assert "'reports' is no absolute path of a folder such as /data." in text
    assert "'/out/html' is within '/out'; each volume needs a folder of its own." in text
    assert "'../secrets' is no path within the checkout." in text
    assert "'/proc/x' cannot be a volume: /proc is needed for other things." in text
    assert "'localhost' is known as the pod itself already." in text
    assert "'test_timeout' is longer than 'longest'" in text
    assert "Exactly one thing to wait for is wanted; here stand tcp, log." in text
    assert 'A quotation mark of "say \'hello" is never closed.' in text
    assert "A command names a program." in text


@pytest.mark.parametrize("path", ["/etc", "..", "a/../../b", "~/x", "../x"])
def test_files_come_from_the_checkout_only(path: str) -> None:
    assert "is no path within the checkout" in problems_of(f"files: {{{path}: /data}}")[0]


@pytest.mark.parametrize("path", [".", "tests/data", "..data", "a/../b", "./conf"])
def test_files_of_the_checkout_are_well(path: str) -> None:
    read(f"files: {{{path}: /data}}")


@pytest.mark.parametrize("folder", ["/", "/proc", "/sys/fs", "/.cdkit/x", "/cdkit/volumes", "data", "/a/../b", "/a:b"])
def test_a_volume_takes_no_folder_that_is_needed_otherwise(folder: str) -> None:
    assert len(problems_of(f"artifacts: ['{folder}']")) == 1


def test_reports_need_artifacts_to_be_in() -> None:
    assert "JUnit files are looked for in the artifacts." in problems_of("junit: ['*.xml']")[0]


def test_a_volume_of_ours_cannot_be_declared() -> None:
    assert "'cdkit-files-0' is taken" in problems_of("volumes: {cdkit-files-0: {}}")[0]


def test_a_test_and_its_services_may_have_one_volume_each_at_its_own_place() -> None:
    text = """
volumes: {data: {size: 1Gi}}
mounts: {data: /var/data}
services: {db: {image: db, mounts: {data: /var/lib/db}}}
"""
    assert read(text).services["db"].mounts == {"data": "/var/lib/db"}


def test_folders_within_each_other_are_told_where_the_inner_one_stands() -> None:
    assert problems_of("artifacts: [/out, /out/html]") == [
        "2:19: '/out/html' is within '/out'; each volume needs a folder of its own."
    ]
    text = "volumes: {data: {}}\nmounts: {data: /in/deep}\nfiles: {a: /in}\n"
    assert problems_of(text) == ["3:10: '/in/deep' is within '/in'; each volume needs a folder of its own."]
    twice = (
        "volumes: {data: {}}\nservices: {db: {image: db, mounts: {data: /a}}}\nmounts: {data: /a}\nartifacts: [/a]\n"
    )
    assert problems_of(twice) == ["5:13: '/a' is there twice; each volume needs a folder of its own."]
