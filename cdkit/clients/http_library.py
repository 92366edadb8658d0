"""urllib3, without its support of HTTP/2.

Nobody has that who did not ask for it (`urllib3.http2.inject_into_urllib3`). To be able to look for its library it
imports `importlib.metadata`: 24 of the 50 ms that each command with a registry or a cluster would wait for it.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

_HTTP2 = "urllib3.http2"


def import_urllib3() -> None:
    """Import urllib3, where nobody has; whoever imports its HTTP/2 afterwards gets all of it."""
    spec = None if "urllib3" in sys.modules else find_spec("urllib3")
    if spec is None:
        return
    stand_in = ModuleType(_HTTP2)
    stand_in.__path__ = [f"{folder}/http2" for folder in spec.submodule_search_locations or ()]
    sys.modules[_HTTP2] = stand_in
    try:
        import_module("urllib3")
    finally:
        del sys.modules[_HTTP2]
