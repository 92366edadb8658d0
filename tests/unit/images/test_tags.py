"""Tags by rules: what https://github.com/docker/metadata-action documents, for a build of any server."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdkit.errors import InvalidInput
from cdkit.models.build import Build
from cdkit_images.tags import Flavor, Tagging, name_tags, parse_rule

COMMIT = "860c1904a1ce19322e91ac35af1ab07466440c37"
NOW = 1_735_689_600 + 23 * 3600
"""2025-01-01, 23:00 in London."""

MAIN = Build(commit=COMMIT, branch="main", default_branch="main", commit_time=1_700_000_000)
FEATURE = Build(commit=COMMIT, branch="feature/x", default_branch="main")
PULL = Build(commit=COMMIT, branch="feature/x", default_branch="main", pull_request="2", target="main")
NIGHT = Build(commit=COMMIT, branch="main", default_branch="main", scheduled=True)


def release(tag: str) -> Build:
    return Build(commit=COMMIT, branch="main", default_branch="main", tag=tag)


def tagging(build: Build, *rules: str, flavor: Flavor | None = None) -> Tagging:
    return name_tags([parse_rule(rule) for rule in rules], build, flavor or Flavor(), NOW)


@pytest.mark.parametrize(
    ("build", "rule", "names"),
    [
        (MAIN, "type=ref,event=branch", ["main"]),
        (FEATURE, "type=ref,event=branch", ["feature-x"]),
        (PULL, "type=ref,event=branch", []),
        (PULL, "type=ref,event=pr", ["pr-2"]),
        (PULL, "type=ref,event=pr,prefix=", ["2"]),
        (PULL, "type=ref,event=pr,suffix=-{{base_ref}}", ["pr-2-main"]),
        (MAIN, "type=ref,event=pr", []),
        (release("v1.2.3"), "type=ref,event=tag", ["v1.2.3", "latest"]),
        (release("v1.2.3"), "type=ref,event=branch", []),
        (MAIN, "type=ref,event=tag", []),
        (release("v1.2.3"), "type=semver,pattern={{version}}", ["1.2.3", "latest"]),
        (release("1.2.3"), "type=semver,pattern={{version}}", ["1.2.3", "latest"]),
        (release("v1.2.3"), "type=semver,pattern={{raw}}", ["v1.2.3", "latest"]),
        (release("v1.2.3"), "type=semver,pattern={{major}}.{{minor}}", ["1.2", "latest"]),
        (release("v1.2.3"), "type=semver,pattern=v{{major}}", ["v1", "latest"]),
        (release("v1.2.3"), "type=semver,pattern={{ patch }}", ["3", "latest"]),
        (release("v2.0.8-beta.67"), "type=semver,pattern={{version}}", ["2.0.8-beta.67"]),
        (release("v2.0.8-beta.67"), "type=semver,pattern={{raw}}", ["v2.0.8-beta.67"]),
        (release("v2.0.8-beta.67"), "type=semver,pattern={{major}}.{{minor}}", ["2.0.8-beta.67"]),
        (release("v1.2.3+build.5"), "type=semver,pattern={{version}}", ["1.2.3", "latest"]),
        (release("release-5"), "type=semver,pattern={{version}}", []),
        (MAIN, "type=semver,pattern={{version}}", []),
        (MAIN, "type=semver,pattern={{version}},value=v1.0.0", ["1.0.0", "latest"]),
        (release("v10.9.8"), r"type=match,pattern=\d+.\d+.\d+", ["10.9.8", "latest"]),
        (release("v10.9.8"), r"type=match,pattern=v(\d+).(\d+),group=1", ["10", "latest"]),
        (release("v10.9.8"), r"type=match,pattern=p/v(\d+)", []),
        (MAIN, "type=edge", ["edge"]),
        (FEATURE, "type=edge", []),
        (FEATURE, "type=edge,branch=feature/x", ["edge"]),
        (PULL, "type=edge", []),
        (NIGHT, "type=schedule", ["nightly"]),
        (NIGHT, "type=schedule,pattern=weekly", ["weekly"]),
        (NIGHT, "type=schedule,pattern={{date 'YYYYMMDD-HHmmss'}}", ["20250101-230000"]),
        (NIGHT, "type=schedule,pattern={{date 'YYYY.MM.DD' tz='Europe/Berlin'}}", ["2025.01.02"]),
        (MAIN, "type=schedule", []),
        (MAIN, "type=sha", ["sha-860c190"]),
        (MAIN, "type=sha,format=long", [f"sha-{COMMIT}"]),
        (MAIN, "type=sha,prefix=", ["860c190"]),
        (MAIN, "type=sha,prefix={{branch}}-", ["main-860c190"]),
        (MAIN, "type=raw,value=foo", ["foo"]),
        (MAIN, "type=raw,foo", ["foo"]),
        (MAIN, "foo", ["foo"]),
        (MAIN, "type=raw,value=foo,enable=false", []),
        (MAIN, "type=raw,value=foo,enable=True", ["foo"]),
        (MAIN, "type=raw,value=latest,enable={{is_default_branch}}", ["latest"]),
        (FEATURE, "type=raw,value=latest,enable={{is_default_branch}}", []),
        (MAIN, "type=raw,value={{commit_date 'YYYYMMDD'}}-{{sha}}", ["20231114-860c190"]),
        (release("v1"), "type=raw,value=of-{{tag}},suffix=-x", ["of-v1-x"]),
        (Build(), "type=sha", []),
        (Build(), "type=ref,event=branch", []),
    ],
)
def test_what_a_rule_gives(build: Build, rule: str, names: list[str]) -> None:
    assert list(tagging(build, rule).names) == names


def test_the_most_telling_tag_comes_first_and_each_comes_once() -> None:
    rules = (
        "type=sha",
        "type=ref,event=tag",
        "v1.2.3",
        "type=semver,pattern={{version}}",
        "type=raw,value=x,priority=950",
    )
    assert list(tagging(release("v1.2.3"), *rules).names) == ["x", "1.2.3", "v1.2.3", "sha-860c190"]


def test_the_first_rule_that_gives_a_tag_decides_about_latest() -> None:
    assert "latest" in tagging(release("v1.2.3"), "type=sha", "type=ref,event=tag").names
    assert "latest" not in tagging(release("v1.2.3"), "type=sha,priority=990", "type=ref,event=tag").names


@pytest.mark.parametrize(
    ("build", "flavor", "names"),
    [
        (MAIN, Flavor(latest="always"), ["main", "latest"]),
        (release("v1.2.3"), Flavor(latest="never"), ["v1.2.3"]),
        (MAIN, Flavor(prefix="web-"), ["web-main"]),
        (MAIN, Flavor(suffix="-{{sha}}"), ["main-860c190"]),
        (release("v1.2.3"), Flavor(suffix="-alpine"), ["v1.2.3-alpine", "latest"]),
    ],
)
def test_a_flavor_holds_for_all_tags(build: Build, flavor: Flavor, names: list[str]) -> None:
    assert list(tagging(build, "type=ref,event=branch", "type=ref,event=tag", flavor=flavor).names) == names


def test_a_rules_own_prefix_wins() -> None:
    flavor = Flavor(prefix="web-")
    assert tagging(MAIN, "type=raw,value=a,prefix=", "type=sha", flavor=flavor).names == ("a", "sha-860c190")


def test_what_is_made_legal_is_said() -> None:
    assert tagging(FEATURE, "type=ref,event=branch").remarks == (
        "'feature/x' is no legal tag; it becomes 'feature-x'.",
    )
    odd = Build(branch=".hidden", commit=COMMIT)
    assert tagging(odd, "type=ref,event=branch").names == ("hidden",)
    assert tagging(MAIN, "a" * 200).names == ("a" * 128,)
    assert tagging(MAIN, "--").names == ()
    assert tagging(MAIN, "--").remarks


def test_what_gives_no_tag_is_said() -> None:
    assert (
        "'nightly' is no semantic version" in tagging(release("nightly"), "type=semver,pattern={{version}}").remarks[0]
    )
    assert "does not match" in tagging(release("x"), "type=match,pattern=y").remarks[0]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("type=semvr", "no type 'semvr'"),
        ("type=semver", "needs 'pattern'"),
        ("type=ref,event=push", "'event' cannot be 'push'"),
        ("type=ref", "needs 'event'"),
        ("type=sha,value=x", "no attribute 'value'"),
        ("type=raw", "needs 'value'"),
        ("type=raw,value=a,priority=high", "'priority'"),
        ("type=raw,value=a,enable=maybe", "'enable' cannot be 'maybe'"),
        ("type=sha,format=tiny", "'format' cannot be 'tiny'"),
    ],
)
def test_a_rule_that_is_none_is_refused(rule: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        parse_rule(rule)


@pytest.mark.parametrize(
    "rule",
    [
        "{{nothing}}",
        "type=schedule,pattern={{version}}",
        "{{date 'YYYY' tz='Mars/Base'}}",
        "type=match,pattern=(,value=a",
    ],
)
def test_a_template_that_is_none_is_refused(rule: str) -> None:
    with pytest.raises(InvalidInput):
        tagging(NIGHT, rule)


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=1, max_size=160))
def test_every_branch_gives_a_legal_tag_or_none(branch: str) -> None:
    for name in tagging(Build(branch=branch), "type=ref,event=branch").names:
        assert 0 < len(name) <= 128
        assert name[0] not in ".-"
        assert all(sign.isascii() and (sign.isalnum() or sign in "._-") for sign in name)
