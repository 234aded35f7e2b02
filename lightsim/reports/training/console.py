"""A training as lines on a terminal."""

from __future__ import annotations

from rich.console import Console

from lightsim.reports.frame.terminal import plain_table
from lightsim.reports.training.report import SeedReport, TrainingReport, k_heading, k_totals

__all__ = ["show_training", "spelled_accuracy"]


def show_training(report: TrainingReport, console: Console) -> None:
    """Print the accuracy of each seed, and the accuracy over all seeds."""
    console.print(f"[bold]{report.network}[/] under {report.scheme}", highlight=False)
    before = f"{report.float_epochs} in float, then " if report.float_epochs else ""
    console.print(
        f"{before}{report.epochs} epochs on {report.training_images:,} images "
        f"({report.data}), {report.device}\n",
        highlight=False,
    )
    table = plain_table("seed", "accuracy", "loss", f"k {k_heading(report)}", "bit exact")
    for seed in report.seeds:
        table.add_row(*_row(seed))
    console.print(table)
    console.print(f"\nAccuracy  {spelled_accuracy(report)}", highlight=False)
    for note in report.notes:
        console.print(f"note: {note}", markup=False, highlight=False)


def spelled_accuracy(report: TrainingReport) -> str:
    """The mean and standard deviation of the accuracy over the seeds, and the images judged."""
    found, count = report.accuracy, len(report.seeds)
    spread = "" if found.deviation is None else f" ± {100 * found.deviation:.2f}"
    seeds = f"{count} seed{'s' if count > 1 else ''}"
    images = f"{report.judging_images:,} images {report.judges}"
    return f"{100 * found.mean:.2f}{spread} % ({seeds}) of {images}"


def _row(seed: SeedReport) -> tuple[str, ...]:
    k = "/".join(map(str, k_totals(seed.k.values())))
    loss = f"{seed.epochs[-1].loss:.4f}" if seed.epochs else "-"
    exact = {True: "yes", False: "NO", None: "-"}[seed.bit_exact]
    return str(seed.seed), f"{seed.accuracy:.2%}", loss, k, exact
