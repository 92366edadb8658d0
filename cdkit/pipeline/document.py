"""Reading YAML as a tree of nodes that remember where they stand and how they were written.

The YAML library is loaded when the first document is read: that takes 10 ms, and `cdkit --help` reads none.
"""

from __future__ import annotations

from cdkit.pipeline.node import Node, scalar_text

__all__ = ["Node", "parse_document", "parse_documents", "parse_scalar", "scalar_text"]


def parse_document(text: str, file: str) -> Node:
    """Read one YAML document.

    Args:
        text: the document.
        file: its name, for positions.

    Raises:
        InvalidInput: it is too large or too deep, is not YAML, or repeats a key; with every problem found.
    """
    from cdkit.pipeline.yaml_tree import read_one

    return read_one(text, file)


def parse_documents(text: str, file: str) -> list[Node]:
    """Read all YAML documents of a file; those that are empty are left out.

    Args:
        text: the documents.
        file: their file's name, for positions.

    Raises:
        InvalidInput: as `parse_document`.
    """
    from cdkit.pipeline.yaml_tree import read_all

    return read_all(text, file)


def parse_scalar(text: str, file: str) -> Node:
    """Read a value that was given on the command line, as YAML reads a plain scalar."""
    from cdkit.pipeline.yaml_tree import read_scalar

    return read_scalar(text, file)
