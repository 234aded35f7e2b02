"""Best so far against evaluations: ours, and Optuna's samplers over the flat parameter vector.

    python results/explore/convergence/convergence.py [--seeds 10] [--runs 100] [--seconds 4] \
        [NETWORK BOARD]

One space, one evaluator. Random search, TPE and NSGA-II set every axis of the default space of
NETWORK on BOARD; a design over a resource budget costs them no evaluation and is told as a
constraint. They go on for at least RUNS evaluations and SECONDS of CPU time. Ours is `explore` in
the order of the bounds and with TPE over the outer axes; it ends when nothing better can be left.
Writes `convergence.csv`, `.md` and, where chromium is installed, `.png` beside itself.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import optuna
from convergence_page import Curve, best_after, best_at, draw, ends, table

from dse.machine.design import Design
from dse.machine.outcome import Outcome
from dse.search.explore import explore
from dse.search.searcher import Step
from dse.storage.records import Form
from dse.study.study import Study, new_study
from dse.tiled.design.builder import Builder
from dse.tiled.evaluation.evaluate import Evaluator
from results.provenance import made_by

AT = (5, 10, 20, 50, 100)
AFTER = (1.0, 2.0, 3.0, 4.0)
MOST_TRIALS = 40_000
HERE = Path(__file__).parent


def flat(
    study: Study, sampler: optuna.samplers.BaseSampler, runs: int, seconds: float = 0.0
) -> Curve:
    """Optuna by itself, until it had both."""
    space = study.space
    builder = Builder(study.board, study.resource_limits())
    evaluator = Evaluator(study.shares, study.search.seed, with_energy=False)
    search = optuna.create_study(direction="maximize", sampler=sampler)
    axes = Form(space, (), {"throughput_images_per_s": -1}, {}).distributions()
    known: dict[int, float] = {}
    curve: Curve = []
    begun, best = time.process_time(), 0.0
    for _ in range(MOST_TRIALS):
        if len(known) >= runs and time.process_time() - begun >= seconds:
            break
        trial = search.ask(axes)
        point = {name: trial.params.get(name, choices[0]) for name, choices in space.axes.items()}
        number = space.number(point)
        value, excess = known.get(number), 0.0
        if value is None:
            design = builder.build(point)
            outcome = evaluator.run(design) if isinstance(design, Design) else design
            if isinstance(outcome, Outcome) and isinstance(design, Design):
                value = outcome.values(design, study.shares)["throughput_images_per_s"]
                known[number] = value
                best = max(best, value)
                curve.append((len(known), time.process_time() - begun, best))
            else:
                value, excess = 0.0, getattr(outcome, "excess", 1.0)
        trial.set_constraint("design", excess if value == 0 else 0.0)
        search.tell(trial, value)
    return curve


def ours(study: Study) -> Curve:
    """`explore`, its steps."""
    begun = time.process_time()
    curve: Curve = []

    def told(step: Step) -> None:
        if step.best is not None:
            curve.append((step.evaluations, time.process_time() - begun, step.best))

    explore(study, progress=told)
    return curve


def methods(where: tuple[str, str], runs: int, seconds: float) -> dict[str, Callable[[int], Curve]]:
    """By name, what gives a curve for a seed."""
    samplers = optuna.samplers
    return {
        "random": lambda seed: flat(
            study(where, seed, runs), samplers.RandomSampler(seed=seed), runs, seconds
        ),
        "TPE": lambda seed: flat(
            study(where, seed, runs), samplers.TPESampler(seed=seed), runs, seconds
        ),
        "NSGA-II": lambda seed: flat(
            study(where, seed, runs),
            samplers.NSGAIISampler(seed=seed, population_size=24), runs, seconds,
        ),
        "explore (enumerate)": lambda seed: ours(study(where, seed, runs)),
        "explore (tpe)": lambda seed: ours(study(where, seed, runs, "tpe")),
    }  # fmt: skip


def study(where: tuple[str, str], seed: int, runs: int, sampler: str = "auto") -> Study:
    """The default space of one network on one board; the seed is the sampler's and the weights'."""
    network, board = where
    made = new_study(network, board, search={"trials": runs, "sampler": sampler})
    return replace(made, search=replace(made.search, seed=seed))


def shares(curve: Curve, optimum: float) -> Curve:
    """The curve in per cent of the optimum."""
    return [(run, cpu, 100 * best / optimum) for run, cpu, best in curve]


def main() -> None:
    """Run all methods with all seeds, and write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("where", nargs="*", default=["cifar10-3conv", "zc706"])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=AFTER[-1])
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    network, board = options.where
    where, seeds = (network, board), range(options.seeds)
    proven = [explore(study(where, seed, 1 << 30)) for seed in seeds]
    assert all(found.gap == 0 for found in proven)
    optima = [found.limit or 0.0 for found in proven]
    flat(study(where, 0, 2), optuna.samplers.RandomSampler(seed=0), 2)  # compile first
    curves: dict[str, list[Curve]] = {}
    for name, method in methods(where, options.runs, options.seconds).items():
        curves[name] = [shares(method(seed), optima[seed]) for seed in seeds]
        sys.stderr.write(f"{name}: {sum(curve[-1][1] for curve in curves[name]):.0f} CPU s\n")
    write_curves(curves, HERE / "convergence.csv")
    command = f"python results/explore/convergence/convergence.py --seeds {options.seeds}"
    command += f" --runs {options.runs} --seconds {options.seconds:g} {network} {board}"
    tables = table(curves, AT, best_at, ""), table(curves, AFTER, best_after, " s"), ends(curves)
    text = page(where, made_by(command), proven[0].space.size, optima, tables)
    (HERE / "convergence.md").write_text(text, encoding="utf-8")
    draw(curves, options.runs, options.seconds, HERE / "convergence.png")


def write_curves(curves: dict[str, list[Curve]], path: Path) -> None:
    """Write the steps of every curve, and its end, as rows of a CSV file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("method", "seed", "evaluations", "cpu_s", "best_percent_of_optimum"))
        for name, own in curves.items():
            for seed, curve in enumerate(own):
                best = 0.0
                for run, cpu, value in curve:
                    if value > best:
                        writer.writerow((name, seed, run, f"{cpu:.3f}", f"{value:.3f}"))
                        best = value
                writer.writerow((name, seed, curve[-1][0], f"{curve[-1][1]:.3f}", f"{best:.3f}"))


def page(
    where: tuple[str, str],
    made: str,
    designs: int,
    optima: list[float],
    tables: tuple[str, str, str],
) -> str:
    """The document; an optimum for each seed, and the tables by evaluations, time and end."""
    by_evaluations, by_time, at_end = tables
    return f"""# Best so far, ours and Optuna's

{made}

{where[0]} on {where[1]}, {designs:,} designs; per cent of the proven optimum, medians over
{len(optima)} seeds. A seed is the sampler's and that of the weights, so of the k of the filters:
the optima are {min(optima):.6g} to {max(optima):.6g} images/s. Random search, TPE and NSGA-II set
all axes as one flat vector with the same evaluator; designs over a resource budget cost them no
evaluation.

The same number of evaluations:

{by_evaluations}

The same CPU time (one process each, so of wall time too):

{by_time}

When they came within 1 % of the optimum (over more than half of the seeds), and where they ended:

{at_end}

![curves](convergence.png)

Ours is counted at the ends of its waves of eight, so after five there is nothing yet. Its CPU time
has the bounding of the whole space in it. It ends when nothing better can be left; the others do
not know when they are done.
"""


if __name__ == "__main__":
    main()
