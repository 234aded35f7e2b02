"""Networks with several outputs: every one raw, stored, compared and hashed, in its order."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from lightsim.errors import InputError
from lightsim.flow.run import Experiment, run
from lightsim.network import dump_network
from lightsim.network.parsing import parse_network
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.inference.infer import infer
from lightsim.quantisation.synthetic.workload import synthetic_images, synthetic_workload
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.rtl.comparison.verify import verify_programs
from lightsim.tiled.simulation.machine import simulate
from tests.quantisation.networks import convolution, dense, network
from tests.tiled.simulation.machines import machine

# Three heads of other shapes, one of them read by a later layer too; one ends in a pooling and one
# in an addition.
HEADS = (
    convolution(8, name="trunk", padding=1, activation="relu"),
    convolution(6, 1, name="boxes"),
    convolution(10, name="deep", input="trunk", stride=2, activation="relu"),
    convolution(3, 1, name="classes", input="deep"),
    {"name": "pooled", "operator": "max_pool", "kernel": 2, "input": "deep"},
    convolution(10, name="branch", input="deep", padding=1),
    {"name": "residual", "operator": "add", "inputs": ["branch", "deep"]},
)
ENDS = ("boxes", "classes", "pooled", "residual")


def digest(made, names, scheme="flightnn", seed=0):
    """The hash that docs/formats.md defines, from whole-layer inference."""
    workload = synthetic_workload(made, SCHEMES[scheme], seed)
    found = infer(workload, synthetic_images(made, 2, seed), keep=list(names))
    values = b"".join(found[name].astype("<i4").tobytes() for name in names)
    return hashlib.sha256(values).hexdigest()


def done(made, engine, **keys):
    keys = {"board": "zc706", "scheme": "flightnn", "images": 2, "engine": engine, **keys}
    return run(Experiment(made, **keys))


@pytest.mark.parametrize("engine", ["simulation", "timeline"])
def test_unread_layers_are_the_outputs(engine):
    made = network(HEADS, image=(3, 9, 8))
    assert made.outputs == made.ends == ENDS
    report = done(made, engine)
    assert report.outputs == ENDS
    assert any(note.startswith("The network has 4 outputs: boxes, cl") for note in report.notes)
    assert any("SHA-256" in note for note in report.notes) == (report.output_sha256 is not None)
    if engine == "simulation":
        assert report.bit_exact and report.output_sha256 == digest(made, ENDS)


def test_outputs_may_be_named_in_another_order_and_be_read():
    names = ("residual", "deep", "pooled", "classes", "boxes")
    text = dump_network(network(HEADS, image=(3, 9, 8)))
    made = parse_network(f"outputs = {list(names)}\n".replace("'", '"') + text, "made")
    assert made.outputs == names
    assert parse_network(dump_network(made), "again") == made
    report = done(made, "simulation")
    assert report.bit_exact and report.output_sha256 == digest(made, names)


def test_an_output_that_is_read_is_not_fused_away():
    layers = (
        convolution(8, name="seen", padding=1, activation="relu"),
        {"name": "pooled", "operator": "max_pool", "kernel": 2},
    )
    alone = network(layers, image=(3, 8, 8))
    both = replace(alone, outputs=("seen", "pooled"))
    assert [layer.name for layer in done(alone, "simulation").layers] == ["seen"]
    assert [layer.name for layer in done(both, "simulation").layers] == ["seen", "pooled"]


@pytest.mark.parametrize("last", ["flatten", "concat"])
def test_the_hash_is_that_of_the_output_and_not_of_the_last_pass(last):
    layers = [convolution(8, name="a"), convolution(8, name="b", input="input")]
    layers.append({"name": "joined", "operator": "concat", "inputs": ["b", "a"]})
    if last == "flatten":
        layers.append({"name": "flat", "operator": "flatten"})
    made = network(layers, image=(3, 8, 8))
    report = done(made, "simulation")
    assert report.bit_exact and report.output_sha256 == digest(made, made.outputs)


def test_every_head_is_raw_where_it_has_weights_and_no_activation():
    workload = synthetic_workload(network(HEADS, image=(3, 9, 8)), SCHEMES["fixed8"], 1)
    bits = {layer.layer.name: layer.output.bits for layer in workload.layers}
    assert bits == {"trunk": 8, "boxes": 32, "deep": 8, "classes": 32, "pooled": 8, "branch": 8,
                    "residual": 8}  # fmt: skip


def test_the_rtl_stores_every_output(tmp_path):
    made = network((*HEADS[:5], dense(7, name="flat", input="deep")), image=(3, 9, 8))
    workload = synthetic_workload(made, SCHEMES["flightnn"], 2)
    program = map_workload(workload, machine())
    verdict = verify_programs([program], [synthetic_images(made, 1, 3)], tmp_path)
    assert verdict.equal, verdict
    found = simulate([program], [synthetic_images(made, 1, 3)]).outputs
    wanted = infer(workload, synthetic_images(made, 1, 3), keep=list(made.outputs))
    assert all(np.array_equal(found[name], wanted[name]) for name in made.outputs)


def test_training_takes_one_output(tmp_path):
    pytest.importorskip("torch", reason="PyTorch is the extra 'train'")
    from lightsim.training.recipes.recipe import new_recipe

    path = tmp_path / "heads.toml"
    path.write_text(dump_network(network(HEADS, image=(3, 9, 8))), encoding="utf-8")
    with pytest.raises(InputError, match="'small' has 4 outputs: boxes, classes"):
        new_recipe(str(path))
