"""The options of a step as flags of a command line, and their values as what would stand in a pipeline file."""

from __future__ import annotations

import types
from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import click
import msgspec
from msgspec.structs import FieldInfo

from cdkit.errors import InvalidInput
from cdkit.models.duration import Duration
from cdkit.models.problem import Position, Problem
from cdkit.models.quantity import Quantity
from cdkit.pipeline.declared_types import fields_of, metas_of
from cdkit.pipeline.document import Node, parse_document, parse_scalar
from cdkit.step import StepOptions

WHERE_FROM = "Takes where it comes from: env:NAME, file:PATH, or - for the standard input."
"""The command line itself is no place for a secret: every user of the machine can read it."""

Form = Literal["switch", "several", "pairs", "one"]
"""How a flag is given: `--flag`, more than once, more than once as NAME=VALUE, or once with a value."""


class StepFlag(msgspec.Struct, frozen=True):
    """One option of a step on the command line.

    Attributes:
        key: the option's name in a pipeline file.
        field: what is known of it.
        name: the flag, `--pull-secrets`.
    """

    key: str
    field: FieldInfo
    name: str

    @property
    def parameter(self) -> str:
        """The name under which click hands the value over; no option of our own begins like this."""
        return f"step_option_{self.field.name}"

    @property
    def is_secret(self) -> bool:
        """Whether it only takes where a secret comes from; declared with `Meta(extra={"secret": True})`."""
        return any((meta.extra or {}).get("secret") is True for meta in metas_of(self.field.type))

    def option(self) -> click.Option:
        """The flag as click knows it. Every value stays text: it is decoded as in a pipeline file."""
        form = form_of(self.field.type)
        declared = f"{self.name}/--no-{self.name.removeprefix('--')}" if form == "switch" else self.name
        multiple = form in {"several", "pairs"}
        return click.Option(
            [declared, self.parameter],
            default=None,
            multiple=multiple,
            type=click.BOOL if form == "switch" else click.STRING,
            metavar=None if form == "switch" else _metavar(self.field.type, form),
            help=_help(self.field, repeatable=multiple, is_secret=self.is_secret),
        )


def flags_of(options: type[StepOptions]) -> list[StepFlag]:
    """The flags of a step, in the order of its options."""
    return [StepFlag(key, field, f"--{key.replace('_', '-')}") for key, field in fields_of(options).items()]


def options_node(
    flags: Collection[StepFlag], values: Mapping[str, Any], place: Position, problems: list[Problem]
) -> Node:
    """What would stand under `with:`.

    Args:
        flags: the step's flags.
        values: what click found, by parameter.
        place: where problems are that no flag is to blame for.
        problems: gets what is missing or cannot be read. What is missing is pending in the node, so that reading on
            finds what else is wrong.
    """
    children: dict[str, Node] = {}
    for flag in flags:
        value = values.get(flag.parameter)
        position = Position(flag.name, 1, 1)
        if value not in (None, ()):
            node = _node(flag, value, position, problems)
        elif flag.field.required:
            problems.append(Problem(f"{flag.name} is missing: {description_of(flag.field) or flag.key}"))
            node = Node(None, position, pending=True)
        else:
            continue
        children[flag.key] = node
    return Node(children, place, keys={key: child.position for key, child in children.items()})


def form_of(wanted: Any) -> Form:
    """How an option of a type is given."""
    bases = {get_origin(member) or member for member in _members(wanted)}
    if bases == {bool}:
        return "switch"
    if bases & {list, tuple}:
        return "several"
    return "pairs" if dict in bases else "one"


def description_of(field: FieldInfo) -> str:
    """What the step says about an option."""
    return next((meta.description for meta in metas_of(field.type) if meta.description), "")


def _node(flag: StepFlag, value: Any, position: Position, problems: list[Problem]) -> Node:
    form = form_of(flag.field.type)
    members = _members(flag.field.type)
    if form == "switch":
        return Node(value, position, text="true" if value else "false")
    if form == "one":
        return _read(value, members, position, problems)
    if form == "pairs":
        return _pairs(flag, value, position, problems)
    if len(value) == 1 and str in members:
        return _read(value[0], (str,), position, problems)
    items = _members(_argument(members, {list, tuple}, 0))
    return Node([_read(each, items, position, problems) for each in value], position)


def _pairs(flag: StepFlag, pairs: tuple[str, ...], position: Position, problems: list[Problem]) -> Node:
    members = _members(_argument(_members(flag.field.type), {dict}, 1))
    found: dict[str, Node] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if equals and name:
            found[name] = _read(value, members, position, problems)
        else:
            problems.append(Problem(f"{flag.name} takes NAME=VALUE, not {pair!r}."))
    return Node(found, position, keys=dict.fromkeys(found, position))


def _read(text: str, members: tuple[Any, ...], position: Position, problems: list[Problem]) -> Node:
    """One value: text as it is where text is wanted, else as YAML would read it."""
    if set(members) <= {str, Duration, Quantity, type(None)} or any(
        get_origin(member) is Literal for member in members
    ):
        return Node(text, position, text=text)
    if any(_is_nested(member) for member in members):
        try:
            return parse_document(text, position.file)
        except InvalidInput as error:
            problems.extend(error.problems)
            return Node(None, position, pending=True)
    return parse_scalar(text, position.file)


def _is_nested(member: Any) -> bool:
    base = get_origin(member) or member
    return member is Any or base in {list, tuple, dict} or (isinstance(base, type) and issubclass(base, msgspec.Struct))


def _members(wanted: Any) -> tuple[Any, ...]:
    """The types that a value may have; None aside, which no flag can give."""
    inner = get_args(wanted)[0] if get_origin(wanted) is Annotated else wanted
    if get_origin(inner) in {Union, types.UnionType}:
        return tuple(each for member in get_args(inner) for each in _members(member) if each is not type(None))
    return (inner,)


def _argument(members: tuple[Any, ...], bases: set[Any], index: int) -> Any:
    """The type of what a list or a mapping holds; text when it does not say."""
    holder = next(member for member in members if (get_origin(member) or member) in bases)
    return get_args(holder)[index] if get_args(holder) else str


def _metavar(wanted: Any, form: Form) -> str:
    members = _members(wanted)
    if form == "pairs":
        return "NAME=VALUE"
    literal = next((member for member in members if get_origin(member) is Literal), None)
    if literal is not None:
        return f"[{'|'.join(map(str, get_args(literal)))}]"
    words = {int: "NUMBER", float: "NUMBER", Duration: "DURATION", Quantity: "QUANTITY"}
    return words.get(members[0], "TEXT")


def _help(field: FieldInfo, *, repeatable: bool, is_secret: bool) -> str:
    notes = ["required"] if field.required else []
    default = None if field.default is msgspec.NODEFAULT else field.default
    if isinstance(default, Duration):
        notes.append(f"default: {default.written()}")
    elif default not in (None, "", False):
        notes.append(f"default: {default}")
    if repeatable:
        notes.append("can be repeated")
    told = f"  [{', '.join(notes)}]" if notes else ""
    source = f" {WHERE_FROM}" if is_secret else ""
    return f"{description_of(field)}{source}{told}".strip()
