"""What the tests found: JUnit XML of every dialect -> test cases -> one report of all files and attempts."""

from __future__ import annotations

from cdkit_pods.results.judging import failed_tests, no_tests, reports_broken
from cdkit_pods.results.merging import merge_attempts, report_of
from cdkit_pods.results.reading import BrokenFile, OtherFile, Reading, read_reports
from cdkit_pods.results.writing import write_junit

__all__ = [
    "BrokenFile",
    "OtherFile",
    "Reading",
    "failed_tests",
    "merge_attempts",
    "no_tests",
    "read_reports",
    "report_of",
    "reports_broken",
    "write_junit",
]
