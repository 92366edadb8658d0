"""Reports of tests as they come out of a pod: of every tool, and of nobody whom one could trust."""

from __future__ import annotations

import os
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdkit.api import plain_text
from cdkit_pods.results import Reading, read_reports
from cdkit_pods.results.dialects import case_of
from cdkit_pods.results.junit_xml import RESULTS, ROOTS, parse_junit
from cdkit_pods.results.places import Place, Places
from cdkit_pods.results.reading import LARGEST

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\ufffe\uffff", min_codepoint=32), max_size=8)
NOWHERE = Places(Path("/nowhere"))

DOCUMENT = '<testsuite name="s"><testcase classname="a.B" name="one"/></testsuite>'


def reading(folder: Path, text: str | bytes = "", patterns: tuple[str, ...] = ("**/*.xml",)) -> Reading:
    if text:
        write(folder / "out" / "report.xml", text)
    return read_reports(folder / "out", patterns, workspace=folder / "checkout")


def write(file: Path, content: str | bytes) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def test_files_are_found_by_their_patterns_in_the_order_of_their_paths(tmp_path: Path) -> None:
    for name in ("b.xml", "a/deep/c.xml", "a/b.txt", "a.xml"):
        write(tmp_path / "out" / name, DOCUMENT)
    assert reading(tmp_path).files == ("a.xml", "b.xml", "a/deep/c.xml")
    assert reading(tmp_path, patterns=("*.xml",)).files == ("a.xml", "b.xml")
    assert reading(tmp_path, patterns=("./a/**",)).files == ("a/b.txt", "a/deep/c.xml")
    assert reading(tmp_path, patterns=("**/b*", "/a.xml")).files == ("a.xml", "b.xml", "a/b.txt")
    assert reading(tmp_path, patterns=("nothing/*.xml",)).files == ()


def test_a_link_is_never_followed(tmp_path: Path) -> None:
    write(tmp_path / "secret" / "out.xml", DOCUMENT)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "file.xml").symlink_to(tmp_path / "secret" / "out.xml")
    (tmp_path / "out" / "folder").symlink_to(tmp_path / "secret")
    assert reading(tmp_path) == Reading()
    assert reading(tmp_path, patterns=("../secret/*.xml", str(tmp_path / "secret" / "*.xml"))) == Reading()


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    os.mkfifo(tmp_path / "out" / "pipe.xml")
    assert [str(broken) for broken in reading(tmp_path).broken] == ["pipe.xml: It is no plain file."]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<testsuite>\n<testcase name='a'>\n", "report.xml, line 3: It is not XML: no element found."),
        ("<testsuite>\n</testcase>", "report.xml, line 2: It is not XML: mismatched tag."),
        ("  \n", "report.xml, line 1: It is empty."),
        (
            '<!DOCTYPE testsuite [<!ENTITY a "b">]><testsuite/>',
            "report.xml, line 1: It has a document type (<!DOCTYPE>)",
        ),
        ("<testsuite>" + "<x>" * 300, "report.xml, line 1: It is nested more than 200 levels deep."),
        ("<?xml version='1.0' encoding='klingon'?><testsuite/>", "report.xml, line 1: It is not XML: its encoding is"),
    ],
)
def test_a_broken_file_is_told_by_its_name_and_line(tmp_path: Path, text: str, told: str) -> None:
    assert str(reading(tmp_path, text).broken[0]).startswith(told)


def test_what_stands_before_the_break_is_known(tmp_path: Path) -> None:
    found = reading(tmp_path, '<testsuite><testcase name="a"/><testcase name="b"><fail')
    assert [case.name for case in found.cases] == ["a"]
    assert found.broken


@pytest.mark.parametrize(
    "entities",
    [
        '<!ENTITY a "1234567890"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">',
        '<!ENTITY c SYSTEM "file:///etc/passwd">',
        '<!ENTITY % c SYSTEM "http://127.0.0.1:1/x.dtd"> %c;',
    ],
)
def test_entities_are_refused_wherever_they_lead(tmp_path: Path, entities: str) -> None:
    text = f'<!DOCTYPE testsuite [{entities}]><testsuite><testcase name="&c;"/></testsuite>'
    found = reading(tmp_path, text)
    assert found.cases == ()
    assert "document type" in found.broken[0].flaw


def test_a_file_that_is_no_junit_at_all_is_passed_over(tmp_path: Path) -> None:
    jacoco = '<?xml version="1.0"?><!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" "report.dtd"><report/>'
    write(tmp_path / "out" / "coverage.xml", "<coverage/>")
    found = reading(tmp_path, jacoco)
    assert [(other.file, other.root) for other in found.others] == [
        ("coverage.xml", "coverage"),
        ("report.xml", "report"),
    ]
    assert not found.broken
    assert not found.files


