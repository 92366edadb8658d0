"""The templates of a chart: the objects, with a reference in the place of each value."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

import msgspec

from cdkit.api import Manifest
from cdkit_manifests.writers.field_order import ordered
from cdkit_manifests.writers.helm.naming import ValuePath
from cdkit_manifests.writers.helm.settable import Settable
from cdkit_manifests.writers.yaml_text import Comments, Snippet, document


class Reference(msgspec.Struct, frozen=True):
    """A field that takes its value from the chart's values.

    Attributes:
        field: the field.
        expression: what gives the value in a template: `.Values.deployment.hello.replicas`.
        when: what has to be true for the field to be there; empty where it always is.
    """

    field: Settable
    expression: str
    when: str = ""


def template(item: Manifest, references: Iterable[Reference], notes: Comments, condition: ValuePath | None) -> str:
    """The template of one object.

    Args:
        item: the object as most environments have it.
        references: its fields that are values.
        notes: comments by field.
        condition: the value that says whether there is such an object at all; None where there always is.
    """
    holed = _escaped(copy.deepcopy(item))
    for reference in references:
        _place(holed, reference)
    text = document(ordered(holed), {path: escaped(note) for path, note in notes.items()})
    if condition is None:
        return text
    return f"{{{{- if {value_of(condition)} }}}}\n{text}{{{{- end }}}}\n"


def value_of(path: ValuePath) -> str:
    """The expression of a value."""
    return ".".join(("", "Values", *path))


def escaped(text: str) -> str:
    """Text in which a template finds nothing to do. Backticks need no quoting of YAML's."""
    return text.replace("{{", "{{`{{`}}")


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return escaped(value)
    if isinstance(value, dict):
        return {escaped(name): _escaped(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_escaped(entry) for entry in value]
    return value


def _place(item: Any, reference: Reference) -> None:
    *way, last = reference.field.keys
    for step in way:
        item = item[escaped(step) if isinstance(step, str) else step]
    item[escaped(str(last))] = _snippet(reference)


def _snippet(reference: Reference) -> Snippet:
    field, expression = reference.field, reference.expression
    if any(isinstance(value, dict | list) for value in field.values.values()):
        text = f"{{{{- toYaml {expression} | nindent {_indentation(field) + 2} }}}}"
        written = Snippet("", after=(f"  {text}",))
    else:
        written = Snippet(f"{{{{ {expression} | toJson }}}}")
    if not reference.when:
        return written
    before, after = f"{{{{- if {reference.when} }}}}", "{{- end }}"
    return msgspec.structs.replace(written, before=(before,), after=(*written.after, after))


def _indentation(field: Settable) -> int:
    """How far in a field stands; lists stand at the indentation of their key, so that numbers do not count."""
    return 2 * sum(isinstance(step, str) for step in field.keys[:-1])
