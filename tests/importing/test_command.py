"""`lightsim import`, and files of other tools in the place of a network."""

from __future__ import annotations

import json

import numpy as np
import pytest

from lightsim.errors import InputError
from lightsim.importing.bring import Wanted, import_file
from lightsim.importing.folder import write_imported
from lightsim.network.zoo import load_network
from lightsim.quantisation import infer, load_trained
from tests.cli.command import lightsim
from tests.importing.files import File


@pytest.fixture
def path(tmp_path):
    return _saved(tmp_path, (1, 2, 6, 6))


def _saved(folder, shape):
    file = File(shape)
    x = file.node("Relu", [file.conv("image", 4, 2)])
    x = file.node("Flatten", [x])
    return file.save(folder, file.node("Gemm", [x, file.random(64, 3)]), "small.onnx")


def test_an_import_prints_one_document_and_writes_a_network(path, tmp_path):
    done = lightsim("import", str(path), "--output", str(tmp_path / "net"), "--json")
    assert done.code == 0, done.err
    document = json.loads(done.out)
    assert document["schema"] == "lightsim.import/1"
    assert document["network"] == "small" and document["layers"] == 2
    assert document["operators"] == {"Conv": 1, "Flatten": 1, "Gemm": 1, "Relu": 1}
    assert sum(sum(row.values()) for row in document["terms"].values()) == 4 * 2 * 9 + 64 * 3
    assert json.loads((tmp_path / "net" / "import.json").read_text()) == document
    done = lightsim("run", str(tmp_path / "net" / "network.toml"), "--json")
    assert done.code == 0 and json.loads(done.out)["bit_exact"]


def test_what_is_written_computes_what_was_imported(path, tmp_path):
    images = np.random.default_rng(0).normal(0, 1, (10, 2, 6, 6))
    labels = np.arange(10) % 3
    np.savez(tmp_path / "data.npz", images=images, labels=labels)
    schemes = ("fixed8", "lightnn2", "lightnn1", "binary")
    imported = import_file(path, Wanted(tmp_path / "data.npz", schemes=schemes))
    network = load_network(write_imported(imported, tmp_path / "net"))
    for workload in imported.quantised.workloads:
        read = load_trained(network, workload.scheme)
        assert read.held_out is not None and list(read.held_out.labels) == list(labels[5:])
        images = read.held_out.images
        assert (infer(read, images) == infer(workload, images)).all()


def test_labels_that_the_network_has_no_output_for(path, tmp_path):
    np.savez(tmp_path / "data.npz", images=np.ones((2, 2, 6, 6)), labels=np.array([0, 3]))
    imported = import_file(path, Wanted(tmp_path / "data.npz"))
    with pytest.raises(InputError, match=r"labels: from 0 to 3; accepted: 0 to 2"):
        write_imported(imported, tmp_path / "net")


def test_open_sizes_are_asked_for(tmp_path):
    path = _saved(tmp_path, ("batch", 2, 6, 6))
    with pytest.raises(InputError, match=r"open: 0 \(batch\); accepted: all of them, as "
                       r"--input-shape 1,2,6,6 for one image"):  # fmt: skip
        import_file(path)
    assert import_file(path, Wanted(input_shape=(1, 2, 6, 6))).network.macs > 0
    with pytest.raises(InputError, match=r"has shape \['batch', 2, 6, 6\], and --input-shape"):
        import_file(path, Wanted(input_shape=(1, 2, 6, 5)))


def test_images_of_another_shape(path, tmp_path):
    np.savez(tmp_path / "data.npz", images=np.ones((2, 6, 6, 2)))
    with pytest.raises(InputError, match=r"images: is of shape \[2, 6, 6, 2\]; \[n, 2, 6, 6\]"):
        import_file(path, Wanted(tmp_path / "data.npz"))


def test_a_file_that_is_not_there_is_told_at_once(tmp_path):
    done = lightsim("run", str(tmp_path / "none.onnx"))
    assert done.code == 2 and "cannot be read (no such file" in done.err
