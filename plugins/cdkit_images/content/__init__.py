"""The content tag: a name for an image by everything that can change it, known before it is built."""

from __future__ import annotations

from cdkit_images.content.bases import Base
from cdkit_images.content.lookup import (
    Lookup,
    answer_of_check,
    look_up,
    on_engine,
    remember_answer,
    told_reasons,
)
from cdkit_images.content.tag import is_content_tag

__all__ = [
    "Base",
    "Lookup",
    "answer_of_check",
    "is_content_tag",
    "look_up",
    "on_engine",
    "remember_answer",
    "told_reasons",
]
