"""No frozen description can be made of a wrong value: every class, every field."""

import dataclasses
import importlib
import inspect
import pkgutil
from functools import cache
from importlib.util import find_spec
from math import inf, nan
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import numpy as np
import pytest

import dse
import lightsim
from dse.accuracy.given import CallableAccuracy, TableAccuracy
from dse.accuracy.sensitivity import SensitivityModel
from dse.free_k.tolerance import Tolerance
from dse.study.study import new_study
from dse.tiled.space.axes import AXES
from dse.tiled.space.lanes import lane_mix
from lightsim.datasets.catalogue import DATASETS
from lightsim.descriptions import DescriptionError
from lightsim.descriptions.fields import read_rule
from lightsim.energy.tables import ENERGY_TABLES
from lightsim.errors import InputError
from lightsim.flow.experiment import Experiment
from lightsim.hardware.catalogue import BOARDS
from lightsim.hardware.device import IdealMemory, Resources
from lightsim.hardware.dsp_blocks import DSP_BLOCKS
from lightsim.hardware.families import FAMILIES
from lightsim.hardware.part import Part
from lightsim.hardware.pe_kinds import PE_KINDS
from lightsim.memory.rules import RULES
from lightsim.network import load_network
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.numerics.formats.table import codec
from lightsim.numerics.images.window import Window
from lightsim.quantisation.inference.layer_output import SumRules
from lightsim.quantisation.per_filter import FilterTerms
from lightsim.quantisation.synthetic.workload import synthetic_workload
from lightsim.quantisation.workload import LabelledImages
from lightsim.source import Source
from lightsim.streaming.description.accelerator import Module
from lightsim.streaming.description.file import load_design
from lightsim.template.design import Progress
from lightsim.tiled.description.accelerator import Array, LaneGroup
from lightsim.tiled.estimation.defaults import default_accelerator
from lightsim.tiled.mapping.tiles.tiling import Tiling
from lightsim.units import Clock, ClockRatio

# Rooms whose frozen classes only our own code makes, of what is checked: results, reports, plans of
# a mapping, tables of kernels, records of a search. A class elsewhere is a description.
MADE_BY_US = (
    "dse.accuracy.measured", "dse.accuracy.rounded_network", "dse.allocation",
    "dse.evaluation", "dse.free_k.problem", "dse.limits", "dse.machine", "dse.reports",
    "dse.retraining", "dse.search", "dse.space.points", "dse.storage", "dse.study.storage_names",
    "dse.tiled.allocation", "dse.tiled.design", "dse.tiled.evaluation", "dse.tiled.free_k",
    "dse.tiled.limits", "lightsim.cli", "lightsim.files", "lightsim.flow.assemble",
    "lightsim.flow.engines", "lightsim.flow.given.resolve", "lightsim.importing",
    "lightsim.flow.training", "lightsim.flow.verification", "lightsim.network.operators",
    "lightsim.network.activations", "lightsim.network.rules",
    "lightsim.numerics.dot_products", "lightsim.numerics.filters", "lightsim.numerics.images.lanes",
    "lightsim.numerics.images.planes", "lightsim.numerics.vectors",
    "lightsim.quantisation.inference.parts", "lightsim.quantisation.synthetic_filters",
    "lightsim.quantisation.term_costs", "lightsim.reports", "lightsim.tiled.bounds",
    "lightsim.tiled.calibration", "lightsim.tiled.estimation", "lightsim.tiled.mapping",
    "lightsim.tiled.optimum", "lightsim.tiled.rtl", "lightsim.tiled.simulation",
    "lightsim.datasets.formats", "lightsim.flow.data", "lightsim.tiled.run",
    "lightsim.streaming.estimation", "lightsim.streaming.mapping", "lightsim.streaming.run",
    "lightsim.streaming.simulation", "lightsim.streaming.sizing", "lightsim.streaming.timeline",
    "lightsim.streaming.timing", "lightsim.template", "lightsim.tiled.timeline",
    "lightsim.training.data",
    "lightsim.training.loop", "lightsim.training.models",
)  # fmt: skip
STREAMING = Path(__file__).parents[1] / "results/streaming/bnn_pynq/lfc-pynq.toml"
TRAINING = find_spec("torch") is not None
DESCRIBED_ALL_THE_SAME = {"Tiling"}
OURS_ALL_THE_SAME = {"Prepared", "RoundedLayer", "Undrawn", "Layers"}


