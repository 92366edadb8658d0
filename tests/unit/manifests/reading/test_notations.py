"""The notations of metadata: every value knows its line, and every mistake its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdkit.api import InvalidInput
from cdkit_manifests.reading.data_file import as_words
from cdkit_manifests.reading.folder import DiskFolder
from cdkit_manifests.reading.json_file import read_commented_json, read_json
from cdkit_manifests.reading.properties_file import read_properties
from cdkit_manifests.reading.toml_file import read_toml
from cdkit_manifests.reading.xml_file import read_xml
from cdkit_manifests.reading.yaml_file import read_yaml


def folder(path: Path, name: str, text: str | bytes) -> DiskFolder:
    (path / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return DiskFolder(path)


def problem(raised: pytest.ExceptionInfo[InvalidInput]) -> str:
    (found,) = raised.value.problems
    return str(found)


def test_toml_tells_the_line_of_a_key_and_of_one_of_a_list(tmp_path: Path) -> None:
    text = '[project]\nname = "x"\n\n[a."b.c".d]\nk.l = 1\nlist = [\n  "one",\n  "two",\n]\n[[e]]\nf = 2\n'
    document = read_toml(folder(tmp_path, "a.toml", text), "a.toml")
    assert str(document.source("project", "name")) == "project.name in a.toml:2"
    assert document.source("a", "b.c", "d", "k", "l").line == 5
    assert document.source("a", "b.c", "d", "list", mention='"two"').line == 8
    assert document.source("nothing").line == 0
    assert document.source("e", "f", note="why").line == 11
    assert (document.word("project", "name"), document.word("a"), document.table("e")) == ("x", "", {})


def test_json_tells_the_line_of_a_key_whatever_stands_in_lists(tmp_path: Path) -> None:
    text = '{\n "a": {"b": [1, {"c": 2}, "d:"],\n  "e": "x{"},\n "f\\u0067": 3\n}'
    document = read_json(folder(tmp_path, "a.json", text), "a.json")
    assert [document.source(*keys).line for keys in (("a",), ("a", "b"), ("a", "e"), ("fg",), ("a", "x"))] == [
        2, 2, 3, 4, 2,
    ]  # fmt: skip


def test_the_json_of_dot_net_may_have_comments_and_a_comma_too_many(tmp_path: Path) -> None:
    text = '{ // why\n "a": "http://x", /* and\n so on */ "b": [1,],\n}'
    document = read_commented_json(folder(tmp_path, "a.json", text), "a.json")
    assert document.data == {"a": "http://x", "b": [1]}
    assert document.source("b").line == 3


def test_yaml_tells_the_line_of_a_key_in_each_of_its_documents(tmp_path: Path) -> None:
    text = "a:\n  b: 1\n---\na:\n  b: 2\n  v: @project.version@\n---\n- no mapping\n"
    one, two = read_yaml(folder(tmp_path, "a.yml", text), "a.yml")
    assert (one.source("a", "b").line, two.source("a", "b").line) == (2, 5)
    assert two.word("a", "v") == "${project.version}"
    assert read_yaml(DiskFolder(tmp_path), "nothing.yml") == []


def test_xml_tells_the_line_of_an_element_and_namespaces_count_nothing(tmp_path: Path) -> None:
    text = '<p:project xmlns:p="x">\n <a>\n  one &amp; <!-- no --> two </a>\n <a b="c">three</a></p:project>'
    root = read_xml(folder(tmp_path, "a.xml", text), "a.xml", "project")
    assert [(item.text, item.line) for item in root.all("a")] == [("one &  two", 2), ("three", 4)]
    assert root.first("a", "nothing").text == ""
    assert next(iter(root.everywhere("a"))).source("a.xml").line == 2


def test_xml_may_be_of_another_encoding(tmp_path: Path) -> None:
    latin = '<?xml version="1.0" encoding="ISO-8859-1"?><p>ü</p>'.encode("latin-1")
    assert read_xml(folder(tmp_path, "a.xml", latin), "a.xml", "p").text == "ü"
    assert read_xml(folder(tmp_path, "b.xml", "<p>ü</p>".encode("utf-16")), "b.xml", "p").text == "ü"


def test_properties_are_read_as_java_reads_them(tmp_path: Path) -> None:
    text = "# no\n! no\na=1\n b : two words \nc.d\\ e = \\u00fc\\n\\\n   more\nf\na=2\\\\\nlast=\\"
    properties = read_properties(folder(tmp_path, "a.properties", text), "a.properties")
    assert properties.values == {"a": "2\\", "b": "two words", "c.d e": "ü\nmore", "f": "", "last": ""}
    assert properties.lines == {"a": 8, "b": 4, "c.d e": 5, "f": 7, "last": 9}
    assert read_properties(folder(tmp_path, "b.properties", b"a=\xfc"), "b.properties").get("a") == "ü"


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.toml", "a = 1\nb = \n", "a.toml:2:5: It is not TOML: Invalid value."),
        ("a.toml", "a = [1,\n2", "a.toml:2:"),
        ("a.toml", "a = " + "[" * 5000, "a.toml:1:"),
        ("a.json", '{"a":\n 1,}', "a.json:2:"),
        ("a.json", "[]", "a.json:1:1: It must hold an object."),
        ("a.json", '{"a":' * 5000, "a.json:1:"),
        ("a.json", '{"a": ' + "9" * 5000 + "}", "a.json:1:1: It is nested too deeply, or holds a number"),
        ("a.yml", "a:\n\tb: 1\n", "a.yml:2:1: The file is not YAML"),
        ("a.yml", "a: 1\na: 2\n", "a.yml:2:1: The key 'a' stands twice"),
        ("a.xml", "<p>\n<a></p>", "a.xml:2:6: It is not XML: mismatched tag."),
        ("a.xml", "<p>\n", "a.xml:2:1: It is not XML: no element found."),
        ("a.xml", "<q/>", "a.xml:1:1: Its outermost element must be <p>, not <q>."),
        ("a.xml", '<?xml version="1.0" encoding="nonsense"?><p/>', "a.xml:1:"),
        ("a.xml", "<p>" * 200, "a.xml:1:1: It is nested more than 100 levels deep."),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, name: str, text: str, told: str) -> None:
    files = folder(tmp_path, name, text)
    readers = {
        "a.toml": lambda: read_toml(files, name),
        "a.json": lambda: read_json(files, name),
        "a.yml": lambda: read_yaml(files, name),
        "a.xml": lambda: read_xml(files, name, "p"),
    }
    with pytest.raises(InvalidInput) as raised:
        readers[name]()
    assert problem(raised).startswith(told)


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE p [<!ENTITY a "b">]><p>&a;</p>',
        '<!DOCTYPE p SYSTEM "http://127.0.0.1:9/x.dtd"><p/>',
        '<!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/passwd">]><p>&a;</p>',
        '<!DOCTYPE p [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><p>&b;</p>',
    ],
)
def test_xml_is_read_without_entities_and_without_the_network(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        read_xml(folder(tmp_path, "a.xml", text), "a.xml", "p")
    assert problem(raised) == "a.xml:1:1: It has a document type (<!DOCTYPE>), which is not read: take it out."


def test_words_are_the_texts_of_a_list() -> None:
    assert (as_words(["a", 1, "b"]), as_words("a"), as_words(None)) == (("a", "b"), (), ())
