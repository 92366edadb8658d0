"""`make bench`: every figure beside its goal."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import apply, follow, images, manifests, output, pods, set_image, startup, steps


def main() -> None:
    """Measure, and print; a figure short of its goal is told, and does not fail."""
    for module in (startup, steps, output, manifests, images, set_image, apply, follow, pods):
        for figure in module.figures():
            print(figure.line, flush=True)


if __name__ == "__main__":
    main()
