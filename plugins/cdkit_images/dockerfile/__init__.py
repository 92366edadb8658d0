"""Dockerfiles, read as Docker reads them: text -> instructions -> stages -> what a build of one target can see."""

from __future__ import annotations

from cdkit_images.dockerfile.instructions import Dockerfile, Heredoc, Instruction, parse_dockerfile
from cdkit_images.dockerfile.reach import Reach, reach_in_order, reach_of
from cdkit_images.dockerfile.stages import BaseImage, ContextSource, Stage, read_stages

__all__ = [
    "BaseImage",
    "ContextSource",
    "Dockerfile",
    "Heredoc",
    "Instruction",
    "Reach",
    "Stage",
    "parse_dockerfile",
    "reach_in_order",
    "reach_of",
    "read_stages",
]
