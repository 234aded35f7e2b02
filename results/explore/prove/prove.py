"""A space of more than 10^8 designs, searched until nothing better can be left.

    python results/explore/prove/prove.py [SECONDS]

writes `prove.md` beside itself.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from dse.search.explore import explore
from dse.search.searcher import Step
from dse.study.study import load_study
from results.provenance import made_by


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
    values = found.front[0].values
    cpu, wall = time.process_time() - begun, time.perf_counter() - wall
    (file.parent / "prove.md").write_text(
        f"""# A proof over 10^8 designs

{made_by(" ".join(["python results/explore/prove/prove.py", *sys.argv[1:]]))}

The space is `large.toml`. {found.space.size:,} designs, {found.evaluations:,} of them run:

| best, images/s | limit | gap | every design run or proven no better | CPU s | wall s |
|---|---|---|---|---|---|
| {values["throughput_images_per_s"]:.6g} | {found.limit:.6g} | {found.gap:.2%} | \
{found.exhaustive} | {cpu:.0f} | {wall:.0f} |

Asked: a gap of 0 over at least 10^8 designs in under 15 minutes. The process had
{cpu / wall:.0%} of a family.
""",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
