"""The options of `lightsim explore` and the keys of a study file are the same words."""

import pytest
from typer.main import get_command

from dse.study.entries import SearchEntry, StudyEntry
from dse.study.measures import spell_excess
from dse.study.study import new_study, parse_study
from dse.tiled.space.axes import AXES
from lightsim.cli import app

# What a command does with its files, and the trainings it begins; no study says it.
OF_THE_COMMAND = {"retrain", "recipe", "resume", "overwrite", "output", "json", "help"}
# The value of axis `k`, as "1 %".
VALUES = {"accuracy_loss"}


def options() -> set[str]:
    command = get_command(app).commands["explore"]
    return {one.name for one in command.params if one.opts[0].startswith("--")}


@pytest.mark.parametrize("name", sorted(options() - OF_THE_COMMAND - VALUES))
def test_an_option_is_a_key(name):
    assert name in {*StudyEntry.model_fields, *SearchEntry.model_fields, *AXES}


def of_a_file(k: object, budget: dict | None = None) -> tuple:
    table = {"network": [{"name": "lenet"}], "axes": {"k": k}, "budget": budget or {}}
    return parse_study(table, "f").axes["k"]


def test_free_k_means_the_same_in_a_file_and_as_an_option():
    assert new_study("lenet", k="free").axes["k"] == of_a_file("free") == ("1 %",)
    assert of_a_file(["given", "free"]) == ("given", "1 %")
    assert of_a_file(["free", "1 %"]) == ("1 %",)
    assert of_a_file("free", {"accuracy": "90 %"}) == ("free",)


@pytest.mark.parametrize(
    ("excess", "told"), [(0.031, "3.10% over"), (1.0, "100.00% over"), (11.0, "12 times")]
)
def test_what_is_far_over_is_a_factor(excess, told):
    assert spell_excess(excess) == told
