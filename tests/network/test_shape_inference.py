"""Shapes against a naive count of window positions, on random layers."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightsim.errors import InputError
from lightsim.network import Network, Padding, TensorShape, dump_network
from lightsim.network.parsing import parse_network
from lightsim.network.window import same_padding
from lightsim.units import ceil_div

repeatable = settings(derandomize=True, deadline=None, max_examples=200)

sides = st.integers(1, 20)
pairs = st.tuples(st.integers(1, 7), st.integers(1, 7))
edges = st.tuples(*[st.integers(0, 4)] * 4)
images = st.builds(TensorShape, st.integers(1, 12), sides, sides)


def file_of(image: TensorShape, *layers: str) -> str:
    head = 'name = "n"\ntitle = "t"\nsource = "s"\n[input]\n'
    shape = f"channels = {image.channels}\nheight = {image.height}\nwidth = {image.width}\n"
    return head + shape + "".join(f"[[layer]]\n{layer}\n" for layer in layers)


def read(image: TensorShape, *layers: str) -> Network:
    return parse_network(file_of(image, *layers), "net.toml")


def positions(size: int, kernel: int, stride: int, before: int, after: int) -> int:
    """How often a window fits, by moving it."""
    count, start = 0, -before
    while start + kernel <= size + after:
        count += 1
        start += stride
    return count


@repeatable
@given(images, pairs, pairs, edges)
def test_a_convolution_has_an_output_for_every_window(
    image: TensorShape, kernel: tuple[int, int], stride: tuple[int, int], pad: tuple[int, ...]
):
    top, left, bottom, right = pad
    high = positions(image.height, kernel[0], stride[0], top, bottom)
    wide = positions(image.width, kernel[1], stride[1], left, right)
    layer = (
        f'name = "c"\noperator = "conv2d"\nfilters = 3\n'
        f"kernel = {list(kernel)}\nstride = {list(stride)}\npadding = {list(pad)}"
    )
    if high == 0 or wide == 0:
        with pytest.raises(InputError, match="is larger than the padded input"):
            read(image, layer)
        return
    only = read(image, layer).layers[0]
    assert only.output_shape == TensorShape(3, high, wide)
    assert only.padding == Padding(*pad)
    assert only.macs == 3 * image.channels * kernel[0] * kernel[1] * high * wide


@repeatable
@given(images, pairs, pairs, edges, st.sampled_from(["max_pool", "average_pool"]))
def test_a_pool_has_an_output_for_every_window_and_none_of_padding_alone(
    image: TensorShape,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    pad: tuple[int, ...],
    operator: str,
):
    top, left, bottom, right = pad
    layer = (
        f'name = "p"\noperator = "{operator}"\n'
        f"kernel = {list(kernel)}\nstride = {list(stride)}\npadding = {list(pad)}"
    )
    high = positions(image.height, kernel[0], stride[0], top, bottom)
    wide = positions(image.width, kernel[1], stride[1], left, right)
    if max(top, bottom) >= kernel[0] or max(left, right) >= kernel[1]:
        with pytest.raises(InputError, match="leaves windows of padding alone"):
            read(image, layer)
        return
    if high == 0 or wide == 0:
        with pytest.raises(InputError, match="is larger than the padded input"):
            read(image, layer)
        return
    assert read(image, layer).layers[0].output_shape == TensorShape(image.channels, high, wide)
    # The last window down and across still covers at least one pixel of the image.
    assert (high - 1) * stride[0] - top < image.height
    assert (wide - 1) * stride[1] - left < image.width


@repeatable
@given(st.integers(1, 300), st.integers(1, 12), st.integers(1, 12))
def test_same_keeps_the_size_divided_by_the_stride(size: int, kernel: int, stride: int):
    before, after = same_padding(size, kernel, stride)
    assert positions(size, kernel, stride, before, after) == ceil_div(size, stride)
    assert 0 <= after - before <= 1
    # No more padding than needed: one less loses a position, unless there was none.
    if before + after:
        assert positions(size, kernel, stride, before, after - 1) < ceil_div(size, stride)


@repeatable
@given(st.integers(1, 24), st.integers(1, 24), st.integers(1, 24))
def test_groups_divide_channels_and_filters(channels: int, filters: int, groups: int):
    layer = f'name = "c"\noperator = "conv2d"\nfilters = {filters}\nkernel = 1\ngroups = {groups}'
    image = TensorShape(channels, 2, 2)
    if channels % groups or filters % groups:
        with pytest.raises(InputError, match=f"{groups} groups do not divide"):
            read(image, layer)
        return
    only = read(image, layer).layers[0]
    assert only.weight_shape == (filters, channels // groups, 1, 1)


def test_depthwise_is_a_group_for_each_channel():
    layer = 'name = "d"\noperator = "conv2d"\nfilters = 8\nkernel = 3\ndepthwise = true'
    only = read(TensorShape(4, 5, 5), layer).layers[0]
    assert (only.groups, only.weight_shape, only.parameters) == (4, (8, 1, 3, 3), 80)


@repeatable
@given(images)
def test_dense_is_a_convolution_with_the_whole_image_as_its_kernel(image: TensorShape):
    layer = 'name = "d"\noperator = "dense"\nfilters = 5\nbias = false'
    dense = read(image, layer).layers[0]
    flat = read(image, 'name = "f"\noperator = "flatten"', layer).layers[1]
    assert dense.weight_shape == (5, image.channels, image.height, image.width)
    assert flat.input_shape == TensorShape(image.elements, 1, 1)
    assert dense.output_shape == flat.output_shape == TensorShape(5, 1, 1)
    assert dense.parameters == dense.macs == flat.macs == 5 * image.elements


@repeatable
@given(st.integers(1, 8), sides, sides, st.integers(1, 4))
def test_reorganise_keeps_every_value(channels: int, high: int, wide: int, block: int):
    image = TensorShape(channels, high * block, wide * block)
    layer = read(image, f'name = "r"\noperator = "reorganise"\nstride = {block}').layers[0]
    assert layer.output_shape == TensorShape(channels * block * block, high, wide)
    assert layer.stride == (block, block)


def test_what_is_left_out_has_its_default():
    network = read(
        TensorShape(2, 8, 8),
        'name = "c"\noperator = "conv2d"\nfilters = 4\nkernel = [3, 1]',
        'name = "p"\noperator = "max_pool"\nkernel = [2, 3]',
        'name = "g"\noperator = "global_pool"',
    )
    conv, pool, last = network.layers
    assert (network.input_bits, network.input_signed) == (8, False)
    assert not network.binary_activations
    assert [layer.inputs for layer in network.layers] == [("input",), ("c",), ("p",)]
    assert (conv.stride, conv.padding, conv.groups) == ((1, 1), Padding(), 1)
    assert (conv.activation, conv.bias) == ("none", True)
    assert pool.stride == pool.kernel == (2, 3)
    assert (str(last.output_shape), last.kernel) == ("4x1x1", (3, 2))


def test_joins_read_their_inputs_in_the_order_named():
    network = read(
        TensorShape(2, 4, 4),
        'name = "a"\noperator = "conv2d"\nfilters = 3\nkernel = 1\nactivation = "sign"',
        'name = "b"\noperator = "conv2d"\nfilters = 3\nkernel = 1\ninput = "input"',
        'name = "s"\noperator = "add"\ninputs = ["a", "b"]\nactivation = "relu"',
        'name = "j"\noperator = "concat"\ninputs = ["s", "input", "a"]',
    )
    assert network.layer("s").activation == "relu"
    assert network.layer("j").inputs == ("s", "input", "a")
    assert str(network.layer("j").output_shape) == "8x4x4"


@repeatable
@given(st.text(min_size=1).filter(str.strip), images, pairs, edges, st.booleans())
def test_any_network_written_and_read_again_is_the_same(
    title: str, image: TensorShape, kernel: tuple[int, int], pad: tuple[int, ...], flag: bool
):
    wide = TensorShape(image.channels, image.height + 7, image.width + 7)
    layer = (
        f'name = "c"\noperator = "conv2d"\nfilters = {image.channels}\ndepthwise = true\n'
        f"kernel = {list(kernel)}\npadding = {list(pad)}\nbias = {str(flag).lower()}"
    )
    plain = read(wide, layer, 'name = "d"\noperator = "dense"\nfilters = 2\nactivation = "relu"')
    network = Network(
        plain.name, title, wide, 1, flag, plain.layers, binary_activations=flag, source=title
    )
    assert parse_network(dump_network(network), "again.toml") == network


def test_every_character_a_title_may_hold_is_written_so_that_it_can_be_read():
    plain = read(TensorShape(1, 2, 2), 'name = "d"\noperator = "dense"\nfilters = 2')
    title = "".join(map(chr, [*range(0x180), 0x2028, 0xFEFF, 0x1F600])) + '\\"""'
    network = replace(plain, title=title)
    assert parse_network(dump_network(network), "again.toml") == network


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_but_never_breaks(data: st.DataObject):
    name = data.draw(st.sampled_from(["lenet", "yolov2", "resnet20-cifar10", "mobilenet-v1"]))
    text = (files("workloads") / "networks" / f"{name}.toml").read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text) - 1))
    length = data.draw(st.integers(0, 40))
    put = data.draw(st.sampled_from(["", "0", "-1", "[", '"', "\n", "true", "[[layer]]\n", "é"]))
    try:
        network = parse_network(text[:start] + put + text[start + length :], "net.toml")
    except InputError as refusal:
        assert str(refusal).startswith("net.toml")
        assert "\n" not in str(refusal)
    else:
        assert network.layers
