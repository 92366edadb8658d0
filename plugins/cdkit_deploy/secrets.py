"""The values of Secrets, so that nobody sees them: neither in an event, nor in a record, nor in an error."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Iterable, Iterator

import msgspec

from cdkit.api import Manifest, StepContext
from cdkit_deploy.difference.fields import field_changes

SHORTEST = 4
"""Characters of a value that is masked wherever it is shown: `1` or `on` would mask half of every sentence."""


def hide_secrets(ctx: StepContext, objects: Iterable[Manifest]) -> None:
    """Mask the values of all Secrets among the objects from now on.

    A value that is the name of something as well, a user named after the application, say, is shown: it hides nothing.
    """
    known = list(objects)
    values = {value for item in filter(is_a_secret, known) for value in _values(item)}
    _hide(ctx, values - {item["metadata"]["name"] for item in known})


def hide_former_secrets(ctx: StepContext, changes: Iterable[tuple[Manifest | None, Manifest]]) -> None:
    """Mask what stands now where a secret is to stand: the one before it, in all likelihood.

    A secret that is renewed is often valid for a while longer, and of the old one the run knows nothing else.

    Args:
        ctx: the step's context.
        changes: objects as they are, and as they are to be.
    """
    for live, wanted in changes:
        if live is not None and not is_a_secret(wanted) and holds_secret(ctx, wanted):
            _hide(ctx, set(_replaced(ctx, live, wanted)))


def _replaced(ctx: StepContext, live: Manifest, wanted: Manifest) -> Iterator[str]:
    """The lines that give way to a secret."""
    for change in field_changes(live, wanted):
        if isinstance(change.before, str) and isinstance(change.after, str) and ctx.holds_secret(change.after):
            yield from {*change.before.splitlines()} - {*change.after.splitlines()}


def _hide(ctx: StepContext, values: set[str]) -> None:
    names = {ctx.application, ctx.environment.name, ctx.namespace, ctx.step}
    ctx.run.hide(*sorted(value for value in values - names if len(value.strip()) >= SHORTEST))


def is_a_secret(item: Manifest) -> bool:
    """Whether an object is a Secret."""
    return bool(item["kind"] == "Secret")


def hold_secrets(ctx: StepContext, objects: Collection[Manifest]) -> bool:
    """Whether one of the objects is a Secret, or holds a secret of the run."""
    return any(map(is_a_secret, objects)) or any(holds_secret(ctx, item) for item in objects)


def holds_secret(ctx: StepContext, item: Manifest) -> bool:
    """Whether an object is a Secret, or holds a secret of the run: in a variable of a container, say."""
    return is_a_secret(item) or ctx.holds_secret(msgspec.json.encode(item).decode())


def _values(secret: Manifest) -> Iterator[str]:
    yield from (str(value) for value in (secret.get("stringData") or {}).values())
    for encoded in (secret.get("data") or {}).values():
        try:
            # Whoever masks a value masks its base64 too.
            yield base64.b64decode(str(encoded), validate=True).decode()
        except (binascii.Error, ValueError):
            yield str(encoded)
