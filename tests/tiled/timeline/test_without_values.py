"""`run --engine timeline` without values: cycles, k and terms are those of the run with them."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from random import Random

import numpy as np
import pytest

import lightsim
from lightsim.errors import InputError
from lightsim.flow.k_file import dump_k
from lightsim.flow.run import Experiment, run
from lightsim.network import load_network
from lightsim.network.zoo import zoo_names
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.numerics.sums.accumulator import worst_sum
from lightsim.quantisation.inference.accumulators import accumulator_bits, check_accumulators
from lightsim.quantisation.inference.infer import infer
from lightsim.quantisation.inference.truncation import in_truncated_units
from lightsim.quantisation.k_outline import outline_with_k
from lightsim.quantisation.per_filter import FilterTerms, quantise_with_k
from lightsim.quantisation.select import quantise
from lightsim.quantisation.synthetic.workload import synthetic_images
from lightsim.reports.headline import headline, provenance
from lightsim.tiled.description.accelerator import Accumulator
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.timeline import run as run_timeline
from tests.cli.command import assert_refused
from tests.cli.command import lightsim as command
from tests.quantisation.networks import convolution, dense, network
from tests.tiled.simulation.cases import random_case
from tests.tiled.simulation.nets import random_network

SMALL = [name for name in zoo_names() if load_network(name).parameters < 1_000_000]


def without(report):
    """What does not depend on whether values were computed."""
    nothing = {"bit_exact": None, "output_sha256": None, "accuracy": None, "accuracy_images": 0}
    return replace(report, notes=(), **nothing)


@pytest.mark.parametrize("scheme", ["flightnn", "fixed8", "binary"])
@pytest.mark.parametrize("name", SMALL)
def test_the_report_of_a_small_network_is_the_same_without_values(name, scheme):
    if name.startswith("digits") and scheme not in lightsim.load_network(name).trained.weights:
        pytest.skip("not trained for it")
    experiment = Experiment(name, scheme=scheme, engine="timeline", images=3, batch=2)
    bare, whole = run(experiment), run(replace(experiment, values=True))
    assert without(bare) == without(whole)
    assert whole.values_computed and whole.bit_exact and len(whole.output_sha256) == 64
    assert not bare.values_computed
    assert (bare.bit_exact, bare.output_sha256, bare.accuracy) == (None, None, None)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("name", sorted(SCHEMES))
def test_an_outline_says_of_a_network_what_its_drawn_layers_do(name, seed):
    net = random_network(Random(f"{name} {seed}"), name, 8)
    bare, whole = (quantise(net, SCHEMES[name], seed, outline=outline) for outline in (True, False))
    assert bare.in_outline and not whole.in_outline
    assert bare.weights_origin == whole.weights_origin
    assert_outlines(bare, whole)


@pytest.mark.parametrize("seed", range(500, 515))
@pytest.mark.parametrize("name", sorted(SCHEMES))
def test_any_machine_takes_the_same_cycles_for_an_outline(name, seed):
    case = random_case(seed, name)
    bare = quantise(case.workload.network, SCHEMES[name], seed, outline=True)
    tilings = {schedule.layer.name: schedule.tiling for schedule in case.program.schedules}
    program = map_workload(bare, case.accelerator, images=case.program.images, tilings=tilings)
    found, expected = run_timeline([program]), run_timeline([case.program])
    assert found.layers == expected.layers and found.units == expected.units


@pytest.mark.parametrize("weights", [None, "lightnn2"])
@pytest.mark.parametrize("seed", range(4))
def test_an_outline_with_given_k_says_what_the_rounded_layers_do(weights, seed):
    net = network(
        [
            convolution(9, 3, activation="relu"),
            convolution(5, 3, activation="sign"),
            dense(7),
        ],
        image=(3, 7, 6),
    )
    rng = np.random.default_rng(seed)
    k = {
        layer.name: rng.integers(0, 3, layer.weight_shape[0], np.int8)
        for layer in net.layers
        if layer.has_weights
    }
    terms = FilterTerms(k, weights)
    bare, whole = outline_with_k(net, terms, seed), quantise_with_k(net, terms, seed)
    assert bare.in_outline and bare.weights_origin == whole.weights_origin
    assert_outlines(bare, whole)


def assert_outlines(bare, whole):
    """The bare workload's fields are what they promise to be of the whole one's."""
    for one, drawn in zip(bare.layers, whole.layers, strict=True):
        assert (one.output, one.inputs, one.lowest) == (drawn.output, drawn.inputs, drawn.lowest)
        if drawn.weights is None:
            assert one.undrawn is None and one.shift == drawn.shift
            assert np.array_equal(one.multiplier, drawn.multiplier)
            continue
        assert np.array_equal(one.k, drawn.k) and one.scheme == drawn.scheme
        assert one.weights.shape == drawn.weights.shape and not any(one.weights.strides)
        assert bool((one.multiplier != 1).any()) == bool((drawn.multiplier != 1).any())
        assert one.shift <= drawn.shift
        made = one.undrawn.draw()
        assert np.array_equal(made.weights, drawn.weights)
        assert np.array_equal(made.bias, drawn.bias) and made.shift == drawn.shift
    shifts = whole.scheme.is_shift_add
    for accumulation in ("exact", "truncate") if shifts else ("exact",):
        needed = [told(accumulator_bits, workload, accumulation) for workload in (bare, whole)]
        assert needed[0] == needed[1]
        for bits in (4, 12, 16, 18, 20, 22, 24, 32):
            said = [
                told(check_accumulators, workload, bits, accumulation) for workload in (bare, whole)
            ]
            assert said[0] == said[1]
    for one, drawn in zip(bare.layers, whole.layers, strict=True):
        if drawn.weights is not None and shifts:
            low, high = extremes(drawn)
            assert -one.undrawn.reach <= low <= high <= one.undrawn.reach
            refused = [told(in_truncated_units, layer) for layer in (one, drawn)]
            assert isinstance(refused[0], str) == isinstance(refused[1], str)


def extremes(layer):
    """The least and the greatest sum that any image could give."""
    element = layer.inputs[0]
    low, high = worst_sum(layer.weights, layer.bias, element.lowest, element.highest)
    return int(low.min()), int(high.max())


def told(check, *given):
    """What a check returns, or the text of the error that it raises."""
    try:
        return check(*given)
    except InputError as error:
        return str(error)


def test_an_accumulator_that_is_too_narrow_is_refused_in_the_same_words():
    _, accelerator, _ = lightsim.flow.given.resolve.resolve_accelerator(None, None, None)
    narrow = replace(accelerator, accumulator=Accumulator(14, "refuse"))
    told = []
    for values in (False, True):
        with pytest.raises(InputError, match=r"need 24 bits, the accumulator has 14") as error:
            lightsim.run("lenet", accelerator=narrow, engine="timeline", values=values)
        told.append(str(error.value))
    assert told[0] == told[1]


def test_a_k_file_gives_the_same_report_without_values(tmp_path):
    net = load_network("lenet")
    k = {
        layer.name: np.arange(layer.weight_shape[0], dtype=np.int8) % 3
        for layer in net.layers
        if layer.has_weights
    }
    file = tmp_path / "k.toml"
    file.write_text(dump_k(FilterTerms(k)))
    bare, whole = (
        lightsim.run(net, k=file, engine="timeline", values=values) for values in (False, True)
    )
    assert without(bare) == without(whole) and whole.bit_exact


def test_a_large_network_is_timed_without_arrays_of_its_size():
    alexnet = load_network("alexnet")  # 61 million weights; an image has 154,587 values
    run(Experiment("lenet", engine="timeline", images=2))  # what is imported is not counted
    tracemalloc.start()
    report = run(Experiment(alexnet, engine="timeline", images=100, tracing=False))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert report.images == 100 and most < 15_000_000


def test_an_outline_computes_nothing():
    net = load_network("cnv")
    outline = quantise(net, SCHEMES["fixed8"], 0, outline=True)
    with pytest.raises(InputError, match="has no weights to compute with"):
        infer(outline, synthetic_images(net, 1, 0))
    _, accelerator, _ = lightsim.flow.given.resolve.resolve_accelerator(None, None, "fixed8")
    program = map_workload(outline, accelerator)
    with pytest.raises(InputError, match="has no weights to compute with"):
        lightsim.simulate([program], [synthetic_images(net, 1, 0)])


def test_console_and_page_say_it():
    facts = {fact.label: fact for fact in headline(lightsim.run("lenet", engine="timeline"))}
    assert facts["Bit exact"].value == "not computed"
    assert facts["Bit exact"].remark == "values not computed; --values brings them"
    assert facts["Accuracy"].remark == "values not computed"
    told = {fact.label: fact.value for fact in provenance(lightsim.run("lenet", engine="timeline"))}
    assert told["Output SHA-256"] == "not computed"


def test_the_command_computes_values_where_they_are_asked_for(tmp_path):
    given = ("run", "digits-small", "--json")
    bare = json.loads(
        command(*given, "--engine", "timeline", "--output", str(tmp_path / "out")).out
    )
    assert bare["values_computed"] is False
    assert (bare["bit_exact"], bare["output_sha256"], bare["accuracy"]) == (None, None, None)
    assert json.loads((tmp_path / "out" / "summary.json").read_text()) == bare
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "values not computed; --values brings them" in page
    whole = json.loads(command(*given, "--engine", "timeline", "--values").out)
    simulated = json.loads(command(*given, "--values").out)
    assert whole["values_computed"] is simulated["values_computed"] is True
    assert simulated == json.loads(command(*given).out)
    for key in ("bit_exact", "output_sha256", "accuracy", "cycles", "layers"):
        assert whole[key] == simulated[key]


def test_an_unknown_engine_is_told_before_anything_is_made():
    assert_refused(command("run", "vgg16", "--engine", "timelime"), 2, "--engine", "timelime")
