"""The sizes of files, functions, argument lists and folders; who is larger says why."""

from __future__ import annotations

import ast
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[1]
PRODUCT = ("lightsim", "dse")
MEDIAN, FILE, FUNCTION, ARGUMENTS, FOLDER = 90, 300, 60, 8, 15

_EMITTED = "the text of emitted code, read from top to bottom"
_KERNEL = "a compiled kernel, whose arguments are arrays of its caller"
_LOOP = "a compiled kernel whose loops share their counters; in parts it would return them all"
_PUBLIC = "named options of a user, each with its default"

FILES: dict[str, str] = {}
FUNCTIONS: dict[str, str] = {
    "lightsim/memory/one_row.py: _serve_pieces": _LOOP,
    "lightsim/numerics/dot_products/emitted.py: _blocks": _EMITTED,
    "lightsim/numerics/dot_products/emitted.py: run": _EMITTED,
    "lightsim/numerics/dot_products/emitted_tiles.py: _tiles": _EMITTED,
    "lightsim/numerics/dot_products/emitted_tiles.py: run": _EMITTED,
    "lightsim/numerics/dot_products/plain.py: _dot_wrapping": _LOOP,
    "lightsim/numerics/filters/byte_words.py: byte_words": _LOOP,
    "lightsim/numerics/images/words.py: number_words": _LOOP,
    "lightsim/tiled/optimum/limit.py: _limit": _LOOP,
    "lightsim/tiled/timeline/one_channel.py: play_one_channel": _LOOP,
    "lightsim/tiled/timeline/requests/grant.py: grant_train": _LOOP,
    "lightsim/tiled/timeline/requests/one_grant.py: grant_one": _LOOP,
}
ARGUMENT_LISTS: dict[str, str] = {
    "dse/tiled/design/growing_kernel.py: grow": _KERNEL,
    "dse/tiled/design/growing_kernel.py: _doubled": _KERNEL,
    "lightsim/api.py: run": _PUBLIC,
    "lightsim/api.py: train": _PUBLIC,
    "lightsim/memory/one_row.py: serve_hot": _KERNEL,
    "lightsim/memory/one_row.py: _serve_pieces": _KERNEL,
    "lightsim/memory/one_row.py: _row_commands": _KERNEL,
    "lightsim/numerics/convolution/plain_truncation.py: _terms": _KERNEL,
    "lightsim/numerics/dot_products/emitted.py: _emit_block": _EMITTED,
    "lightsim/numerics/dot_products/emitted.py: __init__": _EMITTED,
    "lightsim/numerics/dot_products/emitted.py: run": _EMITTED,
    "lightsim/numerics/dot_products/emitted_channels.py: _emit_run": _EMITTED,
    "lightsim/numerics/dot_products/emitted_channels.py: depthwise_lines": _EMITTED,
    "lightsim/numerics/dot_products/emitted_tiles.py: run": _EMITTED,
    "lightsim/numerics/dot_products/plain.py: _dot_wrapping": _KERNEL,
    "lightsim/numerics/dot_products/plain.py: _dot_exact": _KERNEL,
    "lightsim/numerics/dot_products/tile_code.py: _emit_tile": _EMITTED,
    "lightsim/numerics/dot_products/tile_code.py: _emit_over": _EMITTED,
    "lightsim/numerics/dot_products/tile_code.py: _emit_requantised": _EMITTED,
    "lightsim/numerics/dot_products/tile_code.py: _emit_requantised_high": _EMITTED,
    "lightsim/numerics/dot_products/tile_code.py: __init__": _EMITTED,
    "lightsim/numerics/images/lines.py: _join_numbers": _KERNEL,
    "lightsim/numerics/images/lines.py: _join_bytes": _KERNEL,
    "lightsim/numerics/images/lines.py: _join_signs": _KERNEL,
    "lightsim/numerics/images/lines.py: _pad_line": _KERNEL,
    "lightsim/streaming/timeline/kernel.py: _advance": _KERNEL,
    "lightsim/streaming/timeline/kernel.py: play": _KERNEL,
    "lightsim/tiled/bounds/cycles.py: _streams": _KERNEL,
    "lightsim/tiled/bounds/moved.py: least_moving": _KERNEL,
    "lightsim/tiled/timeline/expand.py: _expand_tile": _KERNEL,
    "lightsim/tiled/timeline/jump.py: jump": _KERNEL,
    "lightsim/tiled/timeline/jump.py: _jump": _KERNEL,
    "lightsim/tiled/timeline/one_channel.py: play_one_channel": _KERNEL,
    "lightsim/tiled/timeline/recurrence.py: play": _KERNEL,
    "lightsim/tiled/timeline/recurrence.py: play_channels": _KERNEL,
    "lightsim/tiled/timeline/requests/one_grant.py: grant_one": _KERNEL,
    "lightsim/tiled/timeline/transfers.py: fill_box": _KERNEL,
}
FOLDERS: dict[str, str] = {
    "lightsim/tiled/rtl/sv": "one project: a file for each module of the hardware",
    "workloads/networks": "a catalogue: a file for each network",
    "workloads/digits": "a catalogue: a file for each scheme's weights",
}


@cache
def files() -> tuple[Path, ...]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a working copy of git")
    return tuple(Path(name) for name in listed.stdout.split("\0")[:-1] if (ROOT / name).exists())


@cache
def lines() -> dict[str, int]:
    """Lines of every Python file, by its name."""
    return {
        str(name): len((ROOT / name).read_text(encoding="utf-8").splitlines())
        for name in files()
        if name.suffix == ".py"
    }


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for name in lines():
        for node in ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name}: {node.name}", node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or 0) - function.lineno + 1


def arguments(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Arguments that a caller gives, by position or by name."""
    own = function.args
    names = [a.arg for a in (*own.posonlyargs, *own.args, *own.kwonlyargs)]
    return len([name for name in names if name not in ("self", "cls")])


def assert_excused(found: dict[str, int], most: int, excused: dict[str, str]) -> None:
    beyond = {name: size for name, size in found.items() if size > most}
    assert beyond.keys() - excused.keys() == set(), {
        name: size for name, size in beyond.items() if name not in excused
    }
    needless = {name for name in excused if name in found and name not in beyond}
    assert not needless, "they need no excuse"


def test_a_file_is_short():
    product = [n for name, n in lines().items() if name.startswith(PRODUCT)]
    assert median(product) <= MEDIAN
    assert median(lines().values()) <= MEDIAN  # tests and scripts of results included
    assert_excused(lines(), FILE, FILES)


def test_a_function_is_a_screen():
    assert_excused({name: length(node) for name, node in functions()}, FUNCTION, FUNCTIONS)


def test_an_argument_list_is_short():
    assert_excused({name: arguments(node) for name, node in functions()}, ARGUMENTS, ARGUMENT_LISTS)


def test_a_folder_is_read_at_a_glance():
    count = Counter(str(name.parent) for name in files())
    assert_excused(dict(count), FOLDER, FOLDERS)
