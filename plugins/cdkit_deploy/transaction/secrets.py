"""The values of Secrets, so that nobody sees them: neither in an error that quotes them, nor in an event."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator

from cdkit.api import Manifest, StepContext

SHORTEST = 4
"""Characters of a value that is masked wherever it is shown: `1` or `on` would mask half of every sentence."""


def hide_secrets(ctx: StepContext, objects: Iterable[Manifest]) -> None:
    """Mask the values of all Secrets among the objects from now on.

    A value that is the name of something as well, a user named after the application, say, is shown: it hides nothing.
    """
    known = list(objects)
    values = {value for item in known if item["kind"] == "Secret" for value in _values(item)}
    names = {
        ctx.application,
        ctx.environment.name,
        ctx.namespace,
        ctx.step,
        *(item["metadata"]["name"] for item in known),
    }
    ctx.run.hide(*sorted(value for value in values - names if len(value.strip()) >= SHORTEST))


def _values(secret: Manifest) -> Iterator[str]:
    yield from (str(value) for value in (secret.get("stringData") or {}).values())
    for encoded in (secret.get("data") or {}).values():
        try:
            # Whoever masks a value masks its base64 too.
            yield base64.b64decode(str(encoded), validate=True).decode()
        except (binascii.Error, ValueError):
            yield str(encoded)
