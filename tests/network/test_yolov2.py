"""YOLOv2 against its paper and the published weights file."""

from __future__ import annotations

from lightsim.network import load_network
from tests.network.published import PUBLISHED

# The 23 convolutions of YOLOv2 as dhm2013724/yolov2_xilinx_fpga lists them (read):
# input channels, filters, kernel, output side, MACs.
YOLOV2 = [
    (3, 32, 3, 416, 149520384),
    (32, 64, 3, 208, 797442048),
    (64, 128, 3, 104, 797442048),
    (128, 64, 1, 104, 88604672),
    (64, 128, 3, 104, 797442048),
    (128, 256, 3, 52, 797442048),
    (256, 128, 1, 52, 88604672),
    (128, 256, 3, 52, 797442048),
    (256, 512, 3, 26, 797442048),
    (512, 256, 1, 26, 88604672),
    (256, 512, 3, 26, 797442048),
    (512, 256, 1, 26, 88604672),
    (256, 512, 3, 26, 797442048),
    (512, 1024, 3, 13, 797442048),
    (1024, 512, 1, 13, 88604672),
    (512, 1024, 3, 13, 797442048),
    (1024, 512, 1, 13, 88604672),
    (512, 1024, 3, 13, 797442048),
    (1024, 1024, 3, 13, 1594884096),
    (1024, 1024, 3, 13, 1594884096),
    (512, 64, 1, 26, 22151168),
    (1280, 1024, 3, 13, 1993605120),
    (1024, 425, 1, 13, 73548800),
]


def test_yolov2_layer_by_layer():
    layers = [layer for layer in load_network("yolov2").layers if layer.has_weights]
    assert [
        (
            layer.input_shape.channels,
            layer.output_shape.channels,
            layer.kernel[0],
            layer.output_shape.height,
            layer.macs,
        )
        for layer in layers
    ] == YOLOV2
    assert sum(row[-1] for row in YOLOV2) == PUBLISHED["yolov2"].macs


def test_the_weights_file_of_yolov2():
    """Darknet's file: a 16-byte header, then 32-bit floats.

    A convolution with batch norm stores 4 numbers for each channel (bias, scale, mean, variance),
    the last one a bias alone. The file's length, 203,934,260 bytes, is read in public logs of its
    download from pjreddie.com; the layout of the header is recalled.
    """
    network = load_network("yolov2")
    channels = PUBLISHED["yolov2"].batch_norm
    weights = network.parameters - channels - 425
    assert 16 + 4 * (weights + 4 * channels + 425) == 203_934_260


def test_yolov2_joins_reorganised_channels_first():
    network = load_network("yolov2")
    assert str(network.layer("reorg27").output_shape) == "256x13x13"
    assert network.layer("route28").inputs == ("reorg27", "conv24")
    assert str(network.layer("route28").output_shape) == "1280x13x13"
