"""Parameter and MAC counts of the zoo's networks as others published them, or worked out.

`weights` are those of convolutions and dense layers without any bias; `biases` is one for each
filter, as a layer of LightSim has. Where a publication counts batch norm, it counts two numbers
for each of its channels and no bias for the convolution before it: `batch_norm` channels turn
the published count into ours, since folding leaves one bias for each channel.
"""

from __future__ import annotations

from dataclasses import dataclass

from lightsim.source import Source

__all__ = ["PUBLISHED", "Published"]


@dataclass(frozen=True, slots=True)
class Published:
    """What a source says of a network; `macs` is for one image."""

    parameters: int
    macs: int
    parameters_from: Source
    macs_from: Source
    batch_norm: int = 0

    @property
    def folded(self) -> int:
        """The published parameters with one bias in place of two numbers for each channel."""
        return self.parameters - self.batch_norm


def derived(text: str) -> Source:
    return Source("derived", text)


_LIGHTNN = Source("read", "Ding et al., LightNN, GLSVLSI 2017, doi 10.1145/3060403.3060465")
_FILE = derived("one term for each layer, written out here")
_RESNET_NOTE = "with 2 for each batch-norm channel, 64 + 4 * (64 + 128 + 256 + 512) + 896 of them"
# Stem; four convolutions of each width; the three 1x1 shortcuts of 128, 256 and 512 filters.
_RESNET18_CHANNELS = 64 + 4 * (64 + 128 + 256 + 512) + (128 + 256 + 512)

# ResNet-18 in MACs: two blocks of two 3x3 convolutions at each of four widths. Halving the side
# and doubling the width keeps a convolution's MACs; the first of a stage reads half the channels,
# and its 1x1 shortcut costs a ninth of that.
_STAGE1 = 4 * 64 * 64 * 9
_LATER = 3 * 128 * 128 * 9 + 64 * 128 * 9 + 64 * 128

# MobileNet-v1, table 1: (input channels, output channels, output side) of each separable layer.
_SEPARABLE = [
    (32, 64, 112),
    (64, 128, 56),
    (128, 128, 56),
    (128, 256, 28),
    (256, 256, 28),
    (256, 512, 14),
    *[(512, 512, 14)] * 5,
    (512, 1024, 7),
    (1024, 1024, 7),
]

