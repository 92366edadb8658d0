"""Whatever is declared secret never leaves, in any encoding, through any reporter."""

from __future__ import annotations

import base64
import io
import json
import shlex
import tempfile
from pathlib import Path
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from cdkit.engine.journal import JOURNAL, Journal
from cdkit.engine.stream import EventStream
from cdkit.models.event import (
    RunFinished,
    RunStarted,
    StepFinished,
    StepOutput,
    StepRetried,
    StepWaiting,
    TestsReported,
    Warned,
)
from cdkit.models.result import Failure, StepResult
from cdkit.models.test_report import TestCase, TestReport
from cdkit.redact import Redactor
from cdkit.report.console import Console
from cdkit.report.json_lines import JsonLines
from cdkit.report.live import LiveConsole
from cdkit.report.style import Style
from cdkit.report.wording import QuietWording, VerboseWording, Wording
from cdkit.testing import FakeClock

SECRETS = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x17F, categories=["L", "N", "P", "S"]), min_size=6
).map("x9{}".format)
"""Never a part of our own words: `succeeded` is said after the redactor, and of every step."""


def encodings(secret: str) -> list[str]:
    raw = secret.encode()
    return [
        secret,
        base64.b64encode(raw).decode(),
        base64.b64encode(b"user:" + raw).decode(),
        json.dumps(secret),
        quote(secret, safe=""),
        shlex.quote(secret),
    ]


def events(text: str) -> list[object]:
    """Every way in which a step can make text heard."""
    failure = Failure("WorkFailed", f"It said {text}.", f"Not {text}.", 1, None, (text,))
    case = TestCase(name=text, group=text, outcome="failed", message=text, details=f"a\n{text}\n", file=text)
    return [
        RunStarted(run_id="1", pipeline="p", version="1", steps=("a",)),
        StepOutput(step="a", line=f"before {text} after"),
        StepWaiting(step="a", what=text),
        StepRetried(step="a", attempt=1, attempts=2, delay=1.0, reason=text),
        Warned(step="a", message=text),
        TestsReported(step="a", report=TestReport(total=1, failed=1, cases=(case,), file=text)),
        StepFinished(step="a", result=StepResult("a", "succeeded", 1.0, {"said": text, "list": [text]})),
        StepFinished(step="a", result=StepResult("a", "failed", 1.0, failure=failure)),
        RunFinished(exit_code=1, seconds=1.0, failure=failure),
    ]


@given(SECRETS, st.integers(0, 5))
def test_no_reporter_shows_a_secret(secret: str, form: int) -> None:
    text = encodings(secret)[form]
    clock, outs = FakeClock(), [io.StringIO() for _ in range(5)]
    style = Style(colour=False, unicode=True)
    live = LiveConsole(outs[4], Wording(style), clock.monotonic, size=(80, 24))
    reporters = [
        Console(outs[0], Wording(style)),
        Console(outs[1], QuietWording(style)),
        Console(outs[2], VerboseWording(style)),
        JsonLines(outs[3]),
        live,
    ]
    with tempfile.TemporaryDirectory() as folder:
        stream = EventStream(clock, Redactor([secret]), Journal(Path(folder)), reporters)
        for event in events(text):
            stream.emit(event)  # type: ignore[arg-type]
        live.close()
        written = (Path(folder) / JOURNAL).read_text(encoding="utf-8")
    for shown in (*(out.getvalue() for out in outs), written):
        assert secret not in shown
        assert text not in shown
