"""Study files: what is refused, in which words, and that nothing is lost on the way back."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from dse.study.measures import MEASURES
from dse.study.samplers import SAMPLERS
from dse.study.study import load_study, new_study, parse_study
from dse.study.writing import study_text
from dse.tiled.space.axes import AXES
from lightsim.errors import InputError
from lightsim.hardware.catalogue import BOARDS
from tests.dse.explore.spaces import SMALL, small_study

BAD = [
    ("axis = 1", "unknown key 'axis'; did you mean 'axes'?"),
    ("board = 'zc7o6'", "s.toml: board: unknown board 'zc7o6'; did you mean 'zc706'?"),
    ("[[network]]\nname = 'vgg77'", "unknown network 'vgg77'"),
    ("[[network]]\nname = 'digits'\nweight = 0", "weight is 0; accepted: a number above 0"),
    ("[[network]]\nname = 'digits'\n[[network]]\nname = 'digits'", "accepted: each once"),
    ("[axes]\nrow = [8]", "s.toml, [axes]: unknown axis 'row'; did you mean 'rows'?"),
    ("[axes]\nrows = []", "rows is empty; accepted: a list of a whole number, 1 to 4096"),
    ("[axes]\nrows = [8, 0]", "rows has the choice 0; accepted: a whole number, 1 to 4096"),
    ("[axes]\nrows = [8, 8]", "rows has the choice 8 twice"),
    ("[axes]\nrows = {from = 8, to = 4}", "rows is the range"),
    ("[axes]\nlanes = ['shift_add']", "unknown PE kind 'shift_add'"),
    ("[axes]\nlanes = ['multiply_dsp + multiply_dsp']", "names a PE kind twice"),
    ("[axes]\nscheme = ['flightn']", "unknown scheme 'flightn'; did you mean 'flightnn'?"),
    ("[axes]\npost_lanes = [12]", "post_lanes has the choice 12; accepted: a power of two"),
    ("[axes]\nweight_bytes = ['12 cups']", "weight_bytes has the choice '12 cups'"),
    ("[axes]\nclock = ['fast']", "clock has the choice 'fast'; accepted: a whole number of hertz"),
    ("[budget]\nluts = 1", "unknown budget 'luts'; did you mean 'lut'?"),
    ("[budget]\nlut = 300000", "lut is 300000, XC7Z045 has 218600; accepted: at most 218600"),
    ("[budget]\nlut = '80 kilo'", "lut is '80 kilo'; accepted: a number"),
    ("[budget]\nlatency = '3 h'", "latency is '3 h'; accepted: a text like \"1 s\""),
    ("[objectives]\nspeed = 'maximise'", "unknown objective 'speed'"),
    ("[objectives]\nenergy = 'less'", "energy is 'less'; accepted: maximise or minimise"),
    ("[objectives]", "[objectives]: is empty"),
    ("[search]\nsampler = 'tpee'", "unknown sampler 'tpee'; did you mean 'tpe'?"),
    ("[search]\ntrials = 0", "trials is 0; accepted: a whole number from 1"),
    ("[accuracy]\nsource = 'table'", "source is 'table', and there is none"),
    ("[accuracy.table]\nflightnn = 2", "table flightnn is 2"),
    ("[layers.conv9]\nk = 1", "[layers]: unknown layer with weights 'conv9'; did you mean 'conv"),
    ("[layers.conv1]\nk = 3", "s.toml, [layers.conv1]: k is 3; accepted: 1, 2 or 'free'"),
    ("[layers.conv1]\nk = [1, 1]", "[layers.conv1]: k is 1 twice; accepted: each once"),
    ("[layers.conv1]\nk = []", "[layers.conv1]: k is empty; accepted: 1, 2 or 'free'"),
    ("[layers.conv1]\nk = 1\nscheme = 'lightnn1'", "accepted: k = ... or scheme = ..."),
    ("[layers.conv1]\nscheme = 'fixed4'", "unknown scheme of a layer 'fixed4'"),
    ("[layers]\nconv1 = 1", "[layers.conv1]: is 1; accepted: k = ... or scheme = ..."),
]


@pytest.mark.parametrize(("text", "words"), BAD, ids=[text for text, _ in BAD])
def test_a_bad_study_is_told_in_a_line(text: str, words: str, tmp_path: Path):
    if "[[network]]" not in text:
        text = f"{text}\n[[network]]\nname = 'digits'\n"
    table = tomllib.loads(text)
    with pytest.raises(InputError) as refused:
        parse_study(table, "s.toml")
    assert words in str(refused.value)
    assert len(str(refused.value)) < 400 and "\n" not in str(refused.value)


def test_a_study_without_networks_is_refused():
    with pytest.raises(InputError, match="key 'network' is missing"):
        parse_study({}, "s.toml")


@pytest.mark.parametrize("board", BOARDS)
def test_defaults_are_a_study_that_reads_back_the_same(board: str):
    study = new_study("digits", board, scheme="flightnn,fixed4,binary")
    again = parse_study(tomllib.loads(study_text(study)), "again.toml")
    assert again == study
    assert set(study.axes) == set(AXES)


def test_every_part_of_a_study_survives_writing(tmp_path: Path):
    study = small_study(
        network=[{"name": "digits", "weight": 0.7}, {"name": "digits-small", "weight": 0.3}],
        budget={
            "lut": "50 %", "dsp": 100, "latency": "10 ms", "power": "2.5 W", "energy": "3 mJ",
            "dram_bandwidth": "4 GB/s", "accuracy": "95 %", "throughput": 100,
        },
        objectives={name: row.direction for name, row in MEASURES.items()},
        accuracy={"table": {"flightnn": 0.98}, "images": 50},
        search={"sampler": "nsga2", "prove": True, "storage": "x.log"},
    )  # fmt: skip
    file = tmp_path / "s.toml"
    file.write_text(study_text(study), encoding="utf-8")
    assert load_study(file) == study
    limits = {budget.measure.name: budget.limit for budget in study.budgets}
    assert limits["lut"] == 0.5 * 70_560
    assert limits["dram_bandwidth"] == 4e9
    assert limits["accuracy"] == 0.95
    assert [share.weight for share in study.shares] == [0.7, 0.3]


def test_layers_survive_writing_and_schemes_are_terms(tmp_path: Path):
    study = small_study(
        layers={"dense": {"k": 2}, "conv1": {"scheme": ["lightnn2", "lightnn1", "flightnn"]}}
    )
    assert study.layers == {"conv1": (2, 1, "free"), "dense": (2,)}
    assert study.axes["k"] == ("1 %",)
    assert parse_study(tomllib.loads(study_text(study)), "again.toml") == study
    every = {name: {"k": terms} for name, terms in (("conv1", 1), ("conv2", 2), ("dense", 2))}
    assert small_study(layers=every).axes["k"] == ("any",)
    with pytest.raises(InputError, match=r"\[layers\]: names layers, and there are 2 networks"):
        networks = [{"name": "digits"}, {"name": "digits-small"}]
        small_study(network=networks, layers={"conv1": {"k": 1}})


def test_options_stand_in_for_the_files_search(tmp_path: Path):
    file = tmp_path / "s.toml"
    file.write_text(study_text(small_study(search={"trials": 7, "seed": 3})), encoding="utf-8")
    study = load_study(file, {"trials": 9})
    assert (study.search.trials, study.search.seed) == (9, 3)
    with pytest.raises(InputError, match="workers: workers is 0"):
        load_study(file, {"workers": 0})


def test_samplers_are_made():
    from dse.study.samplers import make_sampler

    for name in SAMPLERS:
        assert make_sampler(name, 1) is not None


def test_the_small_study_is_small():
    assert parse_study(SMALL, "small.toml").name == "small"


def test_the_study_of_the_document_is_one():
    text = (Path(__file__).parents[3] / "docs" / "explore.md").read_text("utf-8")
    blocks = [block.split("```")[0] for block in text.split("```toml\n")[1:]]
    (shown,) = (block for block in blocks if "[[network]]" in block)
    study = parse_study(tomllib.loads(shown), "docs/explore.md")
    assert study.search.trials == 400
    for name in (*AXES, *MEASURES, *SAMPLERS):
        assert f"`{name}`" in text, name
