"""`cdkit generate-integrations`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cdkit.cli.wiring import load_registry


@click.command("generate-integrations")
@click.option("--check", is_flag=True, help="Write nothing; end with 1 when a file is not as it would be written.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
def command(folder: Path, *, check: bool) -> None:
    """Write into FOLDER the files by which build servers take cdkit in.

    They know the steps of all installed plugins: the GitHub action, the GitLab component, the help page of the Jenkins
    step, the page of settings for Drone and Woodpecker, and the JSON Schema of pipeline files.
    """
    from cdkit.cli.integrations.files import FILES

    steps = load_registry().steps
    stale = []
    for name, make in FILES.items():
        path, text = folder / name, make(steps)
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for name in stale:
        sys.stdout.write(f"{name} {'is not as it would be written' if check else 'was written'}\n")
    sys.exit(1 if check and stale else 0)