def _without_torch(package: str) -> None:
    """The one room that cannot be imported where PyTorch is not."""
    assert (package, TRAINING) == ("lightsim.training", False)


def _frozen() -> list[type]:
    found = {}
    for package in (lightsim, dse):
        for module in pkgutil.walk_packages(
            package.__path__, f"{package.__name__}.", onerror=_without_torch
        ):
            if module.name.startswith("lightsim.training.") and "recipes" not in module.name:
                continue  # describes nothing but in `recipes`
            if module.name.endswith("__main__"):
                continue
            try:
                held = vars(importlib.import_module(module.name))
            except InputError:
                assert not TRAINING, module.name  # the room needs PyTorch
                continue
            for one in held.values():
                if inspect.isclass(one) and dataclasses.is_dataclass(one):
                    params = one.__dataclass_params__
                    if params.frozen and one.__module__ == module.name:
                        found[f"{module.name}.{one.__qualname__}"] = one
    return list(found.values())


def _described(kind: type) -> bool:
    if kind.__name__ in DESCRIBED_ALL_THE_SAME:
        return True
    ours = f"{kind.__module__}.".startswith(tuple(f"{room}." for room in MADE_BY_US))
    return not ours and kind.__name__ not in OURS_ALL_THE_SAME


DESCRIPTIONS = [kind for kind in _frozen() if _described(kind)]


def _of_training() -> tuple[object, ...]:
    """A recipe and options of models, where PyTorch is: without it the room cannot be imported."""
    if not TRAINING:
        return ()
    from lightsim.training.recipes.options import DistributionOptions, FlightnnOptions
    from lightsim.training.recipes.recipe import new_recipe

    return new_recipe("digits-small", {}), FlightnnOptions(), DistributionOptions()


@cache
def examples() -> dict[type, object]:
    """A right description of every class, most of them found inside a few large ones."""
    board = BOARDS["zc706"]
    workload = synthetic_workload(load_network("digits-small"), SCHEMES["flightnn"], 0)
    roots = [
        board, default_accelerator(board, SCHEMES["flightnn"]), workload,
        load_network("digits-small"),
        new_study("vgg7-cifar10"), *_of_training(), IdealMemory(3, 8), *ENERGY_TABLES.values(),
        RULES[0], load_design(STREAMING)[0], Module("a", "fifo", {"words": 1}),
        *DATASETS.values(),
        *DSP_BLOCKS.values(), *FAMILIES.values(), *PE_KINDS.values(), AXES["rows"],
        Part("p", Resources(1), Source("assumed", "s")), codec("flightnn"), codec("lightnn2"),
        codec("lightnn2").meanings[1],
        codec("binary"), Window((1, 1), (1, 1), (0, 0), 1, 1), SumRules(), Clock(5),
        ClockRatio(1, 2), Experiment("digits-small"), Tiling(1, 1, 1, 1),
        Tolerance(0.1, 0.5), lane_mix("multiply_dsp"),
        TableAccuracy(0.5, {"a": np.zeros((1, 3))}), CallableAccuracy(lambda k: 0.5),
        SensitivityModel({"a": np.zeros((1, 3))}, "filter"),
        FilterTerms({"a": np.ones(2, np.int8)}),
        LabelledImages(np.zeros((1, 1, 1, 1), np.int16), np.zeros(1, np.int64), "here"),
    ]  # fmt: skip
    found: dict[type, object] = {}
    while roots:
        one = roots.pop()
        if isinstance(one, tuple | list | frozenset):
            roots += one
        elif isinstance(one, dict) or hasattr(one, "items"):
            roots += one.values()
        elif dataclasses.is_dataclass(one) and not isinstance(one, type):
            # The richer of two examples: one with fewer fields that are None.
            rank = sum(getattr(one, f.name, None) is None for f in dataclasses.fields(one))
            old = found.get(type(one))
            if old is None or rank < sum(
                getattr(old, f.name, None) is None for f in dataclasses.fields(old)
            ):
                found[type(one)] = one
            roots += [getattr(one, f.name) for f in dataclasses.fields(one) if f.init]
    return found


def _fields(kind: type) -> list[tuple[str, Any]]:
    space = {}
    for base in reversed(kind.__mro__):
        space |= vars(inspect.getmodule(base))
    return [
        (f.name, eval(f.type, space) if isinstance(f.type, str) else f.type)
        for f in dataclasses.fields(kind)
        if f.init
    ]


