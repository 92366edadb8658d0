"""Bringing an image to the names under which registries are to serve it."""

from __future__ import annotations

from cdkit_images.publish.destinations import Destinations
from cdkit_images.publish.floating import TagPolicy
from cdkit_images.publish.logins import Login
from cdkit_images.publish.primary import Primary
from cdkit_images.publish.served import Served

__all__ = ["Destinations", "Login", "Primary", "Served", "TagPolicy"]
