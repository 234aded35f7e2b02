"""The SystemVerilog packages say what the rows of PE kinds, schemes and codecs say.

A module of nothing but elaboration-time checks is given to Verilator: a constant or a constant
function that differs from its row is an error of elaboration.
"""

import os
import subprocess
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import pytest

from lightsim.hardware.pe_kinds import PE_KINDS
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.numerics.formats.table import CODECS, codec
from lightsim.tiled.rtl.comparison.build import verilator_root
from tests.numerics.formats.family import GRID

CODES = {name: np.arange(len(own.meanings), dtype=np.uint8) for name, own in CODECS.items()}


def refused(folder: Path, checks: list[tuple[str, int]]) -> str:
    """What Verilator says against `expression == number`, check by check; "" where all hold."""
    lines = [
        f'  if (({expression}) != {number}) $error("{expression} is not {number}");'
        for expression, number in checks
    ]
    top = folder / "check.sv"
    top.write_text("module check;\n" + "\n".join(lines) + "\nendmodule\n")
    root = verilator_root()
    with as_file(files("lightsim.tiled.rtl") / "sv") as sources:
        packages = [
            str(sources / name) for name in ("machine_pkg.sv", "lane_pkg.sv", "format_pkg.sv")
        ]
        done = subprocess.run(
            [str(root / "bin" / "verilator_bin"), "--lint-only", *packages, str(top)],
            env={**os.environ, "VERILATOR_ROOT": str(root)}, capture_output=True, text=True,
        )  # fmt: skip
    assert (done.returncode != 0) == ("%Error" in done.stderr), done.stderr
    return done.stderr if done.returncode else ""


def kind_name(kind):
    return f"machine_pkg::{kind.rtl_name}"


def scheme_name(name):
    return f"machine_pkg::{name.upper()}"


def pairs():
    return [(kind, SCHEMES[name]) for kind in PE_KINDS.values() for name in sorted(kind.runs)]


def test_codes(tmp_path):
    codes = [(kind_name(kind), kind.rtl_code) for kind in PE_KINDS.values()]
    codes += [(scheme_name(name), scheme.rtl_code) for name, scheme in SCHEMES.items()]
    assert refused(tmp_path, codes) == ""
    for table in (PE_KINDS, SCHEMES):
        assert len({row.rtl_code for row in table.values()}) == len(table)


def test_a_wrong_constant_is_seen(tmp_path):
    kind = PE_KINDS["shift_add_serial"]
    assert "is not 7" in refused(tmp_path, [(kind_name(kind), 7)])
    assert "is not 9" in refused(
        tmp_path, [(f"machine_pkg::product_latency({kind_name(kind)})", 9)]
    )


def test_latencies_widths_and_code_bits(tmp_path):
    checks = []
    for kind, scheme in pairs():
        row = f"{kind_name(kind)}, {scheme_name(scheme.name)}"
        checks.append((f"machine_pkg::product_latency({kind_name(kind)})", kind.latency))
        checks.append((f"machine_pkg::code_bits({row})", kind.code_bits(scheme)))
        for truncates in (False, True) if kind.shifts else (False,):
            bits = kind.product_bits(scheme, truncates)
            checks.append((f"lane_pkg::product_bits({row}, {int(truncates)})", bits))
    assert refused(tmp_path, checks) == ""


@pytest.mark.parametrize("name", SCHEMES)
def test_every_code_means_its_integer(name, tmp_path):
    values = CODECS[name].decode(CODES[name])
    checks = [
        (f"lane_pkg::weight(8'd{code}, {scheme_name(name)})", int(value))
        for code, value in zip(CODES[name], values, strict=True)
    ]
    assert refused(tmp_path, checks) == ""


@pytest.mark.parametrize("name", [n for n, s in SCHEMES.items() if s.is_shift_add])
def test_every_term_code_means_its_term(name, tmp_path):
    """Bit 4: there is a term; bit 3: it is negative; below, m of 2^(7-m)."""
    written, checks = CODECS[name], []
    sign, exponent, present = written.terms(CODES[name])
    lift = 7 - written.scheme.fraction_bits  # a binary weight is 2^(7-7)
    for plane in range(written.scheme.max_terms):
        own = written.term_codes(CODES[name], plane)
        for i in range(len(own)):
            term = f"lane_pkg::serial_term(8'd{own[i]}, {scheme_name(name)})"
            if not present[plane, i]:
                checks.append((f"{term} >> 4", 0))
                continue
            minus = 8 if sign[plane, i] < 0 else 0
            checks.append((term, 16 | minus | int(exponent[plane, i]) + lift))
    assert refused(tmp_path, checks) == ""


def family_checks(name):
    """What `format_pkg` says of a member: widths, and of its codes the integers and terms."""
    scheme, written = SCHEMES[name], codec(name)
    number, checks = scheme.rtl_code, []
    for kind in (kind for kind in PE_KINDS.values() if kind.takes(scheme)):
        row = f"{kind_name(kind)}, {number}"
        if kind.bit_serial:
            continue
        checks.append((f"format_pkg::code_bits({row})", kind.code_bits(scheme)))
        for truncates in (False, True) if kind.shifts and scheme.fraction_bits else (False,):
            for width in (8, 5, 2):
                bits = kind.product_bits(scheme, truncates, width)
                call = f"format_pkg::product_bits({row}, {int(truncates)}, {width})"
                checks.append((call, bits))
    checks.append((f"format_pkg::largest({number})", scheme.largest))
    codes = np.arange(len(written.meanings)).astype(written.dtype)
    codes = codes if len(codes) <= 128 else codes[:: len(codes) // 128 + 1]
    for code, value in zip(codes, written.decode(codes), strict=True):
        checks.append((f"format_pkg::weight(16'd{code}, {number})", int(value)))
    if not scheme.is_shift_add:
        return checks
    sign, exponent, present = written.terms(codes)
    lift = 7 - scheme.fraction_bits
    for plane in range(scheme.max_terms):
        own = written.term_codes(codes, plane)
        for i in range(len(own)):
            minus = 8 if sign[plane, i] < 0 else 0
            worth = (16 | minus | int(exponent[plane, i]) + lift) if present[plane, i] else 0
            serial = f"format_pkg::term(16'd{own[i]}, {number}, 1, 0)"
            whole = f"format_pkg::term(16'd{codes[i]}, {number}, {scheme.max_terms}, {plane})"
            shift = "" if present[plane, i] else " >> 4"
            checks += [(f"{term}{shift}", worth) for term in (serial, whole)]
    return checks


@pytest.mark.parametrize("part", range(4))
def test_the_family_is_what_its_descriptions_say(part, tmp_path):
    """All code words of small members, every so many of large ones."""
    checks = [c for name in GRID[part::4] if SCHEMES[name].of_family for c in family_checks(name)]
    assert len(checks) > 500
    assert refused(tmp_path, checks) == ""
    assert "is not 9999" in refused(tmp_path, [(checks[0][0], 9999)])
