"""The projects of the corpus have tests of their own, which are none of ours."""

from __future__ import annotations

collect_ignore = ["projects"]
