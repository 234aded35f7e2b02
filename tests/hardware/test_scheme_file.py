"""Scheme files: members of the family of weight formats described in TOML."""

from __future__ import annotations

import json
import tomllib

import pytest

from lightsim.errors import InputError
from lightsim.hardware.scheme_file import find_scheme, scheme_name
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.description.file import dump_accelerator, parse_accelerator
from tests.cli.command import assert_refused, lightsim
from tests.tiled.simulation.machines import PLAIN

MINE = """\
[scheme]
base = "lightnn"
terms = 2
exponents = [1, 6]
zero = true
"""


def written(folder, text):
    path = folder / "my.toml"
    path.write_text(text, "utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (MINE, "lightnn2-m1to6-zero"),
        ('[scheme]\nbase = "fixed"\nbits = 6\n', "fixed6"),
        ('[scheme]\nbase = "ternary"\n', "ternary"),
        ('[scheme]\nbase = "binary"\n', "binary"),
        ('[scheme]\nbase = "lightnn"\nterms = 2\n', "lightnn2"),
        ('[scheme]\nbase = "flightnn"\nterms = 2\nexponents = [0, 6]\nzero = true\n', "flightnn"),
        ('[scheme]\nbase = "flightnn"\nterms = 3\nexponents = [0, 2]\n', "flightnn3-m0to2"),
    ],
)
def test_a_file_says_what_a_name_says(text, name, tmp_path):
    assert scheme_name(written(tmp_path, text)) == name
    assert find_scheme(written(tmp_path, text)) is SCHEMES[name]
    assert scheme_name(name) == name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no table [scheme]; accepted: base, and bits or terms, exponents, zero"),
        ("scheme = 3\n", "has no table [scheme]"),
        ("[schema]\n", "unknown key 'schema'; did you mean 'scheme'?"),
        (
            "[scheme]\nterms = 2\n",
            "[scheme]: key 'base' is missing; it takes one of fixed, ternary",
        ),
        ('[scheme]\nbase = "lightn"\n', "unknown base 'lightn'; did you mean 'lightnn'?"),
        ('[scheme]\nbase = "lightnn"\n', "terms is 0; accepted: 1 to 4 for base 'lightnn'"),
        ('[scheme]\nbase = "lightnn"\nterms = 9\n', "terms is 9; accepted: a whole number from"),
        ('[scheme]\nbase = "lightnn"\nterm = 1\n', "unknown key 'term'; did you mean 'terms'?"),
        ('[scheme]\nbase = "fixed"\nbits = "4"\n', "bits is '4'; accepted: a whole number"),
        ('[scheme]\nbase = "fixed"\nbits = 9\n', "bits is 9; accepted: a whole number from 0 to 8"),
        ('[scheme]\nbase = "fixed"\n', "bits is 0; accepted: 2 to 8 for base 'fixed'"),
        (MINE.replace("[1, 6]", "[6]"), "exponents: is [6]; accepted: the least and the greatest"),
        (MINE.replace("[1, 6]", "[6, 1]"), "exponents is [6, 1]; accepted: [least, greatest]"),
        (MINE.replace("= 2", "= 4").replace("[1, 6]", "[0, 7]"), "a code of at most 16 bits"),
        ("[scheme\n", "not a TOML file"),
    ],
)
def test_what_describes_no_member_is_refused_with_the_file(text, said, tmp_path):
    path = written(tmp_path, text)
    with pytest.raises(InputError) as error:
        find_scheme(path)
    assert str(error.value).startswith(path) and said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_file(tmp_path):
    with pytest.raises(InputError, match=r"none\.toml"):
        find_scheme(str(tmp_path / "none.toml"))


def test_an_accelerator_file_keeps_the_name(tmp_path):
    text = dump_accelerator(PLAIN)
    mine = written(tmp_path, MINE)
    acc = parse_accelerator(tomllib.loads(text.replace('"flightnn"', f'"{mine}"')), "acc.toml")
    assert acc.scheme == "lightnn2-m1to6-zero"
    assert parse_accelerator(tomllib.loads(dump_accelerator(acc)), "again.toml") == acc


def test_a_run_with_a_file_can_be_repeated_from_what_it_kept(tmp_path):
    given = lightsim(
        "run", "digits-small", "--scheme", written(tmp_path, MINE), "--engine", "timeline",
        "--json", "--output", str(tmp_path / "kept"),
    )  # fmt: skip
    assert given.code == 0, given.err
    first = json.loads(given.out)
    assert first["scheme"] == "lightnn2-m1to6-zero"
    (tmp_path / "my.toml").unlink()
    kept = (tmp_path / "kept" / "configuration.json").read_text("utf-8")
    assert '"lightnn2-m1to6-zero"' in kept and "my.toml" not in kept
    again = lightsim(
        "run", "digits-small", "--scheme", first["scheme"], "--engine", "timeline", "--json"
    )
    assert again.code == 0, again.err
    second = json.loads(again.out)
    assert [second[key] for key in ("scheme", "cycles")] == [first["scheme"], first["cycles"]]


def test_commands_refuse_a_file_of_no_member(tmp_path):
    path = written(tmp_path, MINE.replace("= 2", "= 9"))
    for command in (("run", "digits-small"), ("explore", "digits-small")):
        assert_refused(lightsim(*command, "--scheme", path), 2, f"{path}, [scheme]", "terms is 9")
