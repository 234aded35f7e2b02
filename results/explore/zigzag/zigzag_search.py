"""ZigZag's mapping search over layers given as JSON, counted. Runs where ZigZag is installed.

    python zigzag_search.py < layers.json

The accelerator and the spatial mapping are `tpu_like` of its package (32 x 32 multipliers: output
channels x input channels), the stages those of its interface without files and pictures, the
criterion is latency and everything else as it comes. Prints one JSON document.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile

import zigzag
from zigzag.cost_model.cost_model import CostModelEvaluation
from zigzag.mapping.temporal_mapping import TemporalMappingType
from zigzag.stages.evaluation.cost_model_evaluation import CostModelStage
from zigzag.stages.main import MainStage
from zigzag.stages.mapping.spatial_mapping_generation import SpatialMappingGeneratorStage
from zigzag.stages.mapping.temporal_mapping_generator_stage import TemporalMappingGeneratorStage
from zigzag.stages.parser.accelerator_parser import AcceleratorParserStage
from zigzag.stages.parser.workload_parser import WorkloadParserStage
from zigzag.stages.results.reduce_stages import MinimalLatencyStage
from zigzag.stages.workload_iterator import WorkloadStage

STAGES = [
    WorkloadParserStage, AcceleratorParserStage, WorkloadStage, MinimalLatencyStage,
    SpatialMappingGeneratorStage, MinimalLatencyStage, TemporalMappingGeneratorStage,
    CostModelStage,
]  # fmt: skip
EQUATION = "O[b][g][k][oy][ox]+=W[g][k][c][fy][fx]*I[b][g][c][iy][ix]"


class Counted:
    """How often the cost model was asked, and its CPU seconds."""

    def __init__(self) -> None:
        self.count, self.cpu_s = 0, 0.0
        evaluate = CostModelEvaluation.__init__

        def asked(model: CostModelEvaluation, **given: object) -> None:
            begun = time.process_time()
            evaluate(model, **given)
            self.cpu_s += time.process_time() - begun
            self.count += 1

        CostModelEvaluation.__init__ = asked


def described(layer: dict, number: int) -> dict:
    """A layer as ZigZag's workload files have it: eight-bit operands, sums of 16 bits."""
    high, wide = layer["kernel"]
    down, right = layer["stride"]
    top, bottom, left, before = layer["padding"]
    return {
        "id": number, "name": layer["name"], "operator_type": "Conv", "equation": EQUATION,
        "dimension_relations": [f"ix={right}*ox+1*fx", f"iy={down}*oy+1*fy"],
        "loop_dims": ["B", "K", "G", "OX", "OY", "C", "FX", "FY"],
        "loop_sizes": [
            1, layer["out_channels"], 1, layer["out_width"], layer["out_height"],
            layer["in_channels"], wide, high,
        ],
        "operand_precision": {"W": 8, "I": 8, "O": 16, "O_final": 8},
        "operand_source": {"I": number},
        "pr_loop_dims": ["IX", "IY"],
        "pr_loop_sizes": [layer["in_width"], layer["in_height"]],
        "padding": [[left, before], [top, bottom]],
    }  # fmt: skip


def searched(layer: dict, inputs: Path, counted: Counted) -> dict:
    """One layer: evaluations, CPU seconds, cycles of the best mapping."""
    count, model = counted.count, counted.cpu_s
    # One layer at a time, so that each has its own seconds.
    with NamedTemporaryFile("w", suffix=".yaml") as file:
        json.dump([described(layer, 0)], file)
        file.flush()
        begun = time.process_time()
        found = MainStage(
            STAGES, workload=file.name, accelerator=str(inputs / "hardware/tpu_like.yaml"),
            mapping=str(inputs / "mapping/tpu_like.yaml"), loma_lpf_limit=6,
            loma_show_progress_bar=False, nb_mappings_generated=3,
            enable_mix_spatial_mapping_generation=False,
            access_same_data_considered_as_no_access=True,
            temporal_mapping_type=TemporalMappingType.UNEVEN,
        ).run()  # fmt: skip
        spent = time.process_time() - begun
    return {
        "name": layer["name"], "evaluations": counted.count - count, "cpu_s": spent,
        "model_cpu_s": counted.cpu_s - model, "cycles": float(found[0][0].latency_total2),
    }  # fmt: skip


def main() -> None:
    """Search every layer."""
    logging.disable(logging.CRITICAL)
    inputs, counted = Path(zigzag.__file__).parent / "inputs", Counted()
    rows = [searched(layer, inputs, counted) for layer in json.load(sys.stdin)]
    json.dump({"version": version("zigzag-dse"), "layers": rows}, sys.stdout)


if __name__ == "__main__":
    main()
