"""Commands that read what people write: networks, machines, boards, mappings, studies, recipes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

from tests.fuzz.case import Seed
from tests.fuzz.mutators.toml import REWRITTEN, TOML
from tests.fuzz.seeds import texts
from tests.fuzz.seeds.studies import STUDIES

__all__ = ["EXAMPLES", "written"]

EXAMPLES = Path(__file__).parents[3] / "examples"
_QUICK = ("--engine", "timeline", "--json")


def written(root: Path) -> Iterator[Seed]:
    """A seed for each, its files below `root`."""
    yield from _networks(root)
    yield from _machines(root)
    yield from _choices(root)
    yield from _studies(root)
    yield from _recipes(root)


def folder(root: Path, name: str, contents: dict[str, str | bytes]) -> Path:
    """A new folder with these files."""
    where = root / name
    where.mkdir(parents=True)
    for file, content in contents.items():
        (where / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    return where


def zoo(name: str) -> str:
    """The text of a network of the zoo."""
    return (files("workloads") / "networks" / f"{name}.toml").read_text("utf-8")


def trained(root: Path, name: str) -> Path:
    """A folder with digits-small as `net.toml`, its weights and its images beside it."""
    text = zoo("digits-small").replace("../digits/digits-small-", "").replace("../digits/", "")
    where = folder(root, name, {"net.toml": text})
    with as_file(files("workloads") / "digits") as own:
        for path in own.glob("*.npz"):
            if path.name.startswith("digits-small-") or path.name == "images.npz":
                shutil.copyfile(path, where / path.name.replace("digits-small-", ""))
    return where


def _networks(root: Path) -> Iterator[Seed]:
    tiny = (EXAMPLES / "tiny.toml").read_text()
    every = folder(root, "network", {"net.toml": texts.NETWORK})
    run = ("run", "net.toml", "--json")
    yield Seed("network", "every operator", every, "net.toml", run, TOML, 550)
    yield Seed(
        "network", "timeline", every, "net.toml", ("run", "net.toml", *_QUICK), REWRITTEN, 10
    )
    own = folder(root, "tiny", {"net.toml": tiny})
    yield Seed("network", "tiny", own, "net.toml", run, TOML, 350)
    yield Seed("network", "trained", trained(root, "trained"), "net.toml", run, TOML, 300)
    rtl = ("rtl", "net.toml", "--output", "out")
    yield Seed("network", "rtl", own, "net.toml", rtl, TOML, 60)
    explore = ("explore", "net.toml", "--trials", "1", "--output", "out", "--json")
    yield Seed("network", "explore", own, "net.toml", explore, TOML, 60)
    data = folder(root, "train", {"net.toml": zoo("digits-small").split("[trained]")[0]})
    train = (
        "train",
        "net.toml",
        "--epochs",
        "1",
        "--float-epochs",
        "0",
        "--output",
        "out",
        "--json",
    )
    yield Seed("network", "train", data, "net.toml", train, TOML, 60, forks="torch")


def _machines(root: Path) -> Iterator[Seed]:
    groups = (EXAMPLES / "zc706-two-groups.toml").read_text()
    run = ("run", "digits-small", "--accelerator", "acc.toml", "--json")
    for name, text, count in (("two groups", groups, 450), ("ideal memory", texts.IDEAL, 350)):
        own = folder(root, f"acc-{name}", {"acc.toml": text})
        yield Seed("accelerator", name, own, "acc.toml", run, (*TOML, *REWRITTEN), count)
        rtl = ("rtl", "digits-small", "--accelerator", "acc.toml", "--output", "out")
        yield Seed("accelerator", f"{name}, rtl", own, "acc.toml", rtl, TOML, 60)
    for name, text, count in (
        ("named part", texts.BOARD, 300),
        ("own part", texts.PART_BOARD, 450),
    ):
        own = folder(root, f"board-{name}", {"board.toml": text})
        run = ("run", "digits-small", "--board", "board.toml", *_QUICK)
        yield Seed("board", name, own, "board.toml", run, (*TOML, *REWRITTEN), count)
    explore = (
        "explore", "digits-small", "--board", "board.toml", "--trials", "1", "--output", "out",
        "--json",
    )  # fmt: skip
    yield Seed("board", "explore", own, "board.toml", explore, TOML, 60)


def _choices(root: Path) -> Iterator[Seed]:
    tiny = (EXAMPLES / "tiny.toml").read_text()
    own = folder(root, "mapping", {"net.toml": tiny, "map.toml": texts.MAPPING})
    run = ("run", "net.toml", "--mapping", "map.toml", "--json")
    yield Seed("mapping", "run", own, "map.toml", run, (*TOML, *REWRITTEN), 500)
    k = (EXAMPLES / "digits-small-k.toml").read_bytes()
    own = folder(root, "k", {"k.toml": k})
    run = ("run", "digits-small", "--k", "k.toml", "--json")
    yield Seed("k", "run", own, "k.toml", run, (*TOML, *REWRITTEN), 450)


def _studies(root: Path) -> Iterator[Seed]:
    counts = {"two objectives": 500, "budgets": 450, "accuracy": 250, "free k": 150}
    explore = ("explore", "study.toml", "--output", "out", "--json")
    for name, text in STUDIES.items():
        own = folder(root, f"study-{name}", {"study.toml": text, "losses.toml": texts.LOSSES})
        yield Seed("study", name, own, "study.toml", explore, TOML, counts[name])
    yield Seed("losses", "explore", own, "losses.toml", explore, TOML, 200)


def _recipes(root: Path) -> Iterator[Seed]:
    train = ("train", "recipe.toml", "--output", "out", "--json")
    for name, text, count in (("flightnn", texts.RECIPE, 500), ("binary", texts.BINARY, 200)):
        own = folder(root, f"recipe-{name}", {"recipe.toml": text})
        yield Seed("recipe", name, own, "recipe.toml", train, TOML, count, forks="torch")
