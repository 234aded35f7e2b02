"""The tile program: descriptors that say what the simulation's runs and tiles say."""

import re
from importlib.resources import files
from random import Random

import pytest

from lightsim.network.tensor import ElementType, TensorShape
from lightsim.tiled.mapping.plan.layout import Region, Span, Volume, activation_runs
from lightsim.tiled.mapping.plan.plan import TensorView
from lightsim.tiled.rtl.program.boxes import box_job
from lightsim.tiled.rtl.program.fields import GROUP, JOB, LAYER, TILE, packed, width_bits

PACKAGE = (files("lightsim.tiled.rtl") / "sv" / "machine_pkg.sv").read_text("utf-8")
BITS = {"dim_t": 16, "signed_dim_t": 16, "addr_t": 32, "signed_addr_t": 32}


def declared(name):
    """Fields and bits of a structure of the SystemVerilog package."""
    body = re.search(r"typedef struct packed \{([^}]*)\} " + name, PACKAGE).group(1)
    fields = []
    for line in body.splitlines():
        found = re.match(r"\s*(\w+)\s*(?:\[(\d+):0\])?\s+(\w+);", line)
        if found:
            kind, high, field = found.groups()
            fields.append((field, BITS.get(kind, int(high or 0) + 1)))
    return tuple(fields)


@pytest.mark.parametrize(
    ("name", "fields"), [("layer_t", LAYER), ("tile_t", TILE), ("group_t", GROUP), ("job_t", JOB)]
)
def test_both_languages_declare_the_same_fields(name, fields):
    assert declared(name) == fields


def test_the_first_field_is_in_the_highest_bits_and_negatives_wrap():
    fields = (("a", 4), ("b", 8))
    assert packed(fields, {"a": 5, "b": -1}) == 0x5FF
    assert width_bits(fields) == 12


@pytest.mark.parametrize("values", [{"a": 16}, {"a": -9}, {"c": 1}])
def test_a_value_that_does_not_fit_is_refused(values):
    with pytest.raises(ValueError, match=r"a = |no field"):
        packed((("a", 4),), values)


def walked(job):
    """The runs (word, words) of a box, as `request_walker.sv` goes through them."""
    return [
        (
            job["address"]
            + image * job["image_pitch"]
            + plane * job["plane_pitch"]
            + line * job["line_pitch"],
            job["length"],
        )
        for image in range(job["images"])
        for plane in range(job["planes"])
        for line in range(job["lines"])
    ]


@pytest.mark.parametrize("seed", range(200))
def test_a_box_descriptor_is_the_list_of_runs(seed):
    dice = Random(seed)
    sizes = [dice.randint(1, 5) for _ in range(4)]
    images, blocks, height, width = sizes
    region = Region(4096, images, blocks, height, width, 8, 8)
    view = TensorView("t", 0, TensorShape(blocks * 8, height, width), ElementType(8, False))
    spans = []
    for size in (images, blocks, height, width):
        start = dice.randrange(size)
        spans.append(Span(start, dice.randint(start + 1, size)))
    channels = Span(spans[1].start * 8, spans[1].stop * 8)
    volume = Volume(spans[0], channels, spans[2], spans[3])
    runs = [(r.address // 8, r.nbytes // 8) for r in activation_runs(region, view, volume)]
    job = box_job(region, view, volume)
    assert walked(job) == runs
    assert job["words"] == sum(words for _, words in runs)
