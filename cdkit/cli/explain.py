"""`cdkit explain`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cdkit.cli.display import colour_option
from cdkit.cli.terminal import style_of
from cdkit.report.table import Cell, table_lines

if TYPE_CHECKING:
    from cdkit.servers.detect import Account

HEAD = ("FIELD", "VALUE", "FROM", "")
SAID_BEFORE = ("server", "trusted", "commit_time")


@click.group("explain")
def command() -> None:
    """Say where what cdkit knows comes from."""


@command.command("build")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", help="A table, or JSON.")
@colour_option
def build(output: str, *, colour: bool | None) -> None:
    """Say who runs us and what is built: each field, what says it, and what was not believed.

    `${{ build.FIELD }}` reads these in a pipeline file.
    """
    account = _account()
    if output == "json":
        import msgspec

        sys.stdout.write(msgspec.json.format(msgspec.json.encode(account), indent=2).decode() + "\n")
        return
    sys.stdout.writelines(f"{line}\n" for line in table_lines(HEAD, list(_rows(account)), style_of(sys.stdout, colour)))


def _account() -> Account:
    from cdkit.clients.git_repository import read_build_facts
    from cdkit.servers.detect import give_account

    return give_account(os.environ, read_build_facts(Path.cwd()))


def _rows(account: Account) -> Iterator[list[Cell]]:
    yield [Cell("server"), Cell(account.build.server), Cell(""), Cell("")]
    trusted = "yes" if account.build.trusted else "no"
    yield [Cell("trusted"), Cell(trusted), Cell(""), Cell(account.untrusted, "yellow")]
    for field in account.build.__struct_fields__:
        if field not in SAID_BEFORE:
            yield from _rows_of(field, account)


def _rows_of(field: str, account: Account) -> Iterator[list[Cell]]:
    candidates = [candidate for candidate in account.candidates if candidate.field == field]
    taken = next((candidate for candidate in candidates if not candidate.rejected), None)
    if taken is None:
        yield [Cell(field), Cell("-", "dim"), Cell(""), Cell("nobody says it", "dim")]
    else:
        yield [Cell(field), Cell(taken.value), Cell(taken.source), Cell("")]
    for candidate in candidates:
        if candidate.rejected:
            why = f"not taken: {candidate.rejected}"
            yield [Cell(""), Cell(candidate.value, "dim"), Cell(candidate.source, "dim"), Cell(why, "dim")]
