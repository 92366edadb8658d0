"""`make bench`: every figure beside its goal; `benchmarks/run.py images steps` takes those of some modules."""

from __future__ import annotations

import compileall
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import apply, checks, follow, images, manifests, output, pods, set_image, startup, steps

MODULES = (startup, steps, output, manifests, images, set_image, checks, apply, follow, pods)
ROOT = Path(__file__).parents[1]


def main() -> None:
    """Measure, and print; a figure short of its goal is told, and does not fail."""
    _compile()
    chosen = sys.argv[1:]
    for module in MODULES:
        if not chosen or module.__name__.rpartition(".")[2] in chosen:
            for figure in module.figures():
                print(figure.line, flush=True)


def _compile() -> None:
    """Compile what is measured, as its installer does; `PYTHONDONTWRITEBYTECODE` may keep Python itself from it."""
    for folder in ("cdkit", "plugins", "benchmarks"):
        compileall.compile_dir(ROOT / folder, quiet=1)


if __name__ == "__main__":
    main()
