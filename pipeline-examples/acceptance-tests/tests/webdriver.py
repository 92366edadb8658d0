"""A browser, told what to do in the words of WebDriver.

https://www.w3.org/TR/webdriver2/
"""

from __future__ import annotations

import base64
import json
from typing import Any, Self
from urllib.request import Request, urlopen

ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1024,768"]


class Browser:
    """One session of a browser, which ends with its context.

    Args:
        address: of the WebDriver server.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        wanted = {"browserName": "chrome", "goog:chromeOptions": {"args": ARGUMENTS}}
        session = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self._session = f"/session/{session['sessionId']}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ask("DELETE", self._session)

    def open(self, url: str) -> None:
        """Go to a page, and wait until it is loaded."""
        self._ask("POST", f"{self._session}/url", {"url": url})

    def text(self) -> str:
        """What a person reads on the page."""
        script = {"script": "return document.body.innerText", "args": []}
        return str(self._ask("POST", f"{self._session}/execute/sync", script))

    def picture(self) -> bytes:
        """The page as a PNG."""
        return base64.b64decode(self._ask("GET", f"{self._session}/screenshot"))

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = Request(self._address + path, data, {"Content-Type": "application/json"}, method=method)
        with urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]
