"""`${{ }}`: values, references, and the walls around them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdkit.models.problem import Position
from cdkit.pipeline import expressions
from cdkit.pipeline.document import Node, parse_document
from cdkit.pipeline.expressions import ExpressionError, Pending, evaluate_text, references_in, resolve

HERE = Position("f", 1, 1)
VARIABLES = parse_document(
    "replicas: 3\nversion: 1.50\nregistry: r:5000\nflag: no\nports: [80, 443]\nlimits: {cpu: 2}\nempty:\nitems: [1]\n",
    "f",
).value
SCOPE: dict[str, Any] = {
    "vars": VARIABLES,
    "build": {"branch": "main", "tag": ""},
    "steps": {"push": Pending("known after push"), "image": {"tag": "t1", "count": 2}},
}


def value(text: str) -> Any:
    found = evaluate_text(text, SCOPE)
    return found.plain() if isinstance(found, Node) else found


def error(text: str) -> str:
    with pytest.raises(ExpressionError) as caught:
        evaluate_text(text, SCOPE)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${{ vars.replicas }}", 3),
        ("${{vars.flag}}", False),
        ("  ${{ vars.limits }}\n", {"cpu": 2}),
        ("${{ vars.ports }}", [80, 443]),
        ("${{ vars.items }}", [1]),
        ("${{ vars.empty }}", None),
        ("${{ vars.replicas + 1 }}", 4),
        ("${{ vars.limits.cpu * 2.5 }}", 5.0),
        ("${{ vars.ports[1] }}", 443),
        ("${{ vars['registry'] }}", "r:5000"),
        ("${{ vars.items[0] }}", 1),
        ("${{ vars.ports | length }}", 2),
        ("${{ vars.ports | map('string') }}", ["80", "443"]),
        ("${{ '<a>' | escape }}", "&lt;a&gt;"),
        ("${{ build.branch == 'main' and not vars.flag }}", True),
        ("${{ 'yes' if build.tag else 'no' }}", "no"),
        ("${{ true }}", True),
        ("${{ none }}", None),
        ("${{ -vars.replicas }}", -3),
        ("${{ (1, 2) }}", [1, 2]),
    ],
)
def test_a_whole_expression_keeps_the_type_of_its_value(text: str, expected: object) -> None:
    found = value(text)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("${{ vars.registry }}/hello", "r:5000/hello"),
        ("v${{ vars.version }}", "v1.50"),
        ("${{ vars.flag }}!", "no!"),
        ("${{ vars.replicas + 1 }} of ${{ vars.replicas }}", "4 of 3"),
        ("[${{ vars.empty }}]", "[]"),
        ("${{ vars.replicas == 3 }}.", "true."),
        ("${{ steps.image.tag }}-${{ steps.image.count }}", "t1-2"),
        (r"\1 ${{ vars.replicas }} \g<0>", r"\1 3 \g<0>"),
    ],
)
def test_expressions_in_text_become_text_as_it_was_written(text: str, expected: str) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${{ vars.replica }}", "`vars.replica` is not defined."),
        ("${{ vars.replicas.more }}", "`vars.replicas.more` is not defined."),
        ("${{ nothing }}", "`nothing` is not defined."),
        ("${{ nothing + 1 }}", "`nothing` is not defined."),
        ("${{ vars.replica + 1 }}", "`vars.replica + 1` has no value: 'dict object' has no attribute 'replica'."),
        ("${{ vars['x'] }}", "`vars['x']` has no value: 'dict object' has no attribute 'x'."),
        ("${{ vars.replicas + vars.registry }}", "`vars.replicas + vars.registry` has no value: unsupported operand"),
        ("a ${{ vars.ports }}", "A list cannot stand inside text."),
        ("a ${{ [1] }}", "A list or a mapping cannot stand inside text."),
        ("${{ vars.a", "`${{` has no `}}`."),
        ("${{ }}", "`${{ }}` is empty."),
        ("${{ 1 + }}", "`1 +` is not an expression: "),
        ("${{ vars.replicas - }}", "`vars.replicas -` is not an expression: "),
        ("${{ 1 2 }}", "`1 2` is not an expression: unexpected 'integer'."),
        ("${{ 'a }}", "`'a` is not an expression: "),
        ("${{ 1 | nope }}", "`1 | nope` has no value: No filter named 'nope'."),
        ("${{ 1 / 0 }}", "`1 / 0` has no value: division by zero."),
        ("${{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "An expression is nested too deeply."),
        ("${{ " + "not " * 5000 + " true }}", "An expression is nested too deeply."),
    ],
)
def test_what_has_no_value_is_told_in_a_sentence(text: str, message: str) -> None:
    told = error(text)
    assert message in told
    assert "\n" not in told.removeprefix(text)


@pytest.mark.parametrize(
    "source",
    [
        "''.__class__",
        "''['__class__']",
        "vars.__class__",
        "vars.replicas.__class__.__mro__",
        "(vars.registry | attr('__class__'))",
        "vars.get.__func__",
        "vars.registry.format.__globals__",
        "'{0.__class__}'.format(vars)",
        "[].__class__.__base__.__subclasses__()",
        "vars.ports.append(1)",
        "vars.ports.clear()",
        "vars.limits.update({'cpu': 9})",
        "vars.limits.pop('cpu')",
        "vars.registry.upper",
        "vars.limits.get",
        "range(10)",
        "lipsum()",
        "cycler(1)",
        "dict(a=1)",
        "namespace()",
        "self",
        "9 ** 9 ** 9",
        "'x' * 10000000000",
        "[0] * 10000000000",
    ],
)
def test_an_expression_reaches_no_further_than_its_data(source: str) -> None:
    before = value("${{ vars.ports }}"), value("${{ vars.limits }}")
    error(f"${{{{ {source} }}}}")
    assert (value("${{ vars.ports }}"), value("${{ vars.limits }}")) == before


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("${{ steps.push.image }}", "(known after push)"),
        ("${{ steps.push.image ~ 'x' }}", "(known after push)"),
        ("${{ steps['push'] }}", "(known after push)"),
        ("r/${{ steps.push.image }}", "r/(known after push)"),
        ("(${{ steps.push.image }})", "((known after push))"),
        ("${{ vars.registry }}/${{ steps.push.image }}:1", "r:5000/(known after push):1"),
        ("${{ steps.push.size > 3 and vars.flag }}", "(known after push)"),
    ],
)
def test_what_is_not_known_yet_makes_all_around_it_pending(text: str, shown: str) -> None:
    found = evaluate_text(text, SCOPE)
    assert isinstance(found, Pending)
    assert found.why == "known after push"
    assert str(found) == shown


def test_an_error_beside_what_is_pending_is_told_all_the_same() -> None:
    assert error("${{ steps.push.image }}${{ vars.nope }}") == "`vars.nope` is not defined."


def test_a_tree_is_resolved_with_places_and_types_kept() -> None:
    node = parse_document(
        "a: ${{ vars.replicas }}\nb: [x, '${{ steps.push.image }}']\nc: ${{ vars.nope }}\nd: ${{ vars.limits }}\n", "f"
    )
    failed: list[tuple[str, str]] = []
    found = resolve(node, SCOPE, lambda leaf, why: failed.append((str(leaf.position), str(why)))).value
    assert (found["a"].value, str(found["a"].position)) == (3, "f:1:4")
    assert (found["b"].value[1].pending, found["b"].value[1].text) == (True, "(known after push)")
    assert failed == [("f:3:4", "`vars.nope` is not defined.")]
    assert found["c"].pending
    assert found["d"].plain() == {"cpu": 2}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${{ steps.push.image }}", ["steps.push.image"]),
        ("${{ steps['smoke-test'].pod ~ vars.a }}", ["steps.smoke-test.pod", "vars.a"]),
        ("${{ a.b if c else d['e'].f }}", ["c", "a.b", "d.e.f"]),
        ("${{ steps[vars.which].x }}", ["steps", "vars.which"]),
        ("${{ vars.list[0].x }}", ["vars.list"]),
        ("${{ a | default(b.c) }}", ["a", "b.c"]),
        ("${{ f(a, k=b) }}", ["f", "a", "b"]),
        ("x ${{ a }} y ${{ b.c }}", ["a", "b.c"]),
        ("${{ true }}${{ 1 }}", []),
        ("no expression", []),
    ],
)
def test_references_are_read_without_a_value(text: str, expected: list[str]) -> None:
    assert sorted(map(str, references_in(text))) == sorted(expected)


NAMES = st.sampled_from(["a", "b", "items", "keys", "get", "x1", "_y", "True_"])
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)
TREES = st.recursive(LEAVES, lambda below: st.dictionaries(NAMES, below, max_size=4), max_leaves=8)


@given(scope=st.dictionaries(NAMES, TREES, min_size=1, max_size=4), path=st.lists(NAMES, min_size=1, max_size=4))
def test_a_plain_dotted_reference_means_what_jinja_means(scope: dict[str, Any], path: list[str]) -> None:
    dotted = ".".join(path)
    tree = {name: Node.of(item, HERE) for name, item in scope.items()}

    def outcome(text: str) -> Any:
        try:
            found = evaluate_text(text, tree)
        except ExpressionError:
            return "error"
        return found.plain() if isinstance(found, Node) else found

    # In brackets it is not plain any more, and Jinja2 reads it.
    assert outcome(f"${{{{ {dotted} }}}}") == outcome(f"${{{{ ({dotted}) }}}}")


@given(st.text(alphabet="abv.s[]()'\"|~+-*/%<>=!{}$ 019_,:\\\n", max_size=30))
def test_any_expression_has_a_value_or_a_problem(source: str) -> None:
    try:
        references_in(f"${{{{{source}}}}}")
        evaluate_text(f"${{{{{source}}}}}", {"a": 1, "b": {"v": "s"}})
    except ExpressionError as raised:
        assert str(raised)  # noqa: PT017 -- either outcome is right


def test_a_plain_pipeline_needs_no_jinja() -> None:
    expressions._environment.cache_clear()
    assert value("${{ vars.registry }}/x") == "r:5000/x"
    assert expressions._environment.cache_info().currsize == 0
