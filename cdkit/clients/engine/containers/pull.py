"""Fetching an image, by the engine.

https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Image/operation/ImageCreate
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

import msgspec

from cdkit.clients.engine.containers.request import Request
from cdkit.clients.engine.messages import registry_error
from cdkit.clients.registry.logins import Login
from cdkit.models.decoding import decode_json
from cdkit.models.image import ImageReference
from cdkit.ports.image_engine import OnProgress


def pull_request(reference: str, login: Login | None) -> Request:
    """The request for an image; without tag and digest `latest` is meant, as everywhere."""
    parsed = ImageReference.parse(reference)
    return Request(
        what=f"Cannot pull {reference}",
        method="POST",
        path="/images/create",
        query={"fromImage": parsed.repository, "tag": parsed.digest or parsed.tag or "latest"},
        login=_encoded(login, parsed.registry) if login else "",
        meaning=registry_error,
    )


def read_pull(lines: Iterable[bytes], reference: str, on_progress: OnProgress) -> None:
    """Read what the engine says while it pulls, to the end.

    Raises:
        RegistryUnreachable, AccessDenied, ObjectNotFound: it says that the pull failed.
    """
    for line in lines:
        message: dict[str, Any] = decode_json(line)
        if failure := message.get("errorDetail") or message.get("error"):
            said = failure.get("message", "") if isinstance(failure, dict) else failure
            raise registry_error(str(said), f"Cannot pull {reference}")
        detail = message.get("progressDetail") or {}
        if "current" in detail:
            on_progress(str(message.get("id", "")), detail["current"], detail.get("total", 0))


def _encoded(login: Login, registry: str) -> str:
    """A login as the header takes it: https://docs.docker.com/reference/api/engine/version/v1.41/#section/Authentication."""
    words = {
        "username": login.username,
        "password": login.password,
        "identitytoken": login.identity_token,
        "registrytoken": login.registry_token,
        "serveraddress": registry,
    }
    return base64.urlsafe_b64encode(msgspec.json.encode({name: word for name, word in words.items() if word})).decode()
