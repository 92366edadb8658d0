"""`${{ }}`: finding expressions in text, the references in them, and their values.

An expression is Jinja2's, in its sandbox, with strict undefined. A plain dotted reference (`vars.registry`), which is
what nearly all of them are, is looked up directly and means the same: such a pipeline need not load Jinja2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from cdkit.pipeline.document import Node, scalar_text

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_DOTTED = re.compile(r"\s*([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*")
_CONSTANTS = frozenset({"true", "false", "none", "True", "False", "None"})


class ExpressionError(Exception):
    """An expression cannot be read or has no value; the message says why in a sentence."""


class Pending(msgspec.Struct, frozen=True):
    """Stands in a scope for what is known only after a step has run, or only where it may be asked.

    Attributes:
        why: what it waits for.
        text: the text that it is a part of, when it is a part of one.
    """

    why: str
    text: str = ""

    def __str__(self) -> str:
        return self.text or f"({self.why})"


class Reference(msgspec.Struct, frozen=True):
    """What an expression refers to, as far as it can be read without a value: `("steps", "push", "image")`."""

    path: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(self.path)


Scope = Mapping[str, Any]
"""What the names in an expression stand for. A value may be plain data, a `Node`, or `Pending`."""


def has_expression(text: str) -> bool:
    """Whether a text holds `${{`."""
    return "${{" in text


def is_whole_expression(text: str) -> bool:
    """Whether a text is one expression and nothing else; only then does its value keep its type."""
    return len(_EXPRESSION.findall(text)) == 1 and not _EXPRESSION.sub("", text).strip()


def references_in(text: str) -> list[Reference]:
    """What the expressions in a text refer to.

    Raises:
        ExpressionError: one of them cannot be read.
    """
    return [reference for source in _sources(text) for reference in _references(source)]


def evaluate_text(text: str, scope: Scope) -> Any:
    """The value of a text: of the expression itself when the text is one whole expression, else text.

    Gives `Pending` when a part of it is not known yet.

    Raises:
        ExpressionError: an expression cannot be read, or has no value.
    """
    sources = _sources(text)
    if is_whole_expression(text):
        return _evaluate(sources[0], scope)
    values = [_evaluate(source, scope) for source in sources]
    waiting = next((value for value in values if isinstance(value, Pending)), None)
    remaining = iter(values)
    joined = _EXPRESSION.sub(lambda _: _in_text(next(remaining)), text)
    return Pending(waiting.why, joined) if waiting else joined


def resolve(node: Node, scope: Scope, fail: Callable[[Node, ExpressionError], None]) -> Node:
    """The same tree with every expression in it replaced by its value.

    Args:
        node: what stands in the file.
        scope: what names stand for.
        fail: told of each node whose expression has no value; the node is then pending.
    """
    if isinstance(node.value, dict):
        children = {key: resolve(item, scope, fail) for key, item in node.value.items()}
        return msgspec.structs.replace(node, value=children)
    if isinstance(node.value, list):
        return msgspec.structs.replace(node, value=[resolve(item, scope, fail) for item in node.value])
    if not isinstance(node.value, str) or not has_expression(node.value):
        return node
    try:
        value = evaluate_text(node.value, scope)
    except ExpressionError as error:
        fail(node, error)
        return msgspec.structs.replace(node, pending=True)
    if isinstance(value, Pending):
        return Node(None, node.position, text=str(value), pending=True)
    if isinstance(value, Node):
        return msgspec.structs.replace(value, position=node.position)
    return Node.of(value, node.position)


def _sources(text: str) -> list[str]:
    sources = _EXPRESSION.findall(text)
    if has_expression(_EXPRESSION.sub("", text)):
        raise ExpressionError("`${{` has no `}}`.")
    if any(not source.strip() for source in sources):
        raise ExpressionError("`${{ }}` is empty.")
    return sources


def _in_text(value: Any) -> str:
    if isinstance(value, Node):
        if isinstance(value.value, dict | list):
            raise ExpressionError(f"{value.kind.capitalize()} cannot stand inside text.")
        return value.text
    if isinstance(value, dict | list | tuple):
        raise ExpressionError("A list or a mapping cannot stand inside text.")
    return str(value) if isinstance(value, Pending) else scalar_text(value)


def _evaluate(source: str, scope: Scope) -> Any:
    dotted = _DOTTED.fullmatch(source)
    if dotted and dotted[1] not in _CONSTANTS:
        return _look_up(dotted[1].split("."), scope)
    references = _references(source)
    for reference in references:
        found = _pending_at(reference, scope)
        if found is not None:
            return found
    return _evaluate_with_jinja(source, {reference.path[0] for reference in references}, scope)


def _look_up(path: list[str], scope: Scope) -> Any:
    value: Any = scope
    for index, name in enumerate(path):
        if isinstance(value, Pending):
            return value
        children = value.value if isinstance(value, Node) else value
        if not isinstance(children, Mapping) or name not in children:
            raise ExpressionError(f"`{'.'.join(path[: index + 1])}` is not defined.")
        value = children[name]
    return value


def _pending_at(reference: Reference, scope: Scope) -> Pending | None:
    value: Any = scope
    for name in reference.path:
        children = value.value if isinstance(value, Node) else value
        if isinstance(children, Pending):
            return children
        if not isinstance(children, Mapping) or name not in children:
            return None
        value = children[name]
    return _first_pending(value)


def _first_pending(value: Any) -> Pending | None:
    if isinstance(value, Pending):
        return value
    items: Iterable[Any] = value.values() if isinstance(value, Mapping) else ()
    return next((found for item in items if (found := _first_pending(item)) is not None), None)


def _evaluate_with_jinja(source: str, roots: set[str], scope: Scope) -> Any:
    from jinja2 import Undefined

    unknown = sorted(roots - set(scope))
    if unknown:
        raise ExpressionError(f"`{unknown[0]}` is not defined.")
    try:
        compiled = _environment().compile_expression(source, undefined_to_none=False)
        value = compiled(**{root: _plain(scope[root]) for root in roots})
        if isinstance(value, Undefined):
            str(value)
        return _data(value)
    except Exception as error:  # an expression can fail in as many ways as Python can
        reason = str(error).rstrip(".") or type(error).__name__
        raise ExpressionError(f"`{source.strip()}` has no value: {reason}.") from error


def _data(value: Any) -> Any:
    """The value as plain data; some filters give subclasses of text, or generators."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _data(item) for key, item in value.items()}
    if isinstance(value, list | tuple | Iterator):
        return [_data(item) for item in value]
    raise TypeError(f"it gives a {type(value).__name__}, which is no text, number, list or mapping")


