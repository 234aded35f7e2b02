"""The table of templates: every door of every row is there, and nothing else names a wing."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
import tomllib
from dataclasses import fields, replace
from pathlib import Path

import pytest

import lightsim
from lightsim.errors import InputError
from lightsim.flow.templates import DEFAULT_TEMPLATE, TEMPLATES, find_template, template_of
from lightsim.template import doors
from lightsim.template.doors import Door
from tests.flow.toy import TOY
from tests.flow.toy_explorer import EXPLORED

ROOT = Path(__file__).parent.parent.parent
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
WINGS = [f"lightsim.{name}" for name in TEMPLATES]
# What a door of the name is called with: as many positions, and these keywords.
CALLED = {
    "read": doors.Read, "check": doors.Check, "default": doors.Default, "best": doors.Best,
    "fold": doors.Fold, "resources": doors.Resources, "fit": doors.Fit, "map": doors.MapWorkload,
    "simulation": doors.Model, "timeline": doors.Model, "verify": doors.Verify,
    "rtl": doors.WriteRtl,
}  # fmt: skip
POSITIONS = {
    "write": 1, "rtl_tools": 0, "rtl_folder": 1, "term_costs": 3, "calibration_tools": 1,
    "calibrate": 3, "tables": 0, "designs": 3, "bound": 3, "words": 1, "exact_mapping": 3,
    "write_mapping": 1,
}  # fmt: skip
DOORS = [
    (row.name, each.name, door)
    for row in (*TEMPLATES.values(), EXPLORED)
    for each in fields(row)
    if isinstance(door := getattr(row, each.name), Door)
]


def test_every_field_of_a_row_is_a_door_with_a_title_beside_them():
    names = {each.name for each in fields(TOY)} - {"name", "title"}
    assert names == {*CALLED, *POSITIONS, "axes", "evaluate"}


@pytest.mark.parametrize(("template", "name", "door"), DOORS, ids=lambda value: str(value)[:24])
def test_a_door_opens_on_what_it_is_called_with(template: str, name: str, door: Door):
    function = door.open()
    if name in CALLED:
        wanted = inspect.signature(CALLED[name].__call__).parameters
        positions = [p for p in wanted.values() if p.kind is p.POSITIONAL_ONLY][1:]
        keywords = [p.name for p in wanted.values() if p.kind is p.KEYWORD_ONLY]
        inspect.signature(function).bind(*positions, **dict.fromkeys(keywords))
    elif name in POSITIONS:
        inspect.signature(function).bind(*range(POSITIONS[name]))
    elif name == "evaluate":
        inspect.signature(function).bind(0, 1, with_energy=True, free_k=None)
    else:
        assert name == "axes" and "scheme" in function


def test_every_wing_stands_in_the_import_contracts():
    contracts = {row["name"]: row for row in CONTRACTS["contracts"]}
    assert set(contracts["Wings never import each other"]["modules"]) == set(WINGS)
    doors_only = contracts["Machines are reached through the doors of the table of templates only"]
    explored = {f"dse.{row.name}" for row in TEMPLATES.values() if row.bound is not None}
    assert set(doors_only["forbidden_modules"]) == {*WINGS, *explored}
    search = contracts[
        "The explorer reaches machines through the doors of the table of templates only"
    ]
    assert set(search["forbidden_modules"]) == {*WINGS, *explored}
    rooms = {f"dse.{path.name}" for path in (ROOT / "dse").iterdir() if path.is_dir()}
    assert {*search["source_modules"], *explored} == rooms - {"dse.__pycache__"}
    assert set(contracts["Wings of the explorer never import each other"]["modules"]) == explored
    alone = contracts["A wing of the explorer answers the search and knows nothing of it"]
    assert set(alone["source_modules"]) == explored
    floors = contracts["Data flows one way"]["layers"]
    (floor,) = (row.split(" | ") for row in floors if WINGS[0] in row)
    assert set(WINGS) <= set(floor)


def test_a_wing_is_named_by_its_row_alone():
    """Imports are the linter's to find; a place in a text would escape it."""
    for row in TEMPLATES.values():
        places = [door.place for template, _, door in DOORS if template == row.name]
        assert all(
            place.startswith((f"lightsim.{row.name}.", f"dse.{row.name}.")) for place in places
        )
    named = re.compile(
        "|".join(re.escape(f"{root}.{name}") for name in TEMPLATES for root in ("lightsim", "dse"))
    )
    table = ROOT / "lightsim" / "flow" / "templates.py"
    rooms = [ROOT / "lightsim" / room for room in ("flow", "cli", "reports", "training")]
    files = [ROOT / "lightsim" / "api.py", *(path for room in rooms for path in room.rglob("*.py"))]
    assert [path for path in files if path != table and named.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    "code",
    [
        "import lightsim.flow.templates, lightsim.flow.given.checks",
        "from lightsim.flow.templates import template_of; template_of(None, 'multiply_dsp')",
    ],
)
def test_reading_the_table_imports_no_wing(code: str):
    wings = "print([name for name in sys.modules if name.startswith('lightsim.tiled')])"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\n{wings}"], capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]", done


def test_the_template_comes_from_the_accelerator_or_the_name_or_is_the_default(
    tmp_path: Path, monkeypatch
):
    monkeypatch.setitem(TEMPLATES, "toy", TOY)
    file = tmp_path / "some.toml"
    for text, name in (('name = "a"', DEFAULT_TEMPLATE), ('template = "toy"', "toy")):
        file.write_text(text)
        assert template_of(None, str(file)).name == template_of(name, str(file)).name == name
    assert template_of(None, None) is template_of(None, "default") is TEMPLATES["tiled"]
    assert template_of("toy", None) is TOY
    design = lightsim.default_accelerator(lightsim.board("zc706"), lightsim.scheme("fixed8"))
    assert template_of(None, design) is TEMPLATES["tiled"]
    with pytest.raises(InputError, match=r"template: 'toy', but accelerator 'zc706-.*of template"):
        template_of("toy", design)
    with pytest.raises(InputError, match=r"template: 'tiled', but accelerator '.*' is of tem"):
        template_of("tiled", str(file))
    file.write_text('template = "tyled"')
    with pytest.raises(InputError, match="unknown template 'tyled'; did you mean 'tiled'"):
        template_of(None, str(file))
    with pytest.raises(InputError, match="known: streaming, tiled, toy"):
        find_template("systolic")


def test_a_tiled_file_says_so_or_says_nothing(tmp_path: Path):
    design = lightsim.default_accelerator(lightsim.board("zc706"), lightsim.scheme("fixed8"))
    file = tmp_path / "own.toml"
    for first in ("", 'template = "tiled"\n'):
        file.write_text(first + lightsim.dump_accelerator(design))
        assert lightsim.load_accelerator(file) == design
    assert design.template == "tiled" and replace(design, name="b").template == "tiled"
