"""A page of samples: examples of a data set, the number of its images, and their means."""

from __future__ import annotations

import base64
import html

import numpy as np
from numpy.typing import NDArray

from lightsim.datasets.catalogue import DataSet
from lightsim.datasets.formats.examples import Examples, Labelled
from lightsim.datasets.formats.png import png_text

__all__ = ["channel_means", "samples_page"]

_EACH = 20  # images shown of each class

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 1rem; }}
img {{ image-rendering: pixelated; display: block; width: 100%; height: auto; }}
table {{ border-collapse: collapse; width: 100%; }}
th {{ text-align: left; font-weight: 400; padding-right: 1rem; white-space: nowrap; }}
td.count {{ text-align: right; padding-right: 1rem; font-variant-numeric: tabular-nums; }}
</style>
<h1>{title}</h1>
<p>{about}</p>
<table>
<tr><th>class</th><th>to train on</th><th>held out</th><th>the first of each to train on</th></tr>
{rows}
</table>
<p>{source}</p>
</html>
"""


def channel_means(images: NDArray[np.int16]) -> tuple[float, ...]:
    """The mean of every channel, as a share of 255."""
    return tuple(float(mean) / 255 for mean in images.mean(axis=(0, 2, 3), dtype=np.float64))


def samples_page(dataset: DataSet, examples: Examples) -> str:
    """One self-contained HTML page of some hundred kilobytes."""
    training, held_out = examples.training, examples.held_out
    shape = " x ".join(map(str, training.images.shape[1:]))
    means = ", ".join(f"{mean:.4f}" for mean in channel_means(training.images))
    about = (
        f"{len(training):,} images to train on and {len(held_out):,} held out, {shape} bytes each; "
        f"mean of each channel {means}; sha256 {dataset.sha256}."
    )
    rows = "\n".join(
        _row(name, number, training, held_out) for number, name in enumerate(dataset.classes)
    )
    return _PAGE.format(
        title=html.escape(dataset.title), about=about, rows=rows, source=html.escape(dataset.source)
    )


def _row(name: str, number: int, training: Labelled, held_out: Labelled) -> str:
    own = np.flatnonzero(training.labels == number)
    strip = training.images[own[:_EACH]].astype(np.uint8).transpose(2, 0, 3, 1)
    high, channels = strip.shape[0], strip.shape[3]
    picture = ""
    if len(own):
        content = base64.b64encode(png_text(strip.reshape(high, -1, channels))).decode()
        words = f"{len(own[:_EACH])} images of class {html.escape(name)}"
        picture = f'<img alt="{words}" src="data:image/png;base64,{content}">'
    counts = "".join(
        f'<td class="count">{int((part.labels == number).sum()):,}</td>'
        for part in (training, held_out)
    )
    return f"<tr><th>{html.escape(name)}</th>{counts}<td>{picture}</td></tr>"
