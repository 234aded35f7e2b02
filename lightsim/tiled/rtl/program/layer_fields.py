"""What stays the same for all tiles of a pass, as the RTL is told."""

from __future__ import annotations

from lightsim.numerics.sums.requantise import ROUNDINGS
from lightsim.tiled.mapping.plan.plan import EngineLayer, TensorView

__all__ = ["layer_descriptor"]

_REQUANTISED, _THRESHOLD, _RAW = 0, 1, 2
_KINDS = {
    "max_pool": 1,
    "average_pool": 2,
    "global_pool": 2,
    "requantise": 2,
    "add": 3,
    "multiply": 3,
}


def _result(layer: EngineLayer) -> int:
    """What becomes of a sum: poolings by maximum and additions take it as it is."""
    if layer.main.layer.operator == "multiply":
        return _REQUANTISED
    if layer.weights is None and _KINDS[layer.main.layer.operator] != _KINDS["average_pool"]:
        return _RAW
    output = layer.main.output
    return _REQUANTISED if output.is_requantised else _THRESHOLD if output.is_sign else _RAW


def _log_field(view: TensorView) -> int:
    """The logarithm of a field's bits: 0 to 3, or 5 of raw sums."""
    return view.element.field_bits.bit_length() - 1


def layer_descriptor(layer: EngineLayer) -> dict[str, int]:
    """The fields of a pass that follow from it alone."""
    main, addition = layer.main, layer.addition
    if main.layer.operator == "add":
        addition = main
    made: dict[str, int] = {
        "kind": 0 if layer.weights is not None else _KINDS[main.layer.operator],
        "depthwise": layer.kind == "depthwise",
        "input_signed": layer.source.element.signed,
        "input_one_bit": layer.source.element.is_sign,
        "input_field": _log_field(layer.source) & 3,
        "sign_bit": (layer.source.element.bits - 1) & 7,
        "kernel_rows": layer.kernel[0],
        "kernel_columns": layer.kernel[1],
        "stride_rows": layer.stride[0],
        "stride_columns": layer.stride[1],
        "result": _result(layer),
        "rounding": ROUNDINGS.index(main.rounding),
        "shift": main.shift,
        "lowest": main.lowest if main.output.is_requantised else 0,
        "highest": main.highest if main.output.is_requantised else 0,
        "adds": addition is not None,
        "output_signed": layer.destination.element.signed,
        "output_width": _log_field(layer.destination),
        "pool_rows": layer.pool[0],
        "pool_columns": layer.pool[1],
        "multiplier": int(main.multiplier[0]),
        "again_rows": layer.repeat[0] - 1,
        "again_columns": layer.repeat[1] - 1,
        "scales": main.layer.operator == "multiply",
        "apart_rows": layer.dilation[0] - 1,
        "apart_columns": layer.dilation[1] - 1,
    }
    if layer.residual is not None:
        made["residual_signed"] = layer.residual.element.signed
        made["residual_field"] = _log_field(layer.residual)
    if addition is not None:
        own = (int(addition.multiplier[0]), addition.shift)
        other = (addition.residual_multiplier, addition.residual_shift)
        if layer.swapped:
            own, other = other, own
        made |= {
            "add_rounding": ROUNDINGS.index(addition.rounding),
            "own_multiplier": own[0],
            "own_shift": own[1],
            "other_multiplier": other[0],
            "other_shift": other[1],
            "add_lowest": addition.lowest,
            "add_highest": addition.highest,
        }
    return made