@pytest.mark.parametrize(
    "text",
    [
        b'<testsuite><testcase name="a"><failure>\x1b[31mred\x00\x08</failure></testcase></testsuite>',
        b'<testsuite><testcase name="a"><failure>&#27;[31mred&#x0;&#x1F;</failure></testcase></testsuite>',
        b'<?xml version="1.0"?><testsuite><testcase name="a"><failure>red\xff</failure></testcase></testsuite>',
    ],
)
def test_what_xml_does_not_allow_but_tools_write_all_the_same_is_left_out(tmp_path: Path, text: bytes) -> None:
    (case,) = reading(tmp_path, text).cases
    assert case.outcome == "failed"
    assert "red" in case.message
    assert "\x1b" not in case.details


def test_other_encodings_are_read(tmp_path: Path) -> None:
    text = '<?xml version="1.0" encoding="{}"?><testsuite><testcase name="grün"/></testsuite>'
    for encoding in ("utf-16", "iso-8859-1", "windows-1252"):
        (case,) = reading(tmp_path, text.format(encoding).encode(encoding)).cases
        assert case.name == "grün"


NAMES = [*sorted(ROOTS | RESULTS), "testcase", "x:testcase", "stackTrace", "system-out", "property", "warning"]
ATTRIBUTES = st.dictionaries(st.sampled_from(["name", "classname", "message", "file", "line", "time", "status"]), WORDS)


def element(name: str, attributes: dict[str, str], children: list[str]) -> str:
    written = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{written}>{''.join(children)}</{name}>"


ELEMENTS = st.recursive(
    WORDS.map(escape),
    lambda inner: st.builds(element, st.sampled_from(NAMES), ATTRIBUTES, st.lists(inner, max_size=4)),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(st.lists(ELEMENTS, max_size=5))
def test_whatever_stands_in_a_report_is_read(children: list[str]) -> None:
    data = f'<testsuite xmlns:x="y">{"".join(children)}</testsuite>'.encode()
    parsed = parse_junit(data, lambda raw: case_of(raw, NOWHERE, None))
    assert not parsed.flaw
    assert bool(parsed.cases) >= (b"testcase" in data and b"<stackTrace" not in data)
    for case in parsed.cases:
        assert all(plain_text(text) == text for text in (case.name, case.group, case.message, case.details))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", b"\xff\xfe", b"<?xml version='1.0' encoding='utf-7'?>"]))
def test_no_bytes_at_all_break_the_reader(data: bytes, before: bytes) -> None:
    parsed = parse_junit(before + data, lambda raw: case_of(raw, NOWHERE, None))
    assert parsed.flaw or parsed.root


def test_a_file_that_is_too_large_is_told_and_not_read(tmp_path: Path) -> None:
    with write(tmp_path / "out" / "large.xml", DOCUMENT).open("ab") as file:
        file.truncate(LARGEST + 1)
    (broken,) = reading(tmp_path).broken
    assert str(broken) == "large.xml: It has more than 64 MB."


def test_a_file_that_nobody_may_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "out" / "x.xml").mkdir(parents=True)
    write(tmp_path / "out" / "a\x1b[31m\n::error::.xml", "<testsuite>")
    (broken,) = reading(tmp_path).broken
    assert broken.file == "a ::error::.xml"


def test_a_test_is_placed_in_the_checkout_only(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside.py", "")
    (tmp_path / "checkout").mkdir()
    (tmp_path / "checkout" / "link.py").symlink_to(outside)
    told = f"<failure>link.py:3 {outside}:4</failure>"
    text = f'<testsuite><testcase name="a" file="../outside.py" line="1">{told}</testcase></testsuite>'
    (case,) = reading(tmp_path, text).cases
    assert (case.file, case.line) == ("", 0)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from([".", "..", "/", "\\", "a", "a.py", ":", "1", '", line ', "com", "$", " "]), max_size=12)
)
def test_no_name_of_a_class_or_file_breaks_the_search_for_its_place(pieces: list[str]) -> None:
    words = "".join(pieces)
    assert NOWHERE.of(words, 1, words, f"{words}:1 a.py:1") == Place()


def test_a_test_of_a_module_is_found_in_it(tmp_path: Path) -> None:
    for file in ("cart/src/test/java/com/shop/CartTest.java", "bank/src/main/java/com/shop/Bank.java"):
        write(tmp_path / "checkout" / file, "")
    trace = "<failure>at com.shop.Bank.pay(Bank.java:7) at com.shop.CartTest.pays(CartTest.java:42)</failure>"
    text = f'<testsuite><testcase name="pays" classname="com.shop.CartTest">{trace}</testcase></testsuite>'
    (case,) = reading(tmp_path, text).cases
    assert (case.file, case.line) == ("cart/src/test/java/com/shop/CartTest.java", 42)
