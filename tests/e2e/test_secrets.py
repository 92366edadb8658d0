"""A secret never appears in the console, the journal or an error, whatever a step prints."""

from __future__ import annotations

import base64
from urllib.parse import quote

import yaml

from .conftest import Project

TOKEN = "s3cr3t/+ \"quoted\" 'value'"
KEY = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n-----END KEY-----\n"

SCRIPT = """
echo "plain $TOKEN end"
printf %s "$TOKEN" | base64 -w0; echo
printf 'user:%s' "$TOKEN" | base64 -w0; echo
python3 -c 'import json, os; print(json.dumps({"token": os.environ["TOKEN"]}))'
python3 -c 'import os, shlex; print(shlex.quote(os.environ["TOKEN"]))'
python3 -c 'import os, urllib.parse; print("https://host/?t=" + urllib.parse.quote(os.environ["TOKEN"], safe=""))'
echo "$KEY" >&2
env
exit 9
"""


def test_a_secret_is_masked_in_every_form(project: Project) -> None:
    project.write(
        yaml.safe_dump(
            {
                "name": "secrets",
                "secrets": {"TOKEN": {"env": "MY_TOKEN"}, "KEY": {"env": "MY_KEY"}},
                "steps": {
                    "print": {
                        "uses": "run",
                        "env": {"TOKEN": "${{ secrets.TOKEN }}", "KEY": "${{ secrets.KEY }}"},
                        "with": {"script": SCRIPT},
                        "continue-on-error": True,
                    },
                    "fail": {"uses": "run", "with": {"command": ["ls", "/nowhere/${{ secrets.TOKEN }}"]}},
                },
            }
        )
    )
    for arguments in (["run"], ["run", "--output", "json"], ["plan"]):
        finished = project.cdkit(*arguments, MY_TOKEN=TOKEN, MY_KEY=KEY)
        files = [path for path in (project.folder / ".cdkit").rglob("*") if path.is_file()]
        everything = finished.text + "".join(path.read_text(errors="replace") for path in files)
        assert "***" in finished.text
        for form in forms_of(TOKEN):
            assert form not in everything, f"{form!r} in {arguments}"
        for line in KEY.splitlines():
            assert line not in everything


def forms_of(secret: str) -> list[str]:
    raw = secret.encode()
    return [
        secret,
        base64.b64encode(raw).decode(),
        base64.b64encode(b"user:" + raw).decode().rstrip("=")[8:-4],
        quote(secret, safe=""),
        secret.replace('"', '\\"'),
    ]


def test_an_untrusted_pull_request_gets_no_secrets(project: Project) -> None:
    step = {"uses": "run", "with": {"command": ["echo", "${{ secrets.TOKEN }}"]}}
    project.write(yaml.safe_dump({"name": "fork", "secrets": {"TOKEN": {"env": "MY_TOKEN"}}, "steps": {"a": step}}))
    assert project.cdkit("run", MY_TOKEN="of-the-team").code == 0
    finished = project.cdkit("run", MY_TOKEN="of-the-team", DRONE="true", DRONE_PULL_REQUEST="7")
    assert finished.code == 3
    assert "untrusted pull request, which gets no secrets" in finished.text


def test_a_missing_secret_is_told_before_anything_runs(project: Project) -> None:
    project.write(
        yaml.safe_dump(
            {
                "name": "secrets",
                "secrets": {"TOKEN": {"env": "NOT_SET_ANYWHERE"}},
                "steps": {
                    "first": {"uses": "run", "with": {"command": "touch changed"}},
                    "second": {"uses": "run", "with": {"command": ["echo", "${{ secrets.TOKEN }}"]}},
                },
            }
        )
    )
    finished = project.cdkit("run")
    assert finished.code == 3
    assert "NOT_SET_ANYWHERE" in finished.text
    assert not (project.folder / "changed").exists()
    assert project.cdkit("plan").code == 0
