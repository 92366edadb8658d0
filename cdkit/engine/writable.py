"""What a plugin says may hold what no JSON can: it must not keep the others from being heard."""

from __future__ import annotations

from typing import Any

import msgspec

from cdkit.models.decoding import convert
from cdkit.models.event import Event, Warned


def writable(event: Event) -> Event:
    """The event, in a form that can be written down.

    Text with lone surrogates (names of files that are not UTF-8 have them) gets replacement characters; an event
    that holds something else that is no data is replaced by a warning that says so.
    """
    try:
        msgspec.json.encode(event)
    except UnicodeEncodeError:
        return convert(_encodable(msgspec.to_builtins(event)), type(event))
    except Exception as error:  # noqa: BLE001 -- what a plugin put into it may raise anything
        return Warned(step=event.step, time=event.time, message=f"Something was said that is no data: {error}")
    return event


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, dict):
        return {_encodable(key): _encodable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_encodable(item) for item in value]
    return value
