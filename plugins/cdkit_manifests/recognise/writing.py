"""Where programs write that do not keep to the folder for temporary files."""

from __future__ import annotations

from collections.abc import Sequence

ITSELF = "/"
"""It writes among its own files, so that nothing can take the place of a folder."""

_BY_FRAMEWORK: dict[str, tuple[str, ...]] = {
    "rails": ("tmp", "log", "storage"),
    "symfony": ("var",),
    "next": (".next/cache",),
    # The folders below `storage` must be there, and an empty volume has none.
    "laravel": (ITSELF,),
    "wildfly": (ITSELF,),
    "open-liberty": (ITSELF,),
    "payara": (ITSELF,),
}
"""By framework, the folders from that in which the program starts."""


def folders_written_by(frameworks: Sequence[str], workdir: str) -> tuple[str, ...]:
    """The folders that the frameworks of a project write to.

    Args:
        frameworks: their names.
        workdir: the folder in which the program starts; empty where it is not known.
    """
    found = [folder for framework in frameworks for folder in _BY_FRAMEWORK.get(framework, ())]
    if not found:
        return ()
    if ITSELF in found or not workdir.startswith("/"):
        return (ITSELF,)
    return tuple(f"{workdir.rstrip('/')}/{folder}" for folder in dict.fromkeys(found))
