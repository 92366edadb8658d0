"""The configuration of a Docker client with further logins."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from cdkit.clients.registry.client_config import write_docker_config
from cdkit.clients.registry.logins import Login, Logins
from cdkit.models.image import Credentials

LOGIN = Credentials("robot", "s3cret")


def written(tmp_path: Path, **own: Any) -> dict[str, Any]:
    """What is written beside a configuration of the user's own."""
    home, folder = tmp_path / "home", tmp_path / "private"
    (home / "cli-plugins").mkdir(parents=True)
    (home / "config.json").write_text(json.dumps(own))
    folder.mkdir()
    write_docker_config(folder, {"r.example:5000": LOGIN, "": LOGIN}, {"DOCKER_CONFIG": str(home)})
    assert (folder / "config.json").stat().st_mode & 0o777 == 0o600
    assert (folder / "cli-plugins").resolve() == home / "cli-plugins"
    config: dict[str, Any] = json.loads((folder / "config.json").read_text())
    return config


def test_the_logins_are_there_beside_all_that_the_user_has(tmp_path: Path) -> None:
    config = written(tmp_path, auths={"s.example": {"auth": "eDp5"}}, currentContext="far", credsStore="vault")
    auth = base64.b64encode(b"robot:s3cret").decode()
    assert config["auths"] == {
        "s.example": {"auth": "eDp5"},
        "r.example:5000": {"auth": auth},
        "https://index.docker.io/v1/": {"auth": auth},
    }
    assert (config["currentContext"], config["credsStore"]) == ("far", "vault")


def test_no_helper_of_the_user_goes_before_them(tmp_path: Path) -> None:
    config = written(tmp_path, credHelpers={"r.example:5000": "vault", "s.example": "vault"})
    assert config["credHelpers"]["r.example:5000"] == ""
    assert config["credHelpers"]["s.example"] == "vault"


def test_our_own_client_reads_them_too(tmp_path: Path) -> None:
    written(tmp_path, credsStore="vault")
    logins = Logins({"DOCKER_CONFIG": str(tmp_path / "private")})
    assert logins.find("r.example:5000") == logins.find("registry-1.docker.io") == Login("robot", "s3cret")


def test_what_is_null_is_as_good_as_not_there(tmp_path: Path) -> None:
    config = written(tmp_path, auths=None, credHelpers=None)
    assert set(config["auths"]) == set(config["credHelpers"]) == {"r.example:5000", "https://index.docker.io/v1/"}


def test_a_user_without_a_configuration_needs_none(tmp_path: Path) -> None:
    (tmp_path / "private").mkdir()
    write_docker_config(tmp_path / "private", {"r.example": LOGIN}, {"HOME": str(tmp_path / "nobody")})
    assert set(json.loads((tmp_path / "private" / "config.json").read_text())) == {"auths", "credHelpers"}
