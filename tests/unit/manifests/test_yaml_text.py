"""Values written as YAML, and read back."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from cdkit.api import InvalidInput
from cdkit_manifests.writers.field_order import ordered
from cdkit_manifests.writers.yaml_text import document

WORDS = (
    "no",
    "Yes",
    "on",
    "y",
    "null",
    "~",
    "1:30",
    "0o17",
    "0x1f",
    "1e3",
    "1_000",
    ".inf",
    "2024-01-01",
    "<<",
    "=",
    "-",
    "",
)
SIGNS = (
    "'",
    '"',
    "\\",
    "\n",
    "\r",
    "\t",
    "\0",
    "\x1b",
    "\x7f",
    "\x85",
    "\u2028",
    "\ufeff",
    "\u202e",
    "😀",
    "{{",
    "}}",
    "# ",
    ": ",
    "---",
    "%",
    "@",
    "`",
    "*a",
    "&a",
    "!t",
    "| ",
    "> ",
    "- ",
    "? ",
    " ",
)
texts = st.one_of(
    st.sampled_from(WORDS),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.lists(st.sampled_from(SIGNS + WORDS), max_size=12).map("".join),
    st.sampled_from(SIGNS).map(lambda sign: sign * 300),
)
keys = texts.filter(lambda text: len(text) < 100)
numbers = st.one_of(st.integers(-(2**63), 2**63), st.floats(allow_nan=False, allow_infinity=False))
values = st.recursive(
    st.one_of(texts, numbers, st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=4)),
    max_leaves=12,
)


@given(values)
@example({"data": {"text": "a\n  b\n\nc\n"}})
@example([[["a\nb"], {}], []])
def test_whatever_is_written_is_read_back(value: Any) -> None:
    text = document({"value": value, "list": [value, {"name": value}]})
    for loader in (yaml.CSafeLoader, yaml.SafeLoader):
        assert yaml.load(text, Loader=loader) == {"value": value, "list": [value, {"name": value}]}  # noqa: S506 -- both are safe loaders


@given(texts, texts)
def test_a_note_never_becomes_a_value(note: str, value: str) -> None:
    item = {"a": value, "b": {"c": 1}, "list": [{"name": "x"}, value]}
    notes = dict.fromkeys([(), ("a",), ("b",), ("b", "c"), ("list",), ("list", "[0]"), ("list", "[1]")], note or "x")
    assert yaml.safe_load(document(item, notes)) == item


def test_the_text_is_what_people_would_write() -> None:
    item = {
        "spec": {"ports": [{"targetPort": "http", "name": "http"}], "empty": [], "none": {}},
        "metadata": {"name": "hello", "labels": {"spec": "1.10", "kind": "no"}},
        "kind": "Service",
        "data": {"motd": "Hello:\n  - you\n", "last": "a\nb", "odd": " a\n", "image": "r:5000/x@sha256:00"},
        "apiVersion": "v1",
    }
    notes = {("spec", "ports", "[0]"): "EXPOSE in Dockerfile:3", ("metadata", "name"): "name in a\nb"}
    assert document(ordered(item), notes) == (
        "apiVersion: v1\n"
        "kind: Service\n"
        "metadata:\n"
        "  name: hello  # name in a b\n"
        "  labels:\n"
        '    spec: "1.10"\n'
        '    kind: "no"\n'
        "spec:\n"
        "  ports:\n"
        "  # EXPOSE in Dockerfile:3\n"
        "  - name: http\n"
        "    targetPort: http\n"
        "  empty: []\n"
        "  none: {}\n"
        "data:\n"
        "  motd: |\n"
        "    Hello:\n"
        "      - you\n"
        "  last: |-\n"
        "    a\n"
        "    b\n"
        '  odd: " a\\n"\n'
        "  image: r:5000/x@sha256:00\n"
    )


def test_a_key_that_no_reader_would_take_is_refused() -> None:
    with pytest.raises(InvalidInput, match="too long to be written: 1001 characters"):
        document({"k" * 1001: 1})
