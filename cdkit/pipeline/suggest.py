"""'Did you mean ...?', said in one way everywhere."""

from __future__ import annotations

from collections.abc import Iterable

MOST_NAMES = 12


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Advice for a word that is not one of the known ones: the nearest one, else all of them when they are few."""
    from difflib import get_close_matches

    names = sorted(known)
    near = get_close_matches(word.replace("_", "-"), [name.replace("_", "-") for name in names], n=1, cutoff=0.6)
    if near:
        return f"Did you mean {next(name for name in names if name.replace('_', '-') == near[0])!r}?"
    if not names:
        return "There are none."
    shown = ", ".join(names[:MOST_NAMES])
    return f"Known: {shown}{', ...' if len(names) > MOST_NAMES else ''}."
