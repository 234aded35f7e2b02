"""Quantised networks: their integers, trained or synthetic, and what they compute."""

from lightsim.quantisation.elements import element_types
from lightsim.quantisation.inference.accumulators import accumulator_bits, check_accumulators
from lightsim.quantisation.inference.infer import accuracy, infer
from lightsim.quantisation.inference.layer_output import SumRules, layer_output
from lightsim.quantisation.inference.truncation import in_truncated_units
from lightsim.quantisation.select import quantise
from lightsim.quantisation.stored.saving import save_trained
from lightsim.quantisation.stored.trained import (
    held_out_images,
    load_trained,
    trained_schemes,
    training_images,
)
from lightsim.quantisation.synthetic.workload import synthetic_images, synthetic_workload
from lightsim.quantisation.workload import LabelledImages, QuantisedLayer, Workload

__all__ = [
    "LabelledImages",
    "QuantisedLayer",
    "SumRules",
    "Workload",
    "accumulator_bits",
    "accuracy",
    "check_accumulators",
    "element_types",
    "held_out_images",
    "in_truncated_units",
    "infer",
    "layer_output",
    "load_trained",
    "quantise",
    "save_trained",
    "synthetic_images",
    "synthetic_workload",
    "trained_schemes",
    "training_images",
]
