"""Best so far against evaluations: ours, and Optuna's samplers over the flat parameter vector.

    python results/explore/convergence.py [--seeds 10] [--runs 100] [NETWORK BOARD]

One space, one evaluator. Random search, TPE and NSGA-II set every axis of the default space of
NETWORK on BOARD; a design over a resource budget costs them no evaluation and is told as a
constraint. Ours is `explore` in the order of the bounds (its answer does not depend on a seed)
and with TPE over the outer axes. Writes convergence.csv and a table of medians.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import optuna

from dse.design import Builder, Design
from dse.evaluate import Evaluator, Outcome
from dse.explore import explore
from dse.search import Step
from dse.space import Space
from dse.store import Store
from dse.study import Study, new_study

AT = (5, 10, 20, 50, 100)
MOST_TRIALS_A_RUN = 40
Curve = list[tuple[int, float, float]]  # designs run, CPU seconds, best so far


def flat(study: Study, sampler: optuna.samplers.BaseSampler, runs: int) -> Curve:
    """Optuna by itself."""
    space = Space(study.axes)
    builder = Builder(study.board, study.resource_limits())
    evaluator = Evaluator(study.shares, study.search.seed, with_energy=False)
    search = optuna.create_study(direction="maximize", sampler=sampler)
    axes = Store(search, space, ("throughput_images_per_s",), (-1,)).distributions()
    known: dict[int, float] = {}
    curve: Curve = []
    begun, best = time.process_time(), 0.0
    for _ in range(MOST_TRIALS_A_RUN * runs):
        if len(known) >= runs:
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


def methods(network: str, board: str, runs: int) -> dict[str, Callable[[int], Curve]]:
    """By name, what gives a curve for a seed."""

    def study(seed: int, sampler: str = "auto") -> Study:
        # The weights are those of seed 0 in every run: one space for all.
        return new_study(network, board, search={"trials": runs, "sampler": sampler})

    def sampled(seed: int) -> Curve:
        from dataclasses import replace

        made = study(seed, "tpe")
        return ours(replace(made, search=replace(made.search, seed=seed)))

    samplers = optuna.samplers
    return {
        "random": lambda seed: flat(study(seed), samplers.RandomSampler(seed=seed), runs),
        "TPE": lambda seed: flat(study(seed), samplers.TPESampler(seed=seed), runs),
        "NSGA-II": lambda seed: flat(
            study(seed), samplers.NSGAIISampler(seed=seed, population_size=24), runs
        ),
        "explore (enumerate)": lambda seed: ours(study(seed)),
        "explore (tpe)": sampled,
    }


def best_at(curve: Curve, count: int) -> float:
    """The best after `count` evaluations; after fewer, where the search had ended."""
    found = [best for run, _, best in curve if run <= count]
    return found[-1] if found else 0.0


def main() -> None:
    """Run all methods with all seeds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("where", nargs="*", default=["cifar10-3conv", "zc706"])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--runs", type=int, default=100)
    options = parser.parse_args()
    network, board = options.where
    warnings.simplefilter("ignore")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    optimum = explore(new_study(network, board, search={"trials": 1 << 30, "prove": True}))
    limit = optimum.limit or 0.0
    flat(new_study(network, board), optuna.samplers.RandomSampler(seed=0), 2)  # compile first
    rows, lines = [], []
    for name, method in methods(network, board, options.runs).items():
        # In the order of the bounds nothing hangs on a seed.
        curves = [method(s) for s in range(1 if "enumerate" in name else options.seeds)]
        rows += [
            (name, seed, run, f"{cpu:.3f}", best)
            for seed, curve in enumerate(curves)
            for run, cpu, best in curve
        ]
        medians = [statistics.median(best_at(c, at) for c in curves) / limit for at in AT]
        cpu = statistics.median(curve[-1][1] for curve in curves)
        within = [next((run for run, _, b in c if b >= 0.99 * limit), None) for c in curves]
        reached = sum(run is not None for run in within)
        lines.append(
            f"| {name} | {len(curves)} | "
            + " | ".join(f"{100 * share:.1f}" for share in medians)
            + f" | {reached} of {len(curves)} | {cpu:.1f} |"
        )
        sys.stderr.write(lines[-1] + "\n")
    path = Path(__file__).parent / "convergence.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("method", "seed", "evaluations", "cpu_s", "best_images_per_s"))
        writer.writerows(rows)
    sys.stdout.write(
        f"{network} on {board}, {optimum.space.size:,} designs; % of the proven optimum "
        f"({limit:.6g} images/s), median over seeds\n\n"
        f"| method | seeds | {' | '.join(f'after {at}' for at in AT)} | within 1 % | CPU s |\n"
        f"|---|---|{'---|' * (len(AT) + 2)}\n" + "\n".join(lines) + "\n"
    )


if __name__ == "__main__":
    main()
