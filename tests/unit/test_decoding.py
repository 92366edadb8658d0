"""JSON becomes types in any thread, also when several meet a type for the first time at once."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import msgspec
import pytest

from cdkit.models.decoding import convert, decode_json

AT_ONCE = """
import sys, threading
import msgspec
from cdkit.models.decoding import convert, decode_json

TYPES = '''
from __future__ import annotations
import msgspec
class Inner(msgspec.Struct, frozen=True):
    name: str = ""
    labels: dict[str, str] = {}
class Outer(msgspec.Struct, frozen=True):
    one: Inner = Inner()
    many: list[Inner] = []
    maybe: Inner | None = None
'''

value = {"one": {"name": "a"}, "many": [{"labels": {"b": "c"}}], "maybe": {"name": "d"}}
text = msgspec.json.encode(value)
sys.setswitchinterval(1e-6)
found = []
for number in range(300):
    module = type(sys)(f"types_{number}")
    sys.modules[module.__name__] = module
    exec(TYPES, vars(module))
    together = threading.Barrier(4)

    def learn(use):
        together.wait()
        found.append(use().maybe.name)

    uses = [lambda: decode_json(text, module.Outer), lambda: convert(value, module.Outer)] * 2
    threads = [threading.Thread(target=learn, args=(use,)) for use in uses]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
print(len(found), set(found))
"""


def test_threads_that_meet_a_type_for_the_first_time_together_all_get_it() -> None:
    # In a process of its own: msgspec alone ends it by a signal here.
    ended = subprocess.run([sys.executable, "-c", AT_ONCE], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, "1200 {'d'}\n"), ended.stderr


class Point(msgspec.Struct, frozen=True):
    x: int


def test_without_a_type_json_is_plain() -> None:
    assert decode_json(b'{"x": [1, null]}') == {"x": [1, None]}


@pytest.mark.parametrize("shape", [Point, list[Point], dict[str, Point], Point | None])
def test_a_value_of_another_type_is_refused(shape: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        decode_json(b'{"x": "one"}', shape)
    with pytest.raises(msgspec.ValidationError):
        convert({"x": "one"}, shape)


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_json(b"{", Point)
