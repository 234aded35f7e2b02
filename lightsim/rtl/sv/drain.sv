// The snapshot of finished sums, and the walk that drains it: LANES values of one position a cycle.
//
// The snapshot can be captured again in the cycle in which its last values leave. The walk goes
// over the computed positions in raster order and knows where each lands after pooling.
module drain #(
    parameter int ROWS = 4,
    parameter int PIXELS = 1,
    parameter int LANES = 4,
    parameter int SUM_BITS = 32,
    parameter bit GAPS = 1'b0          // unused rows may lie before used ones
) (
    input  logic                                      clock,
    input  logic                                      reset,
    input  logic                                      capture,
    input  machine_pkg::step_t                                     captured_step,
    input  machine_pkg::tile_t                                     tile,
    input  machine_pkg::layer_t                                    layer,
    input  logic [PIXELS-1:0][ROWS-1:0][SUM_BITS-1:0] sums,
    input  logic [ROWS-1:0][31:0]                     parameters,   // position, multiplier
    output logic                                      busy,
    output logic                                      empties,      // its last values leave
    output logic                                      ends_tile,    // and they are the tile's
    // the values of this cycle
    output logic [LANES-1:0]                          valid,
    output logic [LANES-1:0][SUM_BITS-1:0]            value,
    output logic [LANES-1:0][31:0]                    parameter_of,
    output logic                                      opens_window,
    output logic [31:0]                                     output_base,  // buffer word of the position
    output logic [31:0]                                     residual_base
);
  localparam logic [15:0] UNUSED = 16'hffff;

  logic [PIXELS-1:0][ROWS-1:0][SUM_BITS-1:0] held;
  logic [ROWS-1:0][31:0] held_parameters;
  machine_pkg::step_t step;
  logic [15:0] position, chunk;
  logic [15:0] column, window_row, window_column, tile_columns, output_columns, output_blocks;
  logic [15:0] residual_blocks;
  logic [31:0] row_base, next_row_base;
  logic ends_position;

  assign ends_position = busy && chunk + 16'd1 == step.chunks;
  assign empties = ends_position && position + 16'd1 == step.positions;
  assign ends_tile = empties && step.ends_tile;
  assign opens_window = window_row == '0 && window_column == '0;

  always_ff @(posedge clock) begin
    if (reset) busy <= 1'b0;
    else busy <= capture || (busy && !empties);
    if (capture) begin
      held <= sums;
      held_parameters <= parameters;
      step <= captured_step;
      position <= '0;
      chunk <= '0;
    end else if (busy) begin
      chunk <= ends_position ? '0 : chunk + 16'd1;
      if (ends_position) position <= position + 16'd1;
    end
  end

  // --- the walk over positions ---
  assign next_row_base = row_base + 32'(output_columns) * 32'(output_blocks);
  always_ff @(posedge clock) begin
    if (capture && captured_step.opens_group) begin
      tile_columns <= tile.columns;
      output_columns <= tile.output_columns;
      output_blocks <= tile.output_blocks;
      residual_blocks <= tile.residual_blocks;
      column <= '0;
      window_row <= '0;
      window_column <= '0;
      row_base <= '0;
      output_base <= '0;
      residual_base <= '0;
    end else if (ends_position) begin
      residual_base <= residual_base + 32'(residual_blocks);
      if (column + 16'd1 == tile_columns) begin
        column <= '0;
        window_column <= '0;
        if (window_row + 16'd1 == layer.pool_rows) begin
          window_row <= '0;
          row_base <= next_row_base;
          output_base <= next_row_base;
        end else begin
          window_row <= window_row + 16'd1;
          output_base <= row_base;
        end
      end else begin
        column <= column + 16'd1;
        if (window_column + 16'd1 == layer.pool_columns) begin
          window_column <= '0;
          output_base <= output_base + 32'(output_blocks);
        end else window_column <= window_column + 16'd1;
      end
    end
  end

  // --- the rows of this cycle ---
  logic [ROWS-1:0][SUM_BITS-1:0] row_sums;
  always_comb begin
    row_sums = '0;
    for (int p = 0; p < PIXELS; p++) if (position == 16'(p)) row_sums = held[p];
  end
  logic [15:0] first;
  assign first = chunk * 16'(LANES);

  if (!GAPS) begin : in_order
    always_comb begin
      valid = '0;
      value = '0;
      parameter_of = '0;
      for (int l = 0; l < LANES; l++) begin
        for (int r = 0; r < ROWS; r++) begin
          if (r % LANES == l && first + 16'(l) == 16'(r)) begin
            valid[l] = busy && held_parameters[r][31:16] != UNUSED;
            value[l] = row_sums[r];
            parameter_of[l] = held_parameters[r];
          end
        end
      end
    end
  end else begin : by_rank
    logic [15:0] rank;
    always_comb begin
      valid = '0;
      value = '0;
      parameter_of = '0;
      rank = '0;
      for (int r = 0; r < ROWS; r++) begin
        if (held_parameters[r][31:16] != UNUSED) begin
          for (int l = 0; l < LANES; l++) begin
            if (rank == first + 16'(l)) begin
              valid[l] = busy;
              value[l] = row_sums[r];
              parameter_of[l] = held_parameters[r];
            end
          end
          rank = rank + 16'd1;
        end
      end
    end
  end
endmodule
