"""`lightsim data`: fetches a data set of the papers into the user's cache."""

from __future__ import annotations

import json as json_module
from pathlib import Path
from typing import Annotated

import typer

from lightsim.cli.options.values import place

__all__ = ["data_command"]


def data_command(
    name: Annotated[str, typer.Argument(help="mnist, cifar10 or fashion-mnist.")],
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="A folder or an archive with the official files, in place of the network.",
            parser=place("--from"),
            metavar="<path>",
        ),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            help="The folder for the page of samples.  [default: the cache]",
            parser=place("--to"),
            metavar="<path>",
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Fetch the data set even if it is there.")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False,
) -> None:
    """Fetch a data set by npm or apt-get, check it, keep it for recipes, and show samples of it."""
    from lightsim.datasets.catalogue import DATASETS
    from lightsim.errors import InputError, unknown_name
    from lightsim.reports.directory import check_directory

    if name not in DATASETS:
        raise unknown_name("data", "data set", name, DATASETS)
    if source is not None and not source.exists():
        raise InputError("--from", f"'{source}' does not exist", "accepted: a folder or an archive")
    if to is not None:
        check_directory(to, lambda _: True)
    from lightsim.flow.data import get_dataset

    dataset = DATASETS[name]
    kept = get_dataset(dataset, source, to, overwrite=overwrite)
    if json:
        document = {
            "schema": "lightsim.data/1", "name": name, "title": dataset.title,
            "path": str(kept.path), "samples": str(kept.page), "was_there": kept.was_there,
            "training_images": kept.training, "held_out_images": kept.held_out,
            "shape": list(kept.shape), "channel_means": list(kept.means), "sha256": dataset.sha256,
        }  # fmt: skip
        typer.echo(json_module.dumps(document, indent=2, ensure_ascii=False))
        return
    shape = " x ".join(map(str, kept.shape))
    means = ", ".join(f"{mean:.4f}" for mean in kept.means)
    typer.echo(
        f"{dataset.title}: {kept.training:,} images to train on and {kept.held_out:,} held out, "
        f"{shape}"
    )
    typer.echo(f"mean of each channel {means}; sha256 {dataset.sha256[:12]}..., as it should be")
    word = "was already there (--overwrite gets it again)" if kept.was_there else "written to"
    typer.echo(f"{kept.path}: {word}" if kept.was_there else f"{word} {kept.path}")
    typer.echo(f'open {kept.page}; recipes name it: data = "{name}"')
