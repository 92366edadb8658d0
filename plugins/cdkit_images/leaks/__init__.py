"""Secrets that would end up in an image, where everybody who may pull it can read them."""

from __future__ import annotations

from cdkit_images.leaks.find import Leak, find_leaks
from cdkit_images.leaks.problems import leak_problems

__all__ = ["Leak", "find_leaks", "leak_problems"]
