"""What stands between `{{` and `}}` in the rules for tags."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cdkit.api import Build, InvalidInput
from cdkit_images.tags.versions import Version

_EXPRESSION = re.compile(r"\{\{\s*(.*?)\s*\}\}")
_DATE = re.compile(r"(date|commit_date)(?:\s+'([^']*)')?(?:\s+tz='([^']*)')?")
_DATE_PART = re.compile(r"YYYY|YY|MM|DD|HH|mm|ss|\[[^\]]*\]")
_STRFTIME = {"YYYY": "%Y", "YY": "%y", "MM": "%m", "DD": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}
_DEFAULT_DATE = "YYYYMMDD"
_SHORT_COMMIT = 7


class Facts:
    """What rules can ask of a build.

    Args:
        build: what is built.
        now: the time, in seconds since 1970.

    Attributes:
        tag: the git tag, when that is what is built.
        branch: the branch, when that is what is built.
    """

    def __init__(self, build: Build, now: float) -> None:
        self.build = build
        self.now = now
        self.tag = "" if build.pull_request else build.tag
        self.branch = "" if build.pull_request or build.tag else build.branch

    def values(self) -> dict[str, str]:
        """What has a name of its own."""
        build = self.build
        is_default = bool(self.branch) and self.branch == build.default_branch
        return {
            "branch": self.branch,
            "tag": self.tag,
            "base_ref": build.target,
            "sha": build.commit[:_SHORT_COMMIT],
            "is_default_branch": str(is_default).lower(),
            "is_not_default_branch": str(not is_default).lower(),
        }


def render(template: str, facts: Facts, version: Version | None = None) -> str:
    """A template with its expressions replaced.

    Args:
        template: `{{major}}.{{minor}}`, `nightly-{{date 'YYYYMMDD' tz='Europe/Berlin'}}`.
        facts: what is known of the build.
        version: what `{{version}}` and its relatives mean, where they may stand.

    Raises:
        InvalidInput: an expression is not known.
    """
    return _EXPRESSION.sub(lambda match: _value(match[1], facts, version), template)


def _value(expression: str, facts: Facts, version: Version | None) -> str:
    known = {**facts.values(), **_version_values(version)}
    if expression in known:
        return known[expression]
    date = _DATE.fullmatch(expression)
    if date is None:
        remedy = f"Known: {', '.join([*known, 'date', 'commit_date'])}."
        raise InvalidInput(f"`{{{{{expression}}}}}` in a tag rule is not known.", remedy=remedy)
    seconds = facts.now if date[1] == "date" else facts.build.commit_time
    return _formatted(datetime.fromtimestamp(seconds, _zone(date[3] or "UTC")), date[2] or _DEFAULT_DATE)


def _version_values(version: Version | None) -> dict[str, str]:
    if version is None:
        return {}
    numbers = {name: str(getattr(version, name)) for name in ("major", "minor", "patch")}
    return {"raw": version.raw, "version": version.version, **numbers}


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidInput(f"The time zone {name!r} in a tag rule is not known.", remedy="Take `UTC`.") from error


def _formatted(time: datetime, pattern: str) -> str:
    """Dates as Moment.js writes them: https://momentjs.com/docs/#/displaying/format/. In brackets stands plain text."""
    return _DATE_PART.sub(lambda match: _date_part(match[0], time), pattern)


def _date_part(part: str, time: datetime) -> str:
    return part[1:-1] if part.startswith("[") else time.strftime(_STRFTIME[part])
