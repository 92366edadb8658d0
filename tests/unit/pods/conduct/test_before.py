"""What the check says before anything is made."""

from __future__ import annotations

from pathlib import Path

from tests.unit.pods.conduct.fake_runtime import FakeRuntime
from tests.unit.pods.conduct.stage import Stage


def problems_of(options: str, workspace: Path, secret: str = "s3cret-value") -> list[str]:  # noqa: S107 -- a test's
    return Stage(options, FakeRuntime(), workspace=workspace).hide(secret).problems()


def test_a_secret_in_an_argument_is_refused(tmp_path: Path) -> None:
    found = problems_of("command: login --password s3cret-value\nenv: {PASSWORD: s3cret-value}", tmp_path)
    assert found == ["The command of 'test' holds a secret, which everybody could read there. Hand it over in `env`."]


def test_a_secret_in_a_probe_is_refused(tmp_path: Path) -> None:
    header = "ready: {http: {port: 1, headers: {Authorization: s3cret-value}}}"
    (problem,) = problems_of(f"services: {{db: {{image: db, {header}}}}}", tmp_path)
    assert problem.startswith("What 'db' is waited for holds a secret")


def test_a_link_out_of_the_checkout_is_refused(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (checkout / "link").symlink_to("/etc")
    (problem,) = problems_of("files: {link: /data}", checkout)
    assert problem == "'link' under `files` is a link that leads out of the checkout."


def test_a_single_file_hides_no_programs_of_the_image(tmp_path: Path) -> None:
    (tmp_path / "hosts").write_text("", encoding="utf-8")
    (problem,) = problems_of("files: {hosts: /etc/hosts}", tmp_path)
    assert "cannot be a single file there" in problem
    assert problems_of("files: {hosts: /app/hosts}", tmp_path) == []


def test_files_that_an_earlier_step_writes_need_not_be_there_yet(tmp_path: Path) -> None:
    assert problems_of("files: {built: /data}", tmp_path) == []
