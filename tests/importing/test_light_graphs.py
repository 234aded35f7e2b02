"""The nine ImageNet graphs that the package `onnx` brings: imported, or refused by one operator."""

from __future__ import annotations

from pathlib import Path

import onnx
import pytest

from lightsim.errors import InputError
from lightsim.importing.lowering.lower import lower_graph
from lightsim.importing.onnx_file.reading import read_graph

FOLDER = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
# Parameters in millions (with those of depthwise batch normalisations) and MACs in millions.
LOWERED = {
    "densenet121": (7.96, 2844.7),
    "resnet50": (25.50, 4089.2),
    "squeezenet": (1.24, 349.2),
    "vgg19": (143.67, 19632.1),
}
REFUSED = {
    "bvlc_alexnet": "(LRN)",
    "inception_v1": "(LRN)",
    "inception_v2": "(AveragePool)",
    "shufflenet": "(Conv)",  # behind the Transpose that shuffles channels
    "zfnet512": "(LRN)",
}


def test_all_nine_are_here():
    names = {path.stem.removeprefix("light_") for path in FOLDER.glob("*.onnx")}
    assert names == {*LOWERED, *REFUSED}


@pytest.mark.parametrize("name", LOWERED)
def test_a_graph_is_lowered(name):
    lowered = lower_graph(read_graph(FOLDER / f"light_{name}.onnx"))
    parameters = sum(draft.layer.parameters for draft in lowered.drafts)
    macs = sum(draft.layer.macs for draft in lowered.drafts)
    assert (round(parameters / 1e6, 2), round(macs / 1e6, 1)) == LOWERED[name]


@pytest.mark.parametrize("name", REFUSED)
def test_a_graph_is_refused_by_one_operator(name):
    with pytest.raises(InputError) as error:
        lower_graph(read_graph(FOLDER / f"light_{name}.onnx"))
    assert REFUSED[name] in str(error.value) and "opset 9" in str(error.value)
