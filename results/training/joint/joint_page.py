"""The page of joint.py: the means of every way, the fronts compared, and the picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from results.provenance import made_at

NETWORK, BOARD, BATCH = "digits-small", "ulx3s", 16
LANES = "shift_add_serial"  # where every second term of a filter costs a pass
RETRAINED, BOTH, ROUNDED = "retrained", "retrained, then k free", "post-training"
HARDWARE = "retrained, hardware in the loop"


def page(frame: pd.DataFrame, ways: Sequence[str], trials: int) -> str:
    """The document; `ways` is the order of the table's rows."""
    seeds = sorted(frame.seed.unique())
    frame = pd.concat([frame[frame.way == way] for way in ways])
    table, (judged, totals) = means(frame), verdicts(frame)
    return f"""# Training and search together, against search alone

{made_at("python results/training/joint/joint.py")}: `{NETWORK}` on {BOARD}, arrays of `{LANES}`
lanes, batches of {BATCH} images, {len(seeds)} seeds ({", ".join(map(str, seeds))}), {trials}
designs run for every search.

- **retrained**: 40 epochs in float, and from there 40 epochs under flightnn at each of several
  strengths of the regulariser of second terms, then the accelerator for each: `lightsim explore
  {NETWORK} --retrain ...`;
- **retrained, hardware in the loop**: the same, but each second term weighed by the cycles it costs
  on the board's default accelerator (`[hardware]` of a recipe);
- **retrained, then k free**: some of these candidates, from which the search takes further terms
  within a loss (`--k free --accuracy-loss ...` beside `--retrain`);
- **post-training**: 80 epochs in float, the weights as fixed8, k of every filter chosen with the
  accelerator within a loss of accuracy on the images set apart: `lightsim explore --k free
  --accuracy-loss ...`. Nothing is trained again.

A fifth of the training images (287) was set apart: both choose by these. Nothing was chosen by
the images held out (360; one is 0.28 %, the sampling error of an accuracy near 97 % is 0.9 %).

![front](joint.png)

Means over the seeds, and the standard deviation of the accuracy:

| way | strengths or loss | images/s | accuracy, set apart | accuracy, held out |
|---|---|---|---|---|
{table}

Points of the post-training front that some point of the first three ways is at least equal to in
throughput and in accuracy, and the other way round. Fronts are made by the accuracy on images set
apart:

| seed | by images set apart | by images held out | post-training over the others |
|---|---|---|---|
{judged}
| all | {totals[0]} of {totals[1]} | {totals[2]} of {totals[3]} | {totals[4]} of {totals[5]} |

What it shows. By the images that may choose, the joint front is at least as good as {totals[0]} of
the {totals[1]} points of the post-training front; the other way round that holds for
{totals[4]} of {totals[5]}. On the images held out the gain stands where most terms are
gone: at the fastest designs retraining is worth some two points, and post-training choices scatter
more. At k near 2 the two ways differ by less than the sampling error; there the search alone may
be as good.
"""


def means(frame: pd.DataFrame) -> str:
    """Rows of a table: every way and setting, its means over the seeds."""
    found = frame.groupby(["way", "setting"], sort=False)[
        ["images_per_s", "choosing_accuracy", "accuracy"]
    ].agg(["mean", "std"])
    return "\n".join(
        f"| {way} | {setting} | {row[('images_per_s', 'mean')]:,.0f} "
        f"| {100 * row[('choosing_accuracy', 'mean')]:.2f} % "
        f"| {100 * row[('accuracy', 'mean')]:.2f} ± {100 * row[('accuracy', 'std')]:.2f} % |"
        for (way, setting), row in found.iterrows()
    )


def verdicts(frame: pd.DataFrame) -> tuple[str, list[int]]:
    """Rows of a table: for every seed, how many points of one front the other dominates; and
    the six counts (dominated and all, for three columns) over all seeds."""
    lines, totals = [], [0] * 6
    for seed in sorted(frame.seed.unique()):
        part = frame[frame.seed == seed]
        mine, other = front(part[part.way != ROUNDED]), front(part[part.way == ROUNDED])
        cells = [dominated(mine, other, name) for name in ("choosing_accuracy", "accuracy")]
        back = dominated(other, mine, "choosing_accuracy")
        counts = [number for pair in (*cells, back) for number in pair]
        totals = [before + number for before, number in zip(totals, counts, strict=True)]
        lines.append(
            f"| {seed} | {cells[0][0]} of {cells[0][1]} | {cells[1][0]} of {cells[1][1]} "
            f"| {back[0]} of {back[1]} |"
        )
    return "\n".join(lines), totals


def front(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows that none beats in throughput and in the accuracy that may choose."""
    ranked = rows.sort_values(["images_per_s", "choosing_accuracy"], ascending=False)
    return ranked[ranked.choosing_accuracy > ranked.choosing_accuracy.cummax().shift(fill_value=-1)]


def dominated(mine: pd.DataFrame, other: pd.DataFrame, accuracy: str) -> tuple[int, int]:
    """How many rows of `other` some row of `mine` is at least equal to in both, and of how many."""
    found = [
        bool(
            (
                (mine.images_per_s >= row.images_per_s) & (mine[accuracy] >= getattr(row, accuracy))
            ).any()
        )
        for row in other.itertuples()
    ]
    return sum(found), len(found)


def draw(frame: pd.DataFrame, path: Path) -> None:
    """The picture: all points, and each way's mean."""
    import plotly.graph_objects as go

    from results.picture import write

    figure = go.Figure()
    for way, colour in (
        (RETRAINED, "#0072B2"),
        (HARDWARE, "#56B4E9"),
        (BOTH, "#009E73"),
        (ROUNDED, "#D55E00"),
    ):
        part = frame[frame.way == way]
        figure.add_scatter(
            x=part.images_per_s, y=100 * part.accuracy, mode="markers", showlegend=False,
            marker={"color": colour, "size": 6, "opacity": 0.35},
        )  # fmt: skip
        mean = part.groupby("setting", sort=False)[["images_per_s", "accuracy"]].mean()
        mean = mean.sort_values("images_per_s")
        figure.add_scatter(
            x=mean.images_per_s, y=100 * mean.accuracy, mode="lines+markers", name=way,
            line={"color": colour, "width": 2.5}, marker={"size": 9},
        )  # fmt: skip
    figure.update_layout(
        template="simple_white", legend={"x": 0.02, "y": 0.05},
        xaxis={"title": {"text": f"images/s on {BOARD}, batches of {BATCH}"}},
        yaxis={"title": {"text": "accuracy, images held out (%)"}},
    )  # fmt: skip
    write(figure, path, 900, 520)
