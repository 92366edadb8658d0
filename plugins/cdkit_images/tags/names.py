"""From rules to tags: what each rule gives for a build, made legal, in order, each once."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from cdkit.api import Build, InvalidInput
from cdkit_images.flavor import Flavor
from cdkit_images.tagging import Tagging
from cdkit_images.tags.rules import TagRule
from cdkit_images.tags.templates import Facts, render
from cdkit_images.tags.versions import Version

SHORT_COMMIT = 7
LONGEST_TAG = 128
"""https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests"""

_ILLEGAL = re.compile(r"[^A-Za-z0-9._-]+")


class _Named(msgspec.Struct, frozen=True):
    """What one rule gives: a name, and whether it speaks for `latest` too when it comes first."""

    name: str
    latest: bool = False


def name_tags(rules: Sequence[TagRule], build: Build, flavor: Flavor, now: float) -> Tagging:
    """The tags that rules give for a build.

    Args:
        rules: in the order of the file.
        build: what is built. A pull request counts as such, else a git tag, else the branch.
        flavor: what holds for all of them.
        now: the time, in seconds since 1970.

    Raises:
        InvalidInput: a template or a pattern of a rule is wrong.
    """
    facts = Facts(build, now)
    remarks: list[str] = []
    found: list[_Named] = []
    for rule in sorted(rules, key=lambda rule: -rule.priority):
        named = _GIVERS[rule.type](rule, facts, remarks) if _is_enabled(rule, facts) else None
        if named is not None and named.name:
            found.append(msgspec.structs.replace(named, name=_dressed(named.name, rule, facts, flavor)))
    names = [_legal(named.name, remarks) for named in found]
    if flavor.latest == "always" or (flavor.latest == "auto" and found and found[0].latest):
        names.append("latest")
    return Tagging(tuple(dict.fromkeys(name for name in names if name)), tuple(dict.fromkeys(remarks)))


def _is_enabled(rule: TagRule, facts: Facts) -> bool:
    return render(rule["enable"], facts).lower() == "true"


def _dressed(name: str, rule: TagRule, facts: Facts, flavor: Flavor) -> str:
    prefix, suffix = (
        rule[end] or ("" if end in rule.written else common)
        for end, common in (("prefix", flavor.prefix), ("suffix", flavor.suffix))
    )
    return f"{render(prefix, facts)}{name}{render(suffix, facts)}"


def _legal(name: str, remarks: list[str]) -> str:
    legal = _ILLEGAL.sub("-", name).lstrip(".-")[:LONGEST_TAG]
    if not legal:
        remarks.append(f"{name!r} holds no character that a tag may have; it is left out.")
    elif legal != name:
        remarks.append(f"{name!r} is no legal tag; it becomes {legal!r}.")
    return legal


def _schedule(rule: TagRule, facts: Facts, _: list[str]) -> _Named | None:
    return _Named(render(rule["pattern"], facts)) if facts.build.scheduled else None


def _semver(rule: TagRule, facts: Facts, remarks: list[str]) -> _Named | None:
    raw = render(rule["value"], facts) if rule["value"] else facts.tag
    if not raw:
        return None
    version = Version.parse(raw)
    if version is None:
        remarks.append(f"{raw!r} is no semantic version; the rule for it gives no tag.")
        return None
    if not version.prerelease:
        return _Named(render(rule["pattern"], facts, version), latest=True)
    # 2.1.0-beta must not move the tag 2.1.
    is_raw = re.fullmatch(r"\{\{\s*raw\s*\}\}", rule["pattern"]) is not None
    return _Named(version.raw if is_raw else version.version)


def _match(rule: TagRule, facts: Facts, remarks: list[str]) -> _Named | None:
    text = render(rule["value"], facts) if rule["value"] else facts.tag
    if not text:
        return None
    try:
        match = re.search(rule["pattern"], text)
        if match is not None:
            return _Named(match[int(rule["group"])] or "", latest=True)
    except (re.error, ValueError, IndexError) as error:
        message = f"The tag rule with the pattern {rule['pattern']!r} is wrong: {error}."
        raise InvalidInput(message, remedy="Give a regular expression, and a group that it has.") from error
    remarks.append(f"{text!r} does not match {rule['pattern']!r}; the rule for it gives no tag.")
    return None


def _edge(rule: TagRule, facts: Facts, _: list[str]) -> _Named | None:
    branch = rule["branch"] or facts.build.default_branch
    return _Named("edge") if facts.branch and facts.branch == branch else None


def _ref(rule: TagRule, facts: Facts, _: list[str]) -> _Named | None:
    if rule["event"] == "tag":
        return _Named(facts.tag, latest=True)
    return _Named(facts.build.pull_request if rule["event"] == "pr" else facts.branch)


def _raw(rule: TagRule, facts: Facts, _: list[str]) -> _Named | None:
    return _Named(render(rule["value"], facts))


def _sha(rule: TagRule, facts: Facts, _: list[str]) -> _Named | None:
    commit = facts.build.commit
    return _Named(commit if rule["format"] == "long" else commit[:SHORT_COMMIT])


_GIVERS = {
    "schedule": _schedule,
    "semver": _semver,
    "match": _match,
    "edge": _edge,
    "ref": _ref,
    "raw": _raw,
    "sha": _sha,
}