PUBLISHED: dict[str, Published] = {
    "digits": Published(
        (1 * 9 + 1) * 16 + (16 * 9 + 1) * 32 + (32 * 9 + 1) * 32 + (32 * 4 + 1) * 10,
        9 * 16 * 64 + 16 * 9 * 32 * 64 + 32 * 9 * 32 * 16 + 128 * 10,
        _FILE,
        _FILE,
    ),
    "digits-small": Published(
        (1 * 9 + 1) * 8 + (8 * 9 + 1) * 6 + (6 * 4 + 1) * 10,
        9 * 8 * 64 + 8 * 9 * 6 * 16 + 24 * 10,
        _FILE,
        _FILE,
    ),
    "mnist-1hidden": Published(79_510, 784 * 100 + 100 * 10, _LIGHTNN, _FILE),
    "lenet": Published(
        431_080,
        25 * 20 * 24 * 24 + 20 * 25 * 50 * 8 * 8 + 800 * 500 + 500 * 10,
        _LIGHTNN,
        _FILE,
    ),
    "mnist-3hidden": Published(
        36_818_954, 784 * 4096 + 2 * 4096 * 4096 + 4096 * 10, _LIGHTNN, _FILE
    ),
    "cifar10-3conv": Published(
        89_578,
        75 * 32 * 32 * 32 + 800 * 32 * 16 * 16 + 800 * 64 * 8 * 8 + 1024 * 10,
        derived("Caffe's cifar10_full (read) without normalisation layers; LightNN prints 82,208"),
        _FILE,
    ),
    "cifar10-6conv": Published(
        39_191_690,
        9 * (3 + 128) * 128 * 1024
        + 9 * (128 + 256) * 256 * 256
        + 9 * (256 + 512) * 512 * 64
        + 32768 * 1024
        + 1024 * 1024
        + 1024 * 10,
        _LIGHTNN,
        _FILE,
    ),
    "vgg7-cifar10": Published(
        (27 + 1) * 128
        + (1152 + 1) * 128
        + (1152 + 1) * 256
        + (2304 + 1) * 256
        + (2304 + 1) * 512
        + (4608 + 1) * 512
        + (8192 + 1) * 1024
        + (1024 + 1) * 10,
        9 * (3 + 128) * 128 * 1024
        + 9 * (128 + 256) * 256 * 256
        + 9 * (256 + 512) * 512 * 64
        + 8192 * 1024
        + 1024 * 10,
        _FILE,
        _FILE,
    ),
    "resnet18-imagenet": Published(
        11_689_512,
        147 * 64 * 112**2 + _STAGE1 * 56**2 + _LATER * 3 * 28**2 + 512 * 1000,
        Source("read", f"torchvision models/resnet.py, num_params, {_RESNET_NOTE}"),
        derived("1,814,073,344: torchvision says 1.814 G"),
        _RESNET18_CHANNELS,
    ),
    "resnet18-cifar10": Published(
        11_173_962,
        27 * 64 * 32**2 + _STAGE1 * 32**2 + _LATER * 3 * 16**2 + 512 * 10,
        Source("read", f"printed by public CIFAR training code for this form, {_RESNET_NOTE}"),
        _FILE,
        _RESNET18_CHANNELS,
    ),
    "resnet18-cifar100": Published(
        11_173_962 + 513 * 90,
        27 * 64 * 32**2 + _STAGE1 * 32**2 + _LATER * 3 * 16**2 + 512 * 100,
        derived("ResNet-18 for CIFAR-10 with 90 more outputs of 512 weights and a bias"),
        _FILE,
        _RESNET18_CHANNELS,
    ),
    "resnet20-cifar10": Published(
        # 3x3 weights, two 1x1 shortcuts, batch norm, classifier. The paper says 0.27 M.
        9 * (3 * 16 + 6 * 16 * 16 + 16 * 32 + 5 * 32 * 32 + 32 * 64 + 5 * 64 * 64)
        + (16 * 32 + 32 * 64)
        + 2 * (7 * 16 + 7 * 32 + 7 * 64)
        + (64 * 10 + 10),
        27 * 16 * 32**2
        + 6 * 9 * 16 * 16 * 32**2
        + (9 * 16 * 32 + 5 * 9 * 32 * 32 + 16 * 32) * 16**2
        + (9 * 32 * 64 + 5 * 9 * 64 * 64 + 32 * 64) * 8**2
        + 640,
        _FILE,
        _FILE,
        7 * 16 + 7 * 32 + 7 * 64,
    ),
    "alexnet": Published(
        60_965_224,
        363 * 96 * 55**2
        + 1200 * 256 * 27**2
        + 2304 * 384 * 13**2
        + 1728 * 384 * 13**2
        + 1728 * 256 * 13**2
        + 9216 * 4096
        + 4096 * 4096
        + 4096 * 1000,
        Source("read", "PipeCNN, WEIGHTS_FILE_SIZE of AlexNet with 1000 outputs, groups = 2"),
        _FILE,
    ),
    "vgg16": Published(
        138_357_544,
        15_470_264_320,
        Source("read", "torchvision models/vgg.py, num_params"),
        derived("convolutions 15,346,630,656, dense 123,633,664; torchvision says 15.47 G"),
    ),
    "mobilenet-v1": Published(
        4_231_976,
        27 * 32 * 112**2 + sum((9 * c + c * m) * side**2 for c, m, side in _SEPARABLE) + 1024_000,
        Source("read", "osmr/imgclsmob, mobilenet_w1, with 2 for each batch-norm channel"),
        derived("the rows of MobileNets, arXiv 1704.04861, table 1 (recalled): it says 569 M"),
        32 + sum(c + m for c, m, _ in _SEPARABLE),
    ),
    "yolov2": Published(
        # Batch norm follows every convolution but the last; see test_zoo for the file's size.
        50_952_553 + 10_336,
        14_732_084_224,
        derived("size of yolov2.weights, see test_the_weights_file_of_yolov2"),
        Source("read", "sum of the 23 rows of dhm2013724/yolov2_xilinx_fpga, in test_zoo"),
        10_336,
    ),
    "cnv": Published(
        1_542_848 + 64 * 2 + 128 * 2 + 256 * 2 + 512 * 2 + 10,
        27 * 64 * 30**2
        + 576 * 64 * 28**2
        + 576 * 128 * 12**2
        + 1152 * 128 * 10**2
        + 1152 * 256 * 3**2
        + 2304 * 256
        + 256 * 512
        + 512 * 512
        + 512 * 10,
        derived("weights of the layers of BNN-PYNQ's cnvW1A1 with 10 outputs; a bias each"),
        _FILE,
    ),
    "lfc": Published(
        785 * 1024 + 2 * 1025 * 1024 + 1025 * 10,
        784 * 1024 + 2 * 1024 * 1024 + 1024 * 10,
        derived("BNN-PYNQ's lfcW1A1 with 784 inputs and 10 outputs, a bias for each filter"),
        _FILE,
    ),
}
