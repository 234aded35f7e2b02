"""The names of the SystemVerilog sources, apart from what writes them, which loads NumPy."""

from __future__ import annotations

__all__ = ["SOURCES"]

# In the order in which they must be read: packages first, the whole last.
SOURCES = (
    "machine_pkg.sv", "design_pkg.sv", "sequential_rom.sv", "banks.sv", "controller.sv",
    "arbiter.sv", "request_walker.sv", "unpack_walker.sv", "load_stream.sv", "store_stream.sv",
    "bank_memory.sv", "input_fill.sv", "input_buffer.sv", "weight_buffer.sv",
    "parameter_memory.sv", "psum_memory.sv", "rotator.sv", "slice_memory.sv", "residual_buffer.sv",
    "output_slice.sv", "output_buffer.sv", "step_generator.sv", "lane_pkg.sv", "format_pkg.sv",
    "lane_rows.sv", "pe_array.sv", "drain.sv", "rounder.sv", "post_lane.sv", "post_processing.sv",
    "elementwise.sv", "accelerator.sv",
)  # fmt: skip
