"""Is the explorer's answer that of enumeration? Every design of three spaces is run to see.

    python results/explore/enumerate/enumerate.py [SPACE...]

For each space of `spaces`, beside itself, first `explore` with as many trials as it wants, then
every design without any bound. Writes `enumerate.csv` and `.md` beside itself; ends with 1
where they differ.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pandas as pd

from dse.evaluation.accuracies import scores_of
from dse.evaluation.verdict import judged
from dse.machine.design import Design
from dse.search.explore import explore
from dse.study.study import Study, load_study
from dse.tiled.design.builder import Builder
from dse.tiled.evaluation.evaluate import Evaluator
from results.provenance import commit, made_by

SPACES = Path(__file__).parent / "spaces"
TABLE = SPACES.parent / "enumerate.csv"


def enumerated(study: Study) -> tuple[float, int]:
    """The best throughput of all designs, and how many could be built."""
    space, scores = study.space, scores_of(study)
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


def row(file: Path, commit: str) -> dict:
    """A row of the table."""
    study = load_study(file, {"trials": 1 << 30})
    begun = time.process_time()
    found = explore(study)
    middle = time.process_time()
    answer = found.front[0].values["throughput_images_per_s"]
    best, built = enumerated(study)
    return {
        "space": study.name, "designs": f"{found.space.size:,}", "can be built": f"{built:,}",
        "explorer: best": f"{answer:.6g}", "run": f"{found.evaluations:,}",
        "CPU s": f"{middle - begun:.0f}", "exhaustive": found.exhaustive,
        "all run: best": f"{best:.6g}", "all run: CPU s": f"{time.process_time() - middle:.0f}",
        "equal": answer == best and found.exhaustive and found.limit == answer, "commit": commit,
    }  # fmt: skip


def main(names: list[str]) -> int:
    """Compare, and tell; rows of spaces that are not named are kept."""
    files = [SPACES / f"{name}.toml" for name in names] or sorted(SPACES.glob("*.toml"))
    if not names:
        TABLE.unlink(missing_ok=True)
    for file in files:
        found = pd.DataFrame([row(file, commit())])
        if TABLE.is_file():
            old = pd.read_csv(TABLE, dtype=str)
            found = pd.concat([old[old.space != found.space[0]], found])
        found = found.sort_values("space").astype(str)
        found.to_csv(TABLE, index=False)
    lines = ["| " + " | ".join(found.columns) + " |", "|---" * len(found.columns) + "|"]
    lines += ["| " + " | ".join(cells) + " |" for cells in found.to_numpy()]
    table = "\n".join(lines)
    command = " ".join(["python results/explore/enumerate/enumerate.py", *names])
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
    return 0 if (found.equal == "True").all() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
