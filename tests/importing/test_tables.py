"""Topology files of SCALE-Sim: convolutions and products of matrices, as networks."""

from __future__ import annotations

import json

import pytest

import lightsim
from lightsim.errors import InputError
from lightsim.importing.tables.scalesim import read_topology
from tests.cli.command import lightsim as command

CONVOLUTIONS = """Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,
Conv1, 18, 18, 3, 3, 3, 8, 1,
Conv2, 18, 18, 3, 3, 8, 8, 1,
Side, 16, 16, 1, 1, 8, 16, 2,
Conv3, 10, 10, 3, 3, 8, 16, 1,
FC, 8, 8, 8, 8, 16, 10, 1,
"""  # noqa: E501
MATRICES = """Layer, M, N, K,
L1, 16, 32, 24,
L2, 16, 8, 32,
"""


def written(folder, text, name="table.csv"):
    path = folder / name
    path.write_text(text)
    return path


def test_rows_are_joined_by_their_sizes(tmp_path):
    network = read_topology(written(tmp_path, CONVOLUTIONS))
    layers = {layer.name: layer for layer in network.layers}
    assert list(layers) == ["Conv1", "Conv2", "Side", "Conv3.pool", "Conv3", "FC"]
    assert layers["Conv1"].inputs == ("input",) and network.input_shape.height == 18
    assert layers["Conv2"].padding.top == 1 and layers["Conv2"].inputs == ("Conv1",)
    assert layers["Side"].inputs == ("Conv2",) and layers["Conv3.pool"].inputs == ("Conv2",)
    assert layers["FC"].inputs == ("Conv3",) and layers["FC"].output_shape.channels == 10
    macs = {"Conv1": 16 * 16 * 27 * 8, "Conv2": 16 * 16 * 72 * 8, "Side": 64 * 8 * 16,
            "Conv3": 64 * 72 * 16, "FC": 64 * 16 * 10}  # fmt: skip
    assert {name: layers[name].macs for name in macs} == macs


def test_products_of_matrices(tmp_path):
    network = read_topology(written(tmp_path, MATRICES))
    assert [layer.macs for layer in network.layers] == [16 * 32 * 24, 16 * 8 * 32]


@pytest.mark.parametrize("text", [CONVOLUTIONS, MATRICES])
def test_a_table_is_imported_and_run(text, tmp_path):
    path = written(tmp_path, text)
    done = command("import", str(path), "--output", str(tmp_path / "net"), "--json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["schema"] == "lightsim.import/1"
    report = lightsim.run(path, engine="timeline")
    assert report.cycles > 0 and any("joined by their sizes" in note for note in report.notes)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "has no header"),
        ("Conv1, 8, 8, 3, 3, 1, 1, 1,\n", "has no header"),
        (CONVOLUTIONS + "Far, 99, 99, 3, 3, 10, 4, 1,\n", "row 7 'Far': reads 10x99x99, which no"),
        (CONVOLUTIONS.replace("18, 18, 3, 3, 3", "18, x, 3, 3, 3"), "row 2 'Conv1': holds"),
        (CONVOLUTIONS.replace("18, 18, 3, 3, 3", "18, 0, 3, 3, 3"), "row 2 'Conv1': holds 0 to"),
        (MATRICES.replace("16, 8, 32", "16, 8"), "row 3 'L2': holds 16, 8"),
    ],
)
def test_rows_that_cannot_be_had_are_named(text, told, tmp_path):
    with pytest.raises(InputError) as error:
        read_topology(written(tmp_path, text))
    assert told in str(error.value)


def test_options_of_onnx_files_are_refused(tmp_path):
    path = written(tmp_path, MATRICES)
    done = command("import", str(path), "--scheme", "fixed8")
    assert done.code == 2 and "--scheme: with a table of layers" in done.err
