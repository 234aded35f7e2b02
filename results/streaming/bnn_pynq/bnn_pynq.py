"""CNV and LFC as BNN-PYNQ built them, beside the cycles that were measured on its boards.

`python results/streaming/bnn_pynq/bnn_pynq.py` writes `bnn_pynq.md`, in some ten seconds.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lightsim.network import load_network
from lightsim.numerics.formats.scheme import scheme
from lightsim.quantisation.select import quantise
from lightsim.streaming.description.accelerator import StreamingAccelerator
from lightsim.streaming.description.file import load_design
from lightsim.streaming.mapping.build import lay_out
from lightsim.streaming.mapping.pipeline import Pipeline
from lightsim.streaming.timeline.model import run
from lightsim.streaming.timeline.steady import least_interval, steady_state
from results.provenance import made_at

HERE = Path(__file__).parent
COMMAND = "python results/streaming/bnn_pynq/bnn_pynq.py"
# Measured by Xilinx/BNN-PYNQ over 10,000 images at 300 and 100 MHz: cycles an image.
MEASURED = (
    ("CNV", "Ultra96", 32786.9),
    ("CNV", "PYNQ-Z1", 32787.0),
    ("LFC", "Ultra96", 841.2),
    ("LFC", "PYNQ-Z1", 841.16),
)
NETWORKS = {"CNV": ("cnv-64.toml", "cnv-pynq.toml"), "LFC": ("lfc-832.toml", "lfc-pynq.toml")}
DEPTHS = (0, 4, 8, 12, 13, 14, 15, 16, 17, 18, 19, 20, 24)
OPEN = 1 << 14


def main() -> None:
    """Write the page."""
    made = {name: pipeline(*files) for name, files in NETWORKS.items()}
    lines = [
        "# CNV and LFC of BNN-PYNQ", "",
        f"{made_at(COMMAND)}.", "",
        "Foldings and FIFOs are those of its sources. Nothing is tuned to a row but one number:",
        "the pipeline depth of all engines with weights, calibrated once, on LFC: "
        "LFC's error is that",
        "of the fit (723 cycles without it, -14 %). CNV's interval is its slowest engine's.", "",
        "One choice was made after an error was seen. CNV's FIFOs stood before the converters of",
        "width at first, and gave 33,195 cycles (+1.24 %); they stand behind them now, for in the",
        "sources a stream is as wide as a whole pixel, which a converter fills.", "",
        *measured(made), "", *calibration(made["LFC"]), "", *explained(made["LFC"]),
    ]  # fmt: skip
    (HERE / "bnn_pynq.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def pipeline(network: str, accelerator: str) -> Pipeline:
    """A network laid on an accelerator, of files beside this one."""
    workload = quantise(load_network(str(HERE / network)), scheme("binary"), 0)
    design, _ = load_design(HERE / accelerator)
    return lay_out(workload, design)


def changed(of: Pipeline, **changes: object) -> Pipeline:
    """The same network on the accelerator with changes."""
    design: StreamingAccelerator = replace(of.design, **changes)
    return lay_out(of.workload, design)


def interval(of: Pipeline) -> int:
    """Cycles an image in the long run, proven."""
    found = steady_state(of)
    assert found is not None and found.interval.denominator == 1
    return int(found.interval)


def measured(made: dict[str, Pipeline]) -> list[str]:
    """The table of measured and simulated cycles."""
    lines = [
        "| design | board | measured cycles an image | slowest engine | interval, proven | error | "
        "first image |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, board, cycles in MEASURED:
        own = made[name]
        found, first = interval(own), int(run(own, 1).done(own)[0])
        lines.append(
            f"| {name} | {board} | {cycles:,.0f} | {least_interval(own):,} | {found:,} | "
            f"{100 * (found / cycles - 1):+.2f} % | {first:,} |"
        )
    return lines


def calibration(own: Pipeline) -> list[str]:
    """The interval over the depth of the pipelines."""
    rigid = [interval(changed(own, depth=depth)) for depth in DEPTHS]
    free = [interval(changed(own, depth=depth, pipelines="free")) for depth in DEPTHS]
    return [
        "## LFC: one pipeline depth", "",
        "| depth | " + " | ".join(map(str, DEPTHS)) + " |", "|---" * (len(DEPTHS) + 1) + "|",
        "| rigid pipelines | " + " | ".join(map(str, rigid)) + " |",
        "| free pipelines | " + " | ".join(map(str, free)) + " |", "",
        "Depth 0 is no calibration at all: the FIFOs alone. The depth of the file is the one",
        "nearest to the measured 841 cycles.",
    ]  # fmt: skip


def explained(own: Pipeline) -> list[str]:
    """The interval with every FIFO but one as it was built, that one as deep as it takes."""
    lines = [
        "## LFC: the FIFOs that explain it", "",
        f"All engines take {least_interval(own)} cycles or less. An engine reads all its words in "
        "its first",
        "fold, faster than the engine before it makes them; what a FIFO does not hold is waited",
        "for.",
        "", "| FIFO | words | of an image | highest | interval if it were endless |",
        "|---|---|---|---|---|",
    ]  # fmt: skip
    highest = run(own, 300).highest
    inner = ("dense1", "dense2", "dense3.width")
    for number, fifo in enumerate(own.fifos):
        if fifo.name in inner:
            open_ = changed(own, fifos={**own.design.fifos, fifo.name: OPEN})
            lines.append(
                f"| {fifo.name} | {fifo.depth} | {fifo.words} | {highest[number]} | "
                f"{long_run(open_)} |"
            )
    all_ = changed(own, fifos={**own.design.fifos, **dict.fromkeys(inner, OPEN)})
    lines.append(f"| all three | | | | {long_run(all_)} |")
    whole = {"dense1": 32, "dense2": 16, "dense3.width": 32}
    deep = changed(own, fifos={**own.design.fifos, **whole})
    lines += [
        "", f"With a whole image in each, as a comment in its source says would be smooth "
        f"(32, 16, 32 words): {interval(deep)}."
    ]  # fmt: skip
    return lines


def long_run(own: Pipeline) -> str:
    """Cycles an image over the last thousand of three thousand, where FIFOs take long to fill."""
    done = run(own, 3000).done(own)
    return f"{(done[-100] - done[-1100]) / 1000:.1f}"


if __name__ == "__main__":
    main()
