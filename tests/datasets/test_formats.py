"""PNG pages, pickled batches and archives: read as they were written, else refused."""

from __future__ import annotations

import os
import pickle
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightsim.datasets.folders import examples_in
from lightsim.datasets.formats.cifar import cifar10
from lightsim.datasets.formats.pickles import BadPickleError, batch_of
from lightsim.datasets.formats.png import BadPngError, png_pixels, png_text
from lightsim.errors import InputError
from tests.datasets.packages import hostile, packed, records, tiny, write_pages, write_pickles


def filtered(pixels: np.ndarray, kinds: list[int]) -> bytes:
    """A PNG whose rows have these filters, written by the standard's section 9."""
    high, wide, channels = pixels.shape
    flat = pixels.reshape(high, -1).astype(int)
    rows = b""
    for y, kind in enumerate(kinds):
        row = [kind]
        for x, value in enumerate(flat[y]):
            left = flat[y, x - channels] if x >= channels else 0
            above = flat[y - 1, x] if y else 0
            corner = flat[y - 1, x - channels] if y and x >= channels else 0
            nearest = min((left, above, corner), key=lambda one: abs(left + above - corner - one))
            guess = (0, left, above, (left + above) // 2, nearest)[kind]
            row.append((value - guess) % 256)
        rows += bytes(row)
    head = struct.pack(">IIBBBBB", wide, high, 8, 0 if channels == 1 else 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"tEXt", b"any"), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(own)) + kind + own + struct.pack(">I", zlib.crc32(kind + own))
        for kind, own in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1 << 32), st.sampled_from([1, 3]), st.integers(1, 9), st.integers(1, 7))
def test_every_filter_is_undone(seed: int, channels: int, high: int, wide: int):
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (high, wide, channels), np.uint8)
    kinds = rng.integers(0, 5, high).tolist()
    assert (png_pixels(filtered(pixels, kinds)) == pixels).all()
    assert (png_pixels(png_text(pixels)) == pixels).all()


PIXELS = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
WHOLE = png_text(PIXELS)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it is empty"),
        (b"GIF89a", "it begins otherwise"),
        (WHOLE[:-6], "it is cut short|a chunk is damaged"),
        (WHOLE[:40] + bytes([WHOLE[40] ^ 1]) + WHOLE[41:], "a chunk is damaged"),
        (filtered(PIXELS, [0, 0]).replace(b"IDAT", b"IDAX"), "a chunk is damaged"),
        (WHOLE[:8] + WHOLE[-12:], "it has no pixels"),
        (filtered(PIXELS, [0]), "its pixels are cut short"),
    ],
)  # fmt: skip
def test_a_damaged_png_says_why(content: bytes, words: str):
    with pytest.raises(BadPngError, match=words):
        png_pixels(content)


def test_every_cut_and_flip_of_a_png_is_noticed_or_harmless():
    for place in range(len(WHOLE)):
        for content in (
            WHOLE[:place],
            WHOLE[:place] + bytes([WHOLE[place] ^ 8]) + WHOLE[place + 1 :],
        ):
            with pytest.raises(BadPngError):
                png_pixels(content)


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_the_three_forms_of_cifar10_hold_the_same(tmp_path: Path, protocol: int):
    dataset = tiny("cifar10", tmp_path / "bin")
    write_pages(tmp_path / "bin", tmp_path / "png")
    write_pickles(tmp_path / "bin", tmp_path / "up" / "cifar-10-batches-py", protocol)
    wanted = cifar10(tmp_path / "bin")
    for place in (tmp_path / "png", tmp_path / "up", packed(tmp_path / "png", tmp_path / "a.tgz")):
        found = examples_in(dataset, place)  # its digest was looked at
        assert (found.training.images == wanted.training.images).all()


