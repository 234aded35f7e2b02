"""Commands that read what a command wrote: arrays, checkpoints, journals, folders, tables."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dse.storage.lines import line_of
from tests.cli.command import LIGHTSIM
from tests.fuzz.case import Mutator, Seed
from tests.fuzz.mutators.archives import FLOATS, INTEGERS, packed
from tests.fuzz.mutators.records import CHECKPOINT, CSV, JOURNAL, JSON
from tests.fuzz.mutators.text import BYTES, LINES
from tests.fuzz.mutators.toml import TOML
from tests.fuzz.seeds import texts
from tests.fuzz.seeds.studies import STUDIES
from tests.fuzz.seeds.written import folder, trained
from tests.training.image_files import write_cifar10, write_cifar100, write_mnist, write_svhn

__all__ = ["kept"]

ROOT = Path(__file__).parents[3]
_RESUME = ("train", "--resume", "out", "--json")
_WIDE = """\
name = "wide"
title = "One dense layer"
source = "made for this test"
[input]
channels = {channels}
height = {side}
width = {side}
[[layer]]
name = "classes"
operator = "dense"
filters = {classes}
"""


def kept(root: Path) -> Iterator[Seed]:
    """A seed for each, its files below `root`, made by the commands themselves."""
    yield from _arrays(root)
    yield from _training(root)
    yield from _images(root)
    yield from _journals(root)
    yield from _folders(root)


def _made(where: Path, *arguments: str) -> None:
    done = subprocess.run([LIGHTSIM, *arguments], cwd=where, capture_output=True, text=True)
    assert done.returncode == 0, (arguments, done.stderr)


def _repacked(path: Path) -> None:
    """The same archive without the time at which it was made."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    path.write_bytes(packed(members))


def _arrays(root: Path) -> Iterator[Seed]:
    own = trained(root, "arrays")
    for path in own.glob("*.npz"):
        _repacked(path)
    run = ("run", "net.toml", "--json")
    yield Seed("weights", "flightnn", own, "flightnn.npz", run, INTEGERS, 400)
    yield Seed("weights", "binary", own, "binary.npz", (*run, "--scheme", "binary"), INTEGERS, 150)
    yield Seed("weights", "fixed8", own, "fixed8.npz", (*run, "--scheme", "fixed8"), INTEGERS, 150)
    yield Seed("images", "held out", own, "images.npz", run, INTEGERS, 400)


def _training(root: Path) -> Iterator[Seed]:
    where = folder(root, "training", {"recipe.toml": texts.RECIPE})
    _made(where, "train", "recipe.toml", "--output", "out")
    for path in where.rglob("*.npz"):
        _repacked(path)
    checkpoint = "out/seed-0/checkpoint.pt"
    yield Seed("checkpoint", "ended", where, checkpoint, _RESUME, CHECKPOINT, 350, forks="torch")
    yield Seed("run directory", "its recipe", where, "out/recipe.toml", _RESUME, TOML, 150,
               forks="torch")  # fmt: skip
    yield Seed("run directory", "its summary", where, "out/summary.json", _RESUME, JSON, 40,
               forks="torch", strict=False)  # fmt: skip
    yield Seed("checkpoint", "half way", _half_way(root), checkpoint, _RESUME, CHECKPOINT, 200,
               forks="torch")  # fmt: skip
    start = folder(root, "start", {})
    shutil.copyfile(where / "out/seed-0/float.npz", start / "float.npz")
    train = ("train", "digits-small", "--start", "float.npz", "--epochs", "0", "--output", "out")
    yield Seed("float weights", "start", start, "float.npz", train, FLOATS, 400, forks="torch")
    network = ("run", "out/network.toml", "--json")
    for target, mutators in (("out/network.toml", TOML), ("out/seed-0/float.npz", FLOATS)):
        name = target.rpartition("/")[2]
        yield Seed("run directory", f"its {name}", where, target, network, mutators, 60,
                   strict=mutators is TOML)  # fmt: skip


_STOPPED = """\
import pathlib
from lightsim.flow.training import train
from lightsim.training.recipes.recipe import load_recipe
def tell(moment):
    if moment.done == 2:
        raise KeyboardInterrupt
try:
    train(load_recipe(pathlib.Path("recipe.toml")), pathlib.Path("out"), tell)
except KeyboardInterrupt:
    pass
"""


def _half_way(root: Path) -> Path:
    """A training that was stopped after two of its four epochs."""
    recipe = texts.RECIPE.replace("epochs = 1\n", "epochs = 2\n")
    where = folder(root, "half way", {"recipe.toml": recipe})
    subprocess.run([sys.executable, "-c", _STOPPED], cwd=where, check=True)
    return where


