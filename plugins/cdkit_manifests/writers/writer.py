"""What a writer is, and all that there are."""

from __future__ import annotations

from typing import Protocol

from cdkit_manifests.bundle import Bundle
from cdkit_manifests.writers import Format, helm, json_list, kustomize, plain
from cdkit_manifests.writers.writable import check_writable

Files = dict[str, str]
"""The text of each file, by its path from the folder that they are written to; paths are divided by slashes."""


class Writer(Protocol):
    """A form in which manifests can be written down. A module is one as it stands."""

    def files(self, bundle: Bundle) -> Files:
        """The files of a bundle; the same bundle gives the same text, to the byte."""
        ...


WRITERS: dict[Format, Writer] = {"yaml": plain, "json": json_list, "kustomize": kustomize, "helm": helm}


def files_of(bundle: Bundle, form: Format) -> Files:
    """A bundle in one of the forms.

    Raises:
        InvalidInput: something in it cannot be written down so that every reader finds the same value.
    """
    check_writable(bundle, form)
    return WRITERS[form].files(bundle)
