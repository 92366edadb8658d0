"""Parameters that manifests leave open: `${NAME}` stands for a value, `$${NAME}` for itself."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from cdkit.api import Node, Problem, did_you_mean, parse_scalar

_PARAMETER = re.compile(r"\$(\$?)\{([A-Za-z_][A-Za-z0-9_.-]*)\}")


def fill(node: Node, values: Mapping[str, str], problems: list[Problem]) -> Node:
    """The same tree with all parameters filled in.

    A value that is nothing but a parameter, without quotes, becomes what YAML would make of the parameter's text:
    `replicas: ${REPLICAS}` is a number. All other values stay text; a parameter can never become structure.

    Args:
        node: what was read.
        values: the parameters that are known.
        problems: gets every parameter that is not.
    """
    if isinstance(node.value, dict):
        children = {key: fill(child, values, problems) for key, child in node.value.items()}
        return msgspec.structs.replace(node, value=children)
    if isinstance(node.value, list):
        return msgspec.structs.replace(node, value=[fill(child, values, problems) for child in node.value])
    if "${" not in node.text:
        return node
    return _filled(node, values, problems)


def _filled(node: Node, values: Mapping[str, str], problems: list[Problem]) -> Node:
    for escaped, name in dict.fromkeys(_PARAMETER.findall(node.text)):
        if not escaped and name not in values:
            remedy = (
                f"{did_you_mean(name, values)} Say it under `parameters`, or write `$${{{name}}}` for the text itself."
            )
            problems.append(Problem(f"The parameter ${{{name}}} has no value.", node.position, remedy))
    whole = _PARAMETER.fullmatch(node.text)
    if whole is not None and not whole[1] and not node.quoted and whole[2] in values:
        read = parse_scalar(values[whole[2]], node.position.file)
        return msgspec.structs.replace(read, position=node.position)
    text = _PARAMETER.sub(lambda match: _replacement(match, values), node.text)
    return msgspec.structs.replace(node, value=text, text=text, quoted=True)


def _replacement(match: re.Match[str], values: Mapping[str, str]) -> str:
    return match[0][1:] if match[1] else values.get(match[2], match[0])
