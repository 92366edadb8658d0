"""Addresses with a login in them."""

from __future__ import annotations

import re

_LOGIN_IN_URL = re.compile(r"^(https?://)[^/@]*@")
_PASSWORD_IN_URL = re.compile(r"^([a-z+]+://[^/@:]*):[^/@]*@")


def without_login(url: str) -> str:
    """A remote's URL without the user and password that build servers put into it.

    The user of an ssh URL stays: it is a part of the address, and no secret.
    """
    return _PASSWORD_IN_URL.sub(r"\1@", _LOGIN_IN_URL.sub(r"\1", url))
