"""A space of more than 10^8 designs, searched until nothing better can be left.

python results/explore/prove.py
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from dse.explore import explore
from dse.search import Step
from dse.study import load_study


def told(step: Step) -> None:
    """One line a wave."""
    gap = "-" if step.gap is None else f"{step.gap:.4%}"
    best = 0.0 if step.best is None else step.best
    sys.stderr.write(f"{step.evaluations:6d} run, {best:10.3f}, gap {gap}, {step.seconds:.0f} s\n")


def main() -> None:
    """Prove, and tell."""
    file = Path(__file__).parent / "large.toml"
    study = load_study(file, {"seconds": float(sys.argv[1])} if len(sys.argv) > 1 else None)
    begun, wall = time.process_time(), time.perf_counter()
    found = explore(study, progress=told)
    sys.stdout.write(
        f"{found.space.size:,} designs, {found.evaluations:,} run, best "
        f"{found.front[0].values['throughput_images_per_s']:.6g} images/s, limit "
        f"{found.limit:.6g}, gap {found.gap:.2%}, exhaustive {found.exhaustive}, "
        f"{time.process_time() - begun:.0f} CPU s, {time.perf_counter() - wall:.0f} s\n"
    )


if __name__ == "__main__":
    main()