def _plain(value: Any) -> Any:
    if isinstance(value, Node):
        return value.plain()
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value


@lru_cache(maxsize=4096)
def _references(source: str) -> tuple[Reference, ...]:
    dotted = _DOTTED.fullmatch(source)
    if dotted:
        return () if dotted[1] in _CONSTANTS else (Reference(tuple(dotted[1].split("."))),)
    from jinja2 import TemplateSyntaxError, nodes

    found: list[Reference] = []
    try:
        _collect(_parse(source), found, nodes)
    except TemplateSyntaxError as error:
        reason = (error.message or "it does not parse").rstrip(".")
        raise ExpressionError(f"`{source.strip()}` is not an expression: {reason}.") from error
    except RecursionError as error:
        raise ExpressionError("An expression is nested too deeply.") from error
    return tuple(found)


def _parse(source: str) -> Any:
    """The tree of one expression, read in the way of Jinja2's own `compile_expression`."""
    from jinja2 import TemplateSyntaxError
    from jinja2.parser import Parser

    parser = Parser(_environment(), source, state="variable")
    tree = parser.parse_expression()
    if not parser.stream.eos:
        raise TemplateSyntaxError(f"unexpected {str(parser.stream.current)!r}", parser.stream.current.lineno)
    return tree


def _collect(tree: Any, found: list[Reference], nodes: Any) -> None:
    """Every name in a tree of Jinja2, with the attributes behind it as far as they are written out."""
    path = _static_path(tree, nodes)
    if path:
        found.append(Reference(path))
        return
    for child in tree.iter_child_nodes():
        _collect(child, found, nodes)


def _static_path(tree: Any, nodes: Any) -> tuple[str, ...]:
    if isinstance(tree, nodes.Name):
        return (tree.name,)
    if isinstance(tree, nodes.Getattr):
        head = _static_path(tree.node, nodes)
        return (*head, tree.attr) if head else ()
    if isinstance(tree, nodes.Getitem) and isinstance(tree.arg, nodes.Const) and isinstance(tree.arg.value, str):
        head = _static_path(tree.node, nodes)
        return (*head, tree.arg.value) if head else ()
    return ()


@lru_cache(maxsize=1)
def _environment() -> SandboxedEnvironment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class ExpressionEnvironment(ImmutableSandboxedEnvironment):
        """A dot is a key first: `vars.items` is the variable, never a method of the mapping."""

        intercepted_binops = frozenset({"**", "*"})

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            """Refuse what makes much out of little: `9 ** 9 ** 9` and `'x' * 10000000000` would not come to an end."""
            if operator == "**" or not isinstance(left, int | float) or not isinstance(right, int | float):
                raise TypeError(f"`{operator}` is for numbers only" if operator == "*" else "there are no powers here")
            return left * right

        def getattr(self, obj: Any, attribute: str) -> Any:
            return obj[attribute] if isinstance(obj, Mapping) and attribute in obj else super().getattr(obj, attribute)

    environment = ExpressionEnvironment(undefined=StrictUndefined)
    # `range(10**9)` and `lipsum` only help somebody who wants to use up memory.
    environment.globals.clear()
    return environment
