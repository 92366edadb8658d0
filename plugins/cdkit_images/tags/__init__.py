"""Tags by rules, in the manner of docker/metadata-action: branch, tag, version, commit, pull request, timer.

https://github.com/docker/metadata-action#tags-input
"""

from __future__ import annotations

from cdkit_images.flavor import Flavor
from cdkit_images.tagging import Tagging
from cdkit_images.tags.names import name_tags
from cdkit_images.tags.rules import TagRule, parse_rule

__all__ = ["Flavor", "TagRule", "Tagging", "name_tags", "parse_rule"]
