"""What a writer is, and all that there are."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from cdkit_manifests.bundle import Bundle
from cdkit_manifests.writers import Format
from cdkit_manifests.writers.writable import check_writable

Files = dict[str, str]
"""The text of each file, by its path from the folder that they are written to; paths are divided by slashes."""


class Writer(Protocol):
    """A form in which manifests can be written down. A module is one as it stands."""

    def files(self, bundle: Bundle) -> Files:
        """The files of a bundle; the same bundle gives the same text, to the byte."""
        ...


WRITERS: dict[Format, str] = {"yaml": "plain", "json": "json_list", "kustomize": "kustomize", "helm": "helm"}
"""The module of each form; it is imported when somebody asks for that form."""


def files_of(bundle: Bundle, form: Format) -> Files:
    """A bundle in one of the forms.

    Raises:
        InvalidInput: something in it cannot be written down so that every reader finds the same value.
    """
    check_writable(bundle, form)
    writer = cast("Writer", import_module(f"cdkit_manifests.writers.{WRITERS[form]}"))
    return writer.files(bundle)