def _wrong(hint: Any) -> list[object]:
    """Values that the annotation cannot mean, by what it is."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return [*_wrong(inner[0]), *_beyond(inner[1])]
    if origin in (Union, UnionType):
        rows = [_wrong(one) for one in inner if one is not NoneType]
        if len(rows) > 1:
            return [object()]
        return [value for value in rows[0] if value is not None]
    if hint is int:
        return [True, 1.5, 2.0, nan, inf, "1", None, object(), 1 << 80, -(1 << 80), np.float64(2)]
    if hint is float:
        return [True, nan, inf, -inf, "1", None, object(), 10**400]
    if hint is bool:
        return [1, 0, "true", None, object()]
    if hint is str:
        return [1, None, True, b"name", object()]
    if origin is Literal:
        return ["no such choice", 1, None, True, [], object()]
    if hint is Any:
        return []
    return [1, "text", 1.5, object()] if hint not in (str,) else [1]


def _beyond(rule: Any) -> list[object]:
    """What the rule of an `Annotated` field excludes."""
    name = type(rule).__name__
    if name in ("Whole", "PowerOfTwo", "Number"):
        low, high = rule.low, rule.high
        beyond = [low - 1] if low > -(1 << 62) else []
        beyond += [high + 1] if high < (1 << 62) else []
        beyond += [3, 0] if name == "PowerOfTwo" else []
        return beyond + ([low] if getattr(rule, "above", False) else [])
    return ["no such name"] if name == "OneOf" else ["", "  "]


CASES = [
    pytest.param(kind, name, hint, id=f"{kind.__name__}.{name}")
    for kind in DESCRIPTIONS
    for name, hint in _fields(kind)
]


def test_there_are_descriptions():
    names = {kind.__name__ for kind in DESCRIPTIONS}
    assert {"Array", "Board", "DramPart", "Layer", "Scheme", "Budget", "Study"} <= names
    assert ("Recipe" in names) is TRAINING
    assert len(names) > 50


@pytest.mark.parametrize("kind", DESCRIPTIONS, ids=lambda kind: kind.__name__)
def test_every_description_checks_itself(kind):
    assert hasattr(kind, "__post_init__")
    assert any(issubclass(found, kind) for found in examples()), f"no example of {kind}"


@pytest.mark.parametrize(("kind", "name", "hint"), CASES)
def test_no_wrong_value(kind, name, hint):
    example = next(one for found, one in examples().items() if issubclass(found, kind))
    for value in _wrong(hint):
        with pytest.raises(InputError) as caught:
            dataclasses.replace(example, **{name: value})
        assert name in str(caught.value), str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("wrong", [1.5, Path("a.toml"), [], b"a.toml", np.zeros(2)])
def test_what_is_no_accelerator_is_said_to_be_none(wrong):
    with pytest.raises(InputError, match=r"^Experiment: accelerator is .*a text or a Design"):
        Experiment("digits-small", accelerator=wrong)


def test_a_protocol_that_cannot_be_looked_for_is_no_annotation():
    with pytest.raises(TypeError, match="Progress needs @runtime_checkable"):
        read_rule(Progress)


@pytest.mark.parametrize("number", [np.int8(7), np.int64(7), np.uint16(7)])
def test_integers_of_numpy_become_plain_ones(number):
    group = LaneGroup("multiply_dsp", number)
    assert group == LaneGroup("multiply_dsp", 7)
    assert type(group.rows) is int


def test_the_message_names_class_argument_and_value():
    with pytest.raises(DescriptionError) as caught:
        Array((LaneGroup("no_such_kind", -3),), 0, -1)
    assert str(caught.value).startswith("LaneGroup, pe: unknown PE kind 'no_such_kind'; known: ")
    with pytest.raises(DescriptionError) as caught:
        LaneGroup("multiply_dsp", -3)
    assert str(caught.value) == "LaneGroup: rows is -3; accepted: a whole number from 1 to 4096"
    with pytest.raises(DescriptionError) as caught:
        Array((LaneGroup("multiply_dsp", 4096), LaneGroup("multiply_lut", 1)), 1, 1)
    assert str(caught.value) == "Array: rows is 4097; accepted: a whole number from 1 to 4096"


@pytest.mark.parametrize("value", [inf, nan])
def test_a_budget_is_a_finite_number(value):
    budget = examples()[type(new_study("vgg7-cifar10").budgets[0])]
    with pytest.raises(DescriptionError, match=r"^Budget: limit is "):
        dataclasses.replace(budget, limit=value)
