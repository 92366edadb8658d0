"""JSON and plain values as what their types say, in any thread.

msgspec learns a type when it first meets it, by running Python, and keeps what it learns on the class before it is
complete. Another thread that comes to the same class in this moment ends the whole process by a segmentation fault
(msgspec 0.22). So types are learnt one after the other here, and msgspec's own functions are not called elsewhere.
"""

from __future__ import annotations

import threading
from typing import Any, TypeVar, overload

import msgspec

Shape = TypeVar("Shape")

_learning = threading.Lock()
_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def decoder_of(shape: Any) -> msgspec.json.Decoder[Any]:
    """The decoder of a type, which is also all that has to be learnt of it; it may be used by many threads."""
    found = _decoders.get(shape)
    if found is None:
        with _learning:
            found = _decoders.setdefault(shape, msgspec.json.Decoder(shape))
    return found


@overload
def decode_json(text: bytes | str, shape: type[Shape]) -> Shape: ...
@overload
def decode_json(text: bytes | str, shape: Any = Any) -> Any: ...
def decode_json(text: bytes | str, shape: Any = Any) -> Any:
    """JSON as a type; as dictionaries, lists and scalars without one.

    Raises:
        msgspec.DecodeError: it is no JSON; as its subclass `ValidationError`, it is of another type.
    """
    return decoder_of(shape).decode(text)


def convert(value: Any, shape: type[Shape]) -> Shape:
    """Dictionaries, lists and scalars as a type.

    Raises:
        msgspec.ValidationError: they are of another type.
    """
    decoder_of(shape)
    return msgspec.convert(value, shape)