def test_a_batch_as_python_2_wrote_it():
    """The opcodes of the official files: texts are byte strings, the dtype is built by hand."""
    rows = np.arange(2 * 3072, dtype=np.int64).astype(np.uint8).reshape(2, 3072)
    data = b"T" + struct.pack("<i", rows.size) + rows.tobytes()
    content = (
        b"\x80\x02}(U\x04datacnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
        b"(K\x01K\x02M\x00\x0c\x86cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R"
        b"(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89" + data + b"tb"
        b"U\x06labels](K\x07K\x03eu."
    )
    found = pickle.loads(content, encoding="latin-1")
    assert (found["data"] == rows).all()  # it is what Python's own reader takes
    pixels, labels = batch_of(content)
    assert (pixels == rows).all() and labels == [7, 3]


class Call:
    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_a_pickle_calls_nothing(tmp_path: Path):
    for content in (
        pickle.dumps({"labels": [1], "data": Call(tmp_path / "made")}),
        pickle.dumps({"labels": [1], "data": np.array([object()])}),
        pickle.dumps({"labels": [1], "data": np.zeros((1, 3071), np.uint8)}),
        pickle.dumps({"labels": [1], "data": np.zeros((1, 3072), np.int8)}),
        pickle.dumps({"labels": [True], "data": np.zeros((1, 3072), np.uint8)}),
        pickle.dumps([1]), b"", b"\x80\x02", b"junk",
    ):  # fmt: skip
        with pytest.raises(BadPickleError):
            batch_of(content)
    assert not (tmp_path / "made").exists()


def refusal(name: str, place: Path, dataset=None) -> str:
    with pytest.raises(InputError) as caught:
        examples_in(tiny(name, place.parent / "right") if dataset is None else dataset, place)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_folders_that_hold_something_else_are_refused_by_name(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    assert "has none of the files of MNIST" in refusal("mnist", tmp_path / "empty")
    assert "does not exist" in refusal("mnist", tmp_path / "none")
    (tmp_path / "text.tgz").write_text("no archive")
    assert "is not an archive, or damaged" in refusal("mnist", tmp_path / "text.tgz")
    dataset = tiny("mnist", tmp_path / "a")
    other = tmp_path / "a" / "t10k-labels-idx1-ubyte"
    other.write_bytes(other.read_bytes()[:-1] + b"\x07")
    assert "these are not the images of MNIST (sha256" in refusal("mnist", tmp_path / "a", dataset)
    other.write_bytes(b"")
    assert "is empty" in refusal("mnist", tmp_path / "a", dataset)
    whole = packed(tmp_path / "right", tmp_path / "whole.tgz").read_bytes()
    for size in (0, 20, len(whole) // 2, len(whole) - 100):
        (tmp_path / "cut.tgz").write_bytes(whole[:size])
        assert "cut.tgz: is not an archive" in refusal("mnist", tmp_path / "cut.tgz")


def test_pages_with_wrong_labels_or_sizes_are_refused(tmp_path: Path):
    dataset = tiny("cifar10", tmp_path / "bin")
    pages = tmp_path / "png"
    for name, content, words in (
        ("train_lables.json", b"{}", "is not a list of labels"),
        ("train_lables.json", b"[" * 100_000, "is not a list of labels"),
        ("train_lables.json", b"[1, 2]", "has 2 labels"),
        ("train_lables.json", b"[10" + b", 1" * 19 + b"]", "has label 10"),
        ("test_lables.json", b"[-1, 1, 1, 1]", "has label -1"),
        ("data_batch_3.png", png_text(PIXELS), "has 4 x 2 pixels of 3 channels"),
        ("data_batch_3.png", b"", "it is empty"),
    ):
        write_pages(tmp_path / "bin", pages)
        (pages / name).write_bytes(content)
        assert words in refusal("cifar10", pages, dataset)


def test_nothing_of_an_archive_leaves_its_folder(tmp_path: Path):
    assert "has none of the files" in refusal("mnist", hostile(tmp_path / "bad.tgz"))
    assert len(records(tmp_path)) == 0
