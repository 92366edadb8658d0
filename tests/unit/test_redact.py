"""Secrets are masked in every form in which tools are known to print them."""

from __future__ import annotations

import base64
import json
import shlex
import subprocess
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdkit.models.build import Build
from cdkit.models.event import (
    BuildDetected,
    ChecksPassed,
    Event,
    OptionsResolved,
    RunFinished,
    RunStarted,
    StepFinished,
    StepOutput,
    StepProgress,
    StepRetried,
    StepStarted,
    StepWaiting,
    TestsReported,
    Warned,
)
from cdkit.models.result import Failure, StepResult
from cdkit.models.test_report import TestCase, TestReport
from cdkit.redact import MASK, Redactor

SECRET = 'p4ss/w&rd <it\'s> "é"'


def in_base64(before: str, secret: str) -> str:
    """What surely belongs to the secret in the base64 of a longer text."""
    return base64.b64encode(f"{before}{secret}@host".encode()).decode()


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        json.dumps(SECRET)[1:-1].replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e"),
        repr(SECRET)[1:-1],
        quote(SECRET),
        quote(SECRET, safe=""),
        "p4ss%2fw%26rd%20%3cit%27s%3e%20%22%c3%a9%22",
        quote_plus(SECRET),
        shlex.quote(SECRET)[1:-1],
        SECRET.replace("'", r"'\''"),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
    ],
)
def test_each_form_is_masked_whole_within_a_longer_line(form: str) -> None:
    assert Redactor([SECRET]).text(f"before {form} after") == f"before {MASK} after"


@pytest.mark.parametrize("before", ["", "u:", "us:", "use:", "user:"])
def test_base64_is_masked_wherever_the_secret_begins_in_the_coded_text(before: str) -> None:
    coded = in_base64(before, "correct-horse-battery")
    shown = Redactor(["correct-horse-battery"]).text(f"Authorization: Basic {coded}")
    left = shown.removeprefix("Authorization: Basic ").replace(MASK, "")
    assert MASK in shown
    # What is left codes for what stands around the secret, and for less than a character of it on either side.
    assert len(left) <= len(in_base64(before, "")) + 4


def test_what_bash_prints_of_a_secret_is_masked() -> None:
    secret = 'it\'s $HOME; "x" & `y`'
    script = 'set -x; : "$S"; printf \'%q\\n\' "$S"; echo "$S" | base64'
    done = subprocess.run(["bash", "-c", script], env={"S": secret}, capture_output=True, text=True, check=True)
    lines = (done.stderr + done.stdout).splitlines()
    masked = [Redactor([secret]).text(line) for line in lines]
    assert len(lines) == 6
    assert [line for line in masked if MASK not in line] == ["+ base64"]


def test_a_long_secret_is_masked_in_base64_that_is_broken_into_lines() -> None:
    secret = "".join(f"line {number} of a key\n" for number in range(20))
    for width in (64, 76):
        coded = base64.b64encode(secret.encode()).decode()
        lines = [coded[start : start + width] for start in range(0, len(coded), width)]
        assert {Redactor([secret]).text(line) for line in lines} == {MASK}


def test_a_secret_of_several_lines_is_masked_as_a_whole_and_line_by_line() -> None:
    secret = "-----BEGIN KEY-----\nMIIEvQIBADANBg\n}\n"
    redactor = Redactor([secret])
    assert redactor.text(f"a {secret.strip()} b") == "a *** b"
    assert [redactor.text(line) for line in ("  MIIEvQIBADANBg", "}", json.dumps(secret))] == ["  ***", "}", '"***"']


LONG = "".join(f"{number}-of-a-long-token/" for number in range(60))


@pytest.mark.parametrize("dots", ["...", "….", "....", "... and more"])
@pytest.mark.parametrize("kept", [4, 40, 800])
def test_a_secret_that_was_cut_off_is_masked_as_far_as_it_goes(kept: int, dots: str) -> None:
    redactor = Redactor([LONG, "another-secret"])
    assert redactor.text(f"it said {LONG[:kept]}{dots}") == f"it said {MASK}{dots}"
    assert redactor.text(f"another-secret and {LONG[:kept]}{dots}") == f"{MASK} and {MASK}{dots}"


def test_a_secret_that_was_cut_off_in_base64_is_masked() -> None:
    coded = base64.b64encode(LONG.encode()).decode()
    assert Redactor([LONG]).text(f"data: {coded[:100]}...") == f"data: {MASK}..."


def test_dots_behind_any_other_word_mean_nothing() -> None:
    redactor = Redactor(["correct-horse"])
    for line in ("waiting...", "the cor... of it", "corrected...", "...correct", "......"):
        assert redactor.text(line) == line


def test_a_secret_of_several_lines_is_masked_in_a_message_of_one() -> None:
    assert Redactor(["two  blanks and\n\ta b\n}"]).text("it is two blanks and a b } now") == f"it is {MASK} now"


def test_a_secret_in_a_manifest_in_an_annotation_is_masked_when_that_is_shown_as_json() -> None:
    manifest = json.dumps({"stringData": {"password": SECRET}})
    shown = json.dumps({"metadata": {"annotations": {"last-applied": manifest}}})
    assert Redactor([SECRET]).text(shown) == shown.replace(json.dumps(json.dumps(SECRET)[1:-1])[1:-1], MASK)


def test_of_secrets_that_overlap_nothing_is_left() -> None:
    redactor = Redactor(["abcdef", "defghi", "xx"])
    assert redactor.text("1 abcdefghi 2") == "1 *** 2"
    assert redactor.text("xxx") == MASK
    assert redactor.text("abcdef defghi") == "*** ***"
    assert redactor.text("abcdefabcdef") == "******"


