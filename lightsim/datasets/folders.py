"""The files of a data set as users have them: in a folder, an inner folder or an archive."""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from lzma import LZMAError
from pathlib import Path, PurePosixPath

from lightsim.datasets.cache import digest_of
from lightsim.datasets.catalogue import DataSet, Layout
from lightsim.datasets.formats.cifar import cifar10
from lightsim.datasets.formats.examples import Examples
from lightsim.datasets.formats.idx import mnist
from lightsim.datasets.formats.reading import MOST_BYTES
from lightsim.errors import InputError, OutputError
from lightsim.files.regular import open_file
from lightsim.files.temporary import temporary_folder

__all__ = ["examples_in", "unpacked"]

_READERS: dict[Layout, Callable[[Path], Examples]] = {"idx": mnist, "cifar10": cifar10}

# Inner folders and prefixes of the file names in packages and in common downloads.
_PLACES = (
    "", "data", "package", "package/data", "raw", "MNIST/raw", "FashionMNIST/raw",
    "cifar-10-batches-bin", "cifar-10-batches-py",
)  # fmt: skip
_FIRST: dict[Layout, tuple[str, ...]] = {
    "idx": ("train-images-idx3-ubyte", "train-images.idx3-ubyte"),
    "cifar10": ("data_batch_1",),
}
_BEGINNINGS: dict[Layout, tuple[str, ...]] = {
    "idx": ("train-images", "train-labels", "t10k-images", "t10k-labels"),
    "cifar10": ("data_batch_", "test_batch", "train_lables", "test_lables"),
}
_STEP = 1 << 20


def examples_in(dataset: DataSet, place: Path) -> Examples:
    """The images in a folder or an archive (.tgz, .tar) with the official files.

    Raises `InputError` if the files are missing, malformed, or not files of the data set.
    """
    if not place.exists():
        raise InputError("from", f"'{place}' does not exist", _accepted(dataset))
    if place.is_dir():
        return _read(dataset, place)
    with unpacked(dataset, place) as folder:
        return _read(dataset, folder)


@contextmanager
def unpacked(dataset: DataSet, archive: Path) -> Iterator[Path]:
    """A folder with the data set's files from an archive, which exists while the context lasts.

    No other file of the archive is written, and no file outside the folder.
    """
    with temporary_folder("data") as folder:
        try:
            with open_file(archive) as opened, tarfile.open(fileobj=opened, mode="r:*") as packed:
                for member in packed:
                    own = PurePosixPath(member.name).name
                    if member.isreg() and own.startswith(_BEGINNINGS[dataset.layout]):
                        _take(packed, member, folder / own)
        except (tarfile.TarError, EOFError, zlib.error, LZMAError):
            problem = "is not an archive, or damaged"
            raise InputError(str(archive), problem, _accepted(dataset)) from None
        except OSError as error:
            raise OutputError(f"{folder}: cannot be written: {error.strerror or error}") from None
        yield folder


def _take(packed: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    if member.size > MOST_BYTES:
        problem = f"unpacks to {member.size} bytes"
        raise InputError(member.name, problem, f"accepted: at most {MOST_BYTES}")
    source = packed.extractfile(member)
    assert source is not None
    with path.open("wb") as opened:
        while piece := source.read(_STEP):
            opened.write(piece)


def _read(dataset: DataSet, folder: Path) -> Examples:
    for name in _PLACES:
        place = folder / name
        if any(next(place.glob(f"{first}*"), None) for first in _FIRST[dataset.layout]):
            break
    else:
        problem = f"'{folder}' has none of the files of {dataset.title}"
        raise InputError("from", problem, _accepted(dataset))
    examples = _READERS[dataset.layout](place)
    found = digest_of(examples)
    if found != dataset.sha256:
        problem = f"these are not the images of {dataset.title} (sha256 {found[:12]}...)"
        accepted = f"accepted: those of {dataset.sha256[:12]}..., whole and in their order"
        raise InputError(str(place), problem, accepted)
    return examples


def _accepted(dataset: DataSet) -> str:
    files = {
        "idx": "train-images-idx3-ubyte and the three others",
        "cifar10": "data_batch_1 to _5 and test_batch",
    }
    return f"accepted: a folder or an archive with {files[dataset.layout]}"
