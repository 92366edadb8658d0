"""The user's logins, as Docker's own configuration has them. Nothing is asked before a registry wants a login.

https://docs.docker.com/reference/cli/docker/login/
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping

import msgspec

from cdkit.clients.registry.docker_config import HELPER, DockerConfig, given_config, own_config
from cdkit.errors import AccessDenied
from cdkit.models.decoding import decode_json
from cdkit.models.image import Credentials

HELPER_SECONDS = 30.0
TOKEN_USER = "<token>"  # noqa: S105 -- the user name with which helpers say that the secret is an identity token
NOT_FOUND = "credentials not found"
"""What helpers say when they have no login for a registry; they fail then."""

_HELPER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Login(msgspec.Struct, frozen=True):
    """How to show a registry who we are.

    Attributes:
        username: with `password`; empty for the other ways.
        password: with `username`.
        identity_token: to be exchanged for a token; takes the place of a password.
        registry_token: the token itself.
    """

    username: str = ""
    password: str = ""
    identity_token: str = ""
    registry_token: str = ""

    @classmethod
    def of(cls, credentials: Credentials) -> Login:
        """The login of a step's own options."""
        return cls(credentials.username, credentials.password)

    @property
    def basic(self) -> str:
        """The value of an `Authorization` header by user name and password."""
        return f"Basic {base64.b64encode(f'{self.username}:{self.password}'.encode()).decode()}"

    def __repr__(self) -> str:
        return f"Login(username={self.username!r}, ***)"


class _Kept(msgspec.Struct, frozen=True, rename="pascal"):
    """What a helper prints. https://github.com/docker/docker-credential-helpers (development)."""

    username: str = ""
    secret: str = ""


class Logins:
    """Looks up logins; the files are read, and helpers asked, each time anew, for a helper's secrets expire.

    Args:
        environ: where DOCKER_CONFIG, DOCKER_AUTH_CONFIG, HOME and PATH are looked up.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def find(self, host: str) -> Login | None:
        """The login for a registry, or None when there is none.

        Raises:
            AccessDenied: the configuration cannot be read, or its helper fails.
        """
        given = given_config(self._environ)
        found = _of_file(given, host) if given else None
        return found or self._configured(host)

    def _configured(self, host: str) -> Login | None:
        config = own_config(self._environ)
        if config is None:
            return None
        helper = config.helper_of(host)
        kept = self._ask_helper(helper, config.key_of(host)) if helper else None
        return kept or _of_file(config, host)

    def _ask_helper(self, name: str, key: str) -> Login | None:
        import subprocess

        program = f"{HELPER}{name}"
        if not _HELPER_NAME.fullmatch(name):
            raise AccessDenied(f"Docker's configuration names the credential helper {name!r}, which is no name.")
        try:
            ended = subprocess.run(
                [program, "get"],
                input=key.encode(),
                env=dict(self._environ),
                capture_output=True,
                timeout=HELPER_SECONDS,
                check=False,
            )
        except OSError as error:
            remedy = f"Install {program}, or take it out of Docker's configuration and use `docker login` again."
            raise AccessDenied(f"{program} cannot be run: {error.strerror}.", remedy=remedy) from error
        except subprocess.TimeoutExpired:
            raise AccessDenied(f"{program} gave no login for {key} within {HELPER_SECONDS:.0f} s.") from None
        if ended.returncode == 0:
            return _kept(ended.stdout, program, key)
        if NOT_FOUND in (ended.stdout + ended.stderr).decode(errors="replace").lower():
            return None
        # What it says may quote a secret.
        remedy = f"Run `echo {key} | {program} get` by hand, and see what it says."
        raise AccessDenied(f"{program} failed to give the login for {key}.", remedy=remedy)


def _kept(printed: bytes, program: str, key: str) -> Login:
    try:
        kept = decode_json(printed, _Kept)
    except msgspec.MsgspecError:
        raise AccessDenied(f"{program} printed something else than a login for {key}.") from None
    if kept.username == TOKEN_USER:
        return Login(identity_token=kept.secret)
    return Login(kept.username, kept.secret)


def _of_file(config: DockerConfig, host: str) -> Login | None:
    entry = config.entry_of(host)
    if entry is None:
        return None
    if entry.identitytoken or entry.registrytoken:
        return Login(identity_token=entry.identitytoken, registry_token=entry.registrytoken)
    if not entry.auth:
        return Login(entry.username, entry.password) if entry.username else None
    try:
        username, _, password = base64.b64decode(entry.auth, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise AccessDenied(f"The login for {host} in Docker's configuration cannot be read.") from None
    return Login(username, password.rstrip("\0"))
