"""Which values are masked because Secrets hold them, and which objects hold a secret of the run."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from cdkit.flow.cancellation import Cancellation
from cdkit.models.build import Build
from cdkit.models.environment import Environment
from cdkit.models.kube import Manifest
from cdkit.step import StepContext
from cdkit.testing import FakeClock, FakeWorld, RecordedRun
from cdkit_deploy.secrets import hide_former_secrets, hide_secrets, holds_secret

from .transaction.shop import config_map, deployment, secret


@pytest.fixture
def ctx(tmp_path: Path) -> StepContext:
    run = RecordedRun(
        world=FakeWorld(),
        clock=FakeClock(),
        workspace=tmp_path,
        build=Build(),
        environment=Environment("live", "", "team"),
        application="shop",
    )
    return StepContext("release", run, env={}, cancellation=Cancellation())


def with_token(value: str) -> Manifest:
    made = deployment("web:1")
    made["spec"]["template"]["spec"]["containers"][0]["env"] = [{"name": "TOKEN", "value": value}]
    return made


def test_the_values_of_secrets_are_masked_in_all_forms_but_not_what_is_a_name_as_well(ctx: StepContext) -> None:
    hide_secrets(ctx, [secret("login", password="correct-horse", user="shop", place="live", short="123")])
    encoded = base64.b64encode(b"correct-horse").decode()
    shown = ctx.redacted(f"correct-horse {encoded} shop live 123 login")
    assert shown == "*** *** shop live 123 login"


def test_a_value_that_is_no_text_is_masked_as_the_server_writes_it(ctx: StepContext) -> None:
    binary = base64.b64encode(bytes(range(200, 240))).decode()
    hide_secrets(ctx, [secret("key") | {"stringData": None, "data": {"key": binary, "broken": "no base64!"}}])
    assert ctx.redacted(f"{binary} and no base64!") == "*** and ***"


def test_an_object_holds_a_secret_when_it_is_one_or_has_a_value_of_the_run(ctx: StepContext) -> None:
    ctx.run.hide("the-token")
    assert holds_secret(ctx, secret("login"))
    assert holds_secret(ctx, with_token("user:the-token"))
    assert not holds_secret(ctx, with_token("nothing"))


def test_a_secret_that_is_replaced_is_masked_too(ctx: StepContext) -> None:
    ctx.run.hide("the-token")
    hide_former_secrets(ctx, [(with_token("its-predecessor"), with_token("the-token"))])
    assert ctx.redacted("its-predecessor, the-token, web:1") == "***, ***, web:1"


def test_of_a_file_only_the_lines_that_change_with_a_secret_are_masked(ctx: StepContext) -> None:
    ctx.run.hide("the-token")
    before, after = (config_map("files", settings=f"mode: fast\ntoken: {token}\n") for token in ("older", "the-token"))
    hide_former_secrets(ctx, [(before, after)])
    assert ctx.redacted("mode: fast") == "mode: fast"
    assert ctx.redacted("token: older") == "***"


def test_what_changes_beside_a_secret_stays_visible(ctx: StepContext) -> None:
    ctx.run.hide("the-token")
    wanted = with_token("the-token")
    hide_former_secrets(ctx, [(deployment("web:earlier"), wanted), (None, wanted)])
    assert ctx.redacted("web:earlier") == "web:earlier"
