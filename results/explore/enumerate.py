"""Is the explorer's answer that of enumeration? Every design of three spaces is run to see.

    python results/explore/enumerate.py [SPACE...]

For each space of `results/explore/spaces` first `explore` with as many trials as it wants, then
every design without any bound. Writes `enumerate.md` beside itself; ends with 1 where they differ.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from provenance import made_by

from dse.design import Builder, Design
from dse.evaluate import Evaluator
from dse.explore import explore
from dse.judge import judged
from dse.scores import scores_of
from dse.space import Space
from dse.study import Study, load_study

SPACES = Path(__file__).parent / "spaces"
COLUMNS = (
    "space", "designs", "can be built", "explorer: best", "run", "CPU s", "exhaustive",
    "all run: best", "CPU s", "equal",
)  # fmt: skip
HEAD = f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}"


def enumerated(study: Study) -> tuple[float, int]:
    """The best throughput of all designs, and how many could be built."""
    space, scores = Space(study.axes), scores_of(study)
    builder = Builder(study.board, study.resource_limits())
    evaluator = Evaluator(study.shares, study.search.seed, with_energy=False)
    best, built = 0.0, 0
    for number in range(space.size):
        design = builder.build(space.point(number))
        if not isinstance(design, Design):
            continue
        built += 1
        record = judged(study, scores, number, design, evaluator.run(design))
        if record.state == "complete":
            best = max(best, record.values["throughput_images_per_s"])
    return best, built


def row(file: Path) -> tuple[str, bool]:
    """A line of the table, and whether the two agree."""
    study = load_study(file, {"trials": 1 << 30})
    begun = time.process_time()
    found = explore(study)
    middle = time.process_time()
    answer = found.front[0].values["throughput_images_per_s"]
    best, built = enumerated(study)
    equal = answer == best and found.exhaustive and found.limit == answer
    cells = [
        study.name, f"{found.space.size:,}", f"{built:,}", f"{answer:.6g}",
        f"{found.evaluations:,}", f"{middle - begun:.0f}", str(found.exhaustive),
        f"{best:.6g}", f"{time.process_time() - middle:.0f}", str(equal),
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |", equal


def main(names: list[str]) -> int:
    """Compare, and tell."""
    files = [SPACES / f"{name}.toml" for name in names] or sorted(SPACES.glob("*.toml"))
    lines, same = [], True
    for file in files:
        line, equal = row(file)
        lines.append(line)
        same &= equal
        sys.stderr.write(line + "\n")
    table = "\n".join([HEAD, *lines])
    command = " ".join(["python results/explore/enumerate.py", *names])
    (SPACES.parent / "enumerate.md").write_text(
        f"""# The search against enumeration

{made_by(command)}

Every design of three spaces (`spaces/`) run without any bound, beside the search with as many
designs as it wants. `run` are those that it ran before nothing better could be left. CPU seconds
of the enumeration profit from neighbours that share their tilings.

{table}
""",
        encoding="utf-8",
    )
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
