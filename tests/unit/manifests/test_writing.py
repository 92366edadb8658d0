"""Which folders frameworks write to."""

from __future__ import annotations

import pytest

from cdkit_manifests.recognise.writing import folders_written_by


@pytest.mark.parametrize(
    ("frameworks", "workdir", "folders"),
    [
        (("flask",), "/app", ()),
        (("rails", "puma"), "/rails/", ("/rails/tmp", "/rails/log", "/rails/storage")),
        (("rails",), "", ("/",)),
        (("laravel",), "/app", ("/",)),
        (("next", "symfony"), "/app", ("/app/.next/cache", "/app/var")),
        (("next", "wildfly"), "/app", ("/",)),
    ],
)
def test_folders_start_where_the_program_does(
    frameworks: tuple[str, ...], workdir: str, folders: tuple[str, ...]
) -> None:
    assert folders_written_by(frameworks, workdir) == folders
