"""Broken and hostile files: one clear line each, and no more memory than the file is worth."""

from __future__ import annotations

import tracemalloc

import onnx
import pytest

from lightsim.errors import InputError
from lightsim.importing.bring import import_file
from tests.cli.command import assert_refused, lightsim
from tests.importing.broken import BYTES, GRAPHS, MODELS, whole_model
from tests.importing.files import File

_MOST_BYTES = 64 << 20


def test_there_are_many():
    assert len({**MODELS, **GRAPHS, **BYTES}) >= 80


def refused(path):
    """The line that an import of a file ends with; what it took on the way is looked at too."""
    tracemalloc.start()
    try:
        with pytest.raises(InputError) as error:
            import_file(path)
        assert tracemalloc.get_traced_memory()[1] < _MOST_BYTES
    finally:
        tracemalloc.stop()
    line = str(error.value)
    assert line.isprintable() and len(line) <= 420 and path.name in line
    assert "; " in line, "says what would do"
    return line


@pytest.mark.parametrize("name", MODELS)
def test_a_model_that_is_changed(name, tmp_path):
    model = whole_model(tmp_path)
    (tmp_path / "short.bin").write_bytes(bytes(288))
    MODELS[name](model)
    path = tmp_path / "changed.onnx"
    path.write_bytes(model.SerializeToString())
    refused(path)


@pytest.mark.parametrize("name", GRAPHS)
def test_a_graph_that_is_wrong(name, tmp_path):
    file = File((1, 2, 6, 6))
    refused(file.save(tmp_path, GRAPHS[name](file)))


@pytest.mark.parametrize("name", BYTES)
def test_a_file_that_is_damaged(name, tmp_path):
    content = whole_model(tmp_path).SerializeToString()
    path = tmp_path / "damaged.onnx"
    path.write_bytes(BYTES[name](content))
    refused(path)


def test_a_link_out_of_the_folder(tmp_path):
    model = whole_model(tmp_path)
    (tmp_path / "secret").write_bytes(bytes(288))
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "data.bin").symlink_to(tmp_path / "secret")
    MODELS["data above the folder"](model)
    tensor = next(one for one in model.graph.initializer if one.name == "c0")
    tensor.external_data[0].value = "data.bin"
    onnx.save(model, tmp_path / "net" / "linked.onnx")
    assert "keeps its data in 'data.bin'" in refused(tmp_path / "net" / "linked.onnx")


@pytest.mark.parametrize("command", ["import", "run", "explore", "verify"])
def test_every_command_refuses_in_one_way(command, tmp_path):
    path = tmp_path / "text.onnx"
    path.write_text("no network")
    assert_refused(lightsim(command, str(path)), 2, "text.onnx", "is not an ONNX file")