def _images(root: Path) -> Iterator[Seed]:
    recipe = texts.RECIPE.partition("[data]")[0].replace('"digits-small"', '"net.toml"')
    recipe = recipe.replace("float_epochs = 1\n", "").replace('"flightnn"', '"fixed8"')
    rows = (
        ("mnist", 1, 28, 10, lambda to: write_mnist(to, 40, 20)),
        ("mnist packed", 1, 28, 10, lambda to: write_mnist(to, 40, 20, packed=True)),
        ("cifar10", 3, 32, 10, lambda to: write_cifar10(to, 8)),
        ("cifar100", 3, 32, 100, lambda to: write_cifar100(to, 20)),
        ("svhn", 3, 32, 10, lambda to: write_svhn(to, 20)),
    )
    train = ("train", "recipe.toml", "--output", "out", "--json")
    for name, channels, side, classes, write in rows:
        data = f'[data]\nsource = "{name.split()[0]}"\npath = "data"\n'
        network = _WIDE.format(channels=channels, side=side, classes=classes)
        where = folder(root, f"images-{name}", {"recipe.toml": recipe + data, "net.toml": network})
        (where / "data").mkdir()
        write(where / "data")
        files = sorted(path.name for path in (where / "data").iterdir())
        for file in files:
            count = 300 // len(files) if name == "svhn" else 160 // len(files)
            yield Seed(
                "training images", f"{name} {file}", where, f"data/{file}", train, BYTES, count,
                forks="torch",
            )  # fmt: skip
    own = trained(root, "images-npz")
    _repacked(own / "images.npz")
    data = '[data]\nsource = "npz"\npath = "images.npz"\ntraining_images = 64\n'
    (own / "recipe.toml").write_text(recipe + data)
    yield Seed("training images", "npz", own, "images.npz", train, INTEGERS, 200, forks="torch")


def _same_every_time(journal: Path) -> list[dict[str, Any]]:
    """The entries of a journal, which is written again without what differs from run to run."""
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+", "2026-01-01T00:00:00.000000", journal.read_text())
    text = re.sub(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-\d+", "worker", text)
    entries = [json.loads(line) for line in text.splitlines()]
    content, checksum = b"", 0
    for entry in entries:
        del entry["crc32"]
        line, checksum = line_of(entry, checksum)
        content += line
    journal.write_bytes(content)
    return entries


def _journals(root: Path) -> Iterator[Seed]:
    where = folder(root, "journal", {"study.toml": STUDIES["two objectives"]})
    explore = ("explore", "study.toml", "--output", "out", "--json")
    _made(where, *explore, "--trials", "4")
    lines = _same_every_time(where / "out/journal.log")
    resumed = (*explore, "--resume", "--trials", "5")
    yield Seed("journal", "resumed", where, "out/journal.log", resumed, JOURNAL, 275)
    old = root / "journal of an earlier version"
    shutil.copytree(where, old)
    (old / "out/journal.log").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    yield Seed("journal", "without checksums", old, "out/journal.log", resumed, JOURNAL, 275)
    yield Seed("study directory", "its study", where, "out/study.toml", resumed, TOML, 60,
               strict=False)  # fmt: skip
    again = ("explore", "out/study.toml", "--output", "other", "--json")
    yield Seed("study directory", "its study again", where, "out/study.toml", again, TOML, 100,
               ("out", "other"))  # fmt: skip
    best = ("run", "digits-small", "--accelerator", "out/best.toml", "--json")
    yield Seed("accelerator", "best.toml", where, "out/best.toml", best, TOML, 150)


def _folders(root: Path) -> Iterator[Seed]:
    where = folder(root, "rtl", {})
    rtl = ("rtl", "digits-small", "--output", "out")
    _made(where, *rtl)
    rows: tuple[tuple[str, tuple[Mutator, ...]], ...] = (
        ("sv/design_pkg.sv", LINES), ("tiles.mem", BYTES), ("sv/accelerator.sv", LINES),
    )  # fmt: skip
    for file, mutators in rows:
        yield Seed("rtl folder", file, where, f"out/{file}", rtl, mutators, 25,
                   strict=False)  # fmt: skip
    where = folder(root, "run", {})
    run = ("run", "digits-small", "--output", "out", "--json")
    _made(where, *run)
    for file in ("summary.json", "configuration.json"):
        yield Seed("run directory", file, where, f"out/{file}", run, JSON, 40,
                   strict=False)  # fmt: skip
    points = (ROOT / "results/calibration/points_xc7.csv").read_bytes()
    where = folder(root, "calibration", {})
    (where / "out").mkdir()
    (where / "out/points_xc7.csv").write_bytes(points)
    calibrate = ("calibrate", "--output", "out")
    yield Seed("calibration table", "points", where, "out/points_xc7.csv", calibrate, CSV, 60,
               works_s=5)  # fmt: skip
