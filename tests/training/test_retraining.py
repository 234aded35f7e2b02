"""Training and search together: candidates, their designs, and one front."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch is the extra 'train'")

from dse.retraining.candidates import Candidate
from dse.retraining.search import Point, joint_front
from tests.cli.command import assert_refused, lightsim

RECIPE = """
network = "digits-small"
scheme = "flightnn"
float_epochs = 3
epochs = 10
batch = 16
[data]
training_images = 300
held_out_images = 80
[flightnn]
warm_up = 0.0
ramp = 0.0
"""


def point(throughput: float, choosing: float, strength: float = 0.0) -> Point:
    own = Candidate((0.0, strength), 0, "n.toml", 1 - choosing, choosing, (0, 1, 1))
    return Point(own, throughput, None, own.accuracy, choosing, "d")


def test_the_front_is_chosen_without_the_images_held_out():
    """Here the accuracy on images held out says the opposite of the one that may choose."""
    slow, fast, beaten = point(1, 0.9), point(3, 0.5), point(2, 0.4)
    assert joint_front([slow, beaten, fast]) == (fast, slow)
    twins = [point(3, 0.5, 0.2), point(3, 0.5, 0.1)]
    assert [p.candidate.label for p in joint_front(twins)] == ["0.1"]


def test_candidates_are_trained_searched_and_joined(tmp_path: Path):
    recipe, out = tmp_path / "own.toml", tmp_path / "out"
    recipe.write_text(RECIPE, "utf-8")
    command = (
        "explore", "digits-small", "--retrain", "0,0.001:1", "--recipe", str(recipe),
        "--board", "ultra96", "--trials", "2", "--output", str(out), "--json",
    )  # fmt: skip
    ended = lightsim(*command)
    assert ended.code == 0, ended.err
    found = json.loads(ended.out)
    assert found["schema"] == "lightsim.retrain/1"
    assert json.loads((out / "summary.json").read_text("utf-8")) == found
    kept, pruned = found["candidates"]
    assert (kept["strengths"], pruned["strengths"]) == ("0", "0.001:1")
    assert pruned["k"]["2"] < kept["k"]["2"]
    assert pruned["throughput_images_per_s"] >= kept["throughput_images_per_s"]
    for row in found["candidates"]:
        assert row["throughput_images_per_s"] <= row["limit_images_per_s"] * (1 + 1e-12)
    run = json.loads(lightsim(*pruned["command"].split()[1:], "--json").out)
    # The same cycles, made a rate in another order.
    assert run["throughput_images_per_s"] == pytest.approx(
        pruned["throughput_images_per_s"], rel=1e-12
    )
    assert run["accuracy"] == pruned["accuracy"]
    names = {path.name for path in out.iterdir()}
    assert {"front.csv", "candidates.csv", "report.html", "float", "strength-0.001-1"} <= names
    # Given again, everything is there.
    assert lightsim(*command).out == ended.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--retrain", "a"), "accepted: numbers from 0, as 0.001,0.003"),
        (("--retrain", "-1"), "accepted: numbers from 0"),
        (("--retrain", "1:2:3"), "first and second terms 0.001:0.003"),
        (("--retrain", "nan"), "accepted: numbers from 0"),
        (("--retrain", "1,1"), "names strengths twice"),
        (("--recipe", "x.toml"), "without --retrain"),
        (("--retrain", "0", "--scheme", "fixed8"), "with --scheme fixed8"),
        (("--retrain", "0", "--resume"), "with --resume"),
        (("--retrain", "0", "--recipe", "x.toml"), "x.toml: cannot be read"),
        (("--retrain", "0", "--board", "zc70"), "did you mean 'zc706'"),
    ],
)
def test_mistakes_take_one_line(arguments, words: str, tmp_path: Path):
    out = tmp_path / "out"
    ended = lightsim("explore", "digits-small", *arguments, "--output", str(out))
    assert_refused(ended, 2, words)
    assert not out.exists()


def test_a_recipe_of_another_network_or_scheme_is_refused(tmp_path: Path):
    recipe = tmp_path / "own.toml"
    for text, words in (
        ('network = "digits"\n', "is for 'digits', not for 'digits-small'"),
        ('network = "digits-small"\nscheme = "lightnn1"\n', "the recipe is for 'lightnn1'"),
        ('network = "digits-small"\n', "the recipe has no float_epochs"),
    ):
        recipe.write_text(text, "utf-8")
        ended = lightsim(
            "explore", "digits-small", "--retrain", "0", "--recipe", str(recipe),
            "--output", str(tmp_path / "out"),
        )  # fmt: skip
        assert_refused(ended, 2, words)