def test_a_secret_that_holds_another_one_is_masked_whole() -> None:
    assert Redactor(["token", "token-and-more"]).text("token-and-more, token") == "***, ***"


def test_a_secret_that_comes_later_is_masked_from_then_on() -> None:
    redactor = Redactor()
    assert redactor.text("late-secret") == "late-secret"
    redactor.add("late-secret", "", "  \n")
    assert redactor.text("late-secret and nothing else") == "*** and nothing else"


def test_a_secret_that_is_not_utf8_does_not_break_anything() -> None:
    assert Redactor(["bad\udcffbytes"]).text("bad\udcffbytes bad%FFbytes") == "*** ***"


FAILURE = Failure("WorkFailed", "m SECRET", "r SECRET", 1, "c SECRET", ("e SECRET",), "t SECRET")
RESULT = StepResult("s", "failed", 1.0, {"SECRET": ["SECRET", {"k": "SECRET"}, 5]}, "r SECRET", FAILURE, tolerated=True)
CASE = TestCase(
    name="SECRET", group="g SECRET", outcome="failed", message="m SECRET", details="d\nSECRET\n", file="SECRET", shard=1
)
EVENTS = [
    RunStarted(run_id="SECRET", pipeline="SECRET", version="SECRET", steps=("SECRET",), environment="SECRET"),
    BuildDetected(build=Build(commit="SECRET", url="https://u:SECRET@host/")),
    StepStarted(step="SECRET", uses="SECRET"),
    StepOutput(step="s", line="SECRET"),
    StepProgress(item="SECRET", current=1, total=2, unit="SECRET"),
    OptionsResolved(step="SECRET", options={"SECRET": ["SECRET"]}),
    ChecksPassed(seconds=1.0),
    StepWaiting(what="SECRET"),
    StepRetried(attempt=1, attempts=2, delay=1.0, reason="SECRET"),
    TestsReported(report=TestReport(total=1, failed=1, cases=(CASE,), file="SECRET")),
    StepFinished(result=RESULT),
    Warned(message="SECRET"),
    RunFinished(exit_code=1, seconds=1.0, failure=FAILURE),
]


def test_events_of_every_type_are_known_here() -> None:
    assert {type(event) for event in EVENTS} == set(Event.__subclasses__())


def test_the_words_for_how_a_test_ended_stay_readable_whatever_is_secret() -> None:
    case = TestCase(name="passed", outcome="failed", attempts=("failed", "passed"))
    masked = Redactor(["passed", "failed"]).value(case)
    assert masked == TestCase(name=MASK, outcome="failed", attempts=("failed", "passed"))


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_of_any_type_keeps_its_shape_and_loses_its_secrets(event: Event) -> None:
    masked = Redactor(["SECRET"]).event(event)
    assert type(masked) is type(event)
    assert "SECRET" not in repr(masked)
    assert repr(masked) == repr(event).replace("SECRET", MASK)


@pytest.mark.parametrize("secret", ["failed", "result", "stdout", "step-output", "line", "step", "type", "1.0"])
def test_a_secret_that_is_a_word_of_our_own_does_not_break_the_events(secret: str) -> None:
    redactor = Redactor([secret])
    finished = redactor.event(StepFinished(step="a", result=RESULT))
    assert (finished.result.status, finished.result.seconds) == ("failed", 1.0)
    output = redactor.event(StepOutput(step="a", line=f"x {secret}"))
    assert (output.stream, output.line) == ("stdout", "x ***")


def escaped(text: str) -> str:
    return json.dumps(text)[1:-1]


def coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


ENCODINGS: list[Callable[[str], str]] = [str, escaped, quote, quote_plus, repr, coded]
PRINTABLE = st.characters(min_codepoint=33, max_codepoint=0x2FF, blacklist_categories=["C", "Z"])


@given(
    secret=st.text(PRINTABLE, min_size=8, max_size=40),
    before=st.text(max_size=9),
    after=st.text(max_size=9),
    encode=st.sampled_from(ENCODINGS),
)
def test_a_secret_never_survives_in_a_longer_line(
    secret: str, before: str, after: str, encode: Callable[[str], str]
) -> None:
    whole = encode(secret)
    inside = whole[1:-1] if encode is repr else whole
    shown = Redactor([secret]).text(f"{before} {inside} {after}")
    if inside not in f"{before} {after}":
        assert inside not in shown
    assert secret not in shown


@given(
    secret=st.text(PRINTABLE, min_size=8, max_size=40),
    before=st.text(PRINTABLE, max_size=9),
    after=st.text(PRINTABLE, max_size=9),
)
def test_a_secret_never_survives_inside_of_base64(secret: str, before: str, after: str) -> None:
    shown = Redactor([secret]).text(coded(before + secret + after))
    assert MASK in shown
    # Of the coded secret at most one mixed character at each end can be left.
    assert len(shown.replace(MASK, "")) <= len(coded(before)) + len(coded(after)) + 4


OTHERS = [f"one-of-many-others-{number}" for number in range(100)]


@given(
    secret=st.text(PRINTABLE, min_size=1, max_size=20),
    text=st.text(PRINTABLE, max_size=20),
    encode=st.sampled_from(ENCODINGS),
)
def test_a_secret_among_very_many_is_masked_just_so(secret: str, text: str, encode: Callable[[str], str]) -> None:
    line = f"{text} {encode(secret)}{text}{encode(secret)}"
    assert Redactor([secret, *OTHERS]).text(line) == Redactor([secret]).text(line)


def test_of_many_secrets_that_overlap_nothing_is_left() -> None:
    assert Redactor(["abcdef", "defghi", *OTHERS]).text("-abcdefghi-one-of-many-others-7-") == "-***-***-"
