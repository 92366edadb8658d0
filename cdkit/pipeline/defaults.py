"""What the file says once for all its steps."""

from __future__ import annotations

from typing import Any

from cdkit.pipeline.document import Node

DEFAULTS = "defaults"
SECTIONS = ("steps", "finally")
_PUT_TOGETHER = "env"


def apply_defaults(root: Node) -> Node:
    """The same document, with the defaults written into every step that does not say otherwise.

    A variable of `env` is added to the others of a step; anything else stands only where the step has nothing.
    """
    defaults = root.value.get(DEFAULTS) if isinstance(root.value, dict) else None
    if defaults is None or not isinstance(defaults.value, dict):
        return root
    sections = {key: _section(node, defaults) if key in SECTIONS else node for key, node in root.value.items()}
    return Node(sections, root.position, keys=root.keys)


def _section(node: Node, defaults: Node) -> Node:
    if not isinstance(node.value, dict):
        return node
    return Node({name: _step(step, defaults) for name, step in node.value.items()}, node.position, keys=node.keys)


def _step(step: Node, defaults: Node) -> Node:
    if not isinstance(step.value, dict):
        return step
    added: dict[str, Any] = {key: node for key, node in defaults.value.items() if key not in step.value}
    keys = {key: defaults.keys[key] for key in added}
    env, shared = step.value.get(_PUT_TOGETHER), defaults.value.get(_PUT_TOGETHER)
    if env is not None and shared is not None and isinstance(env.value, dict) and isinstance(shared.value, dict):
        together = Node({**shared.value, **env.value}, env.position, keys={**shared.keys, **env.keys})
        return Node({**step.value, **added, _PUT_TOGETHER: together}, step.position, keys={**keys, **step.keys})
    return Node({**step.value, **added}, step.position, keys={**keys, **step.keys})
