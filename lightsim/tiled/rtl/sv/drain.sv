// The snapshot of finished sums, and the walk that drains it: up to LANES rows a cycle.
//
// Lane l owns the channels whose position in the tile is l modulo LANES, and takes the rows that
// hold them one after another. The snapshot can be captured again in the cycle in which its last
// values leave. The walk goes over the computed positions in raster order and knows where each
// lands after pooling.
module drain #(
    parameter int ROWS = 4,
    parameter int PIXELS = 1,
    parameter int LANES = 4,
    parameter int SUM_BITS = 32,
    parameter int ACCUMULATOR_BITS = 32,
    parameter bit SATURATES = 1'b0
) (
    input  logic                                      clock,
    input  logic                                      reset,
    input  logic                                      capture,
    input  machine_pkg::step_t                        captured_step,
    input  machine_pkg::tile_t                        tile,
    input  machine_pkg::layer_t                       layer,
    input  logic [PIXELS-1:0][ROWS-1:0][SUM_BITS-1:0] sums,
    input  logic [ROWS-1:0][31:0]                     parameters,   // position, multiplier
    output logic                                      busy,
    output logic                                      empties,      // its last values leave
    output logic                                      ends_tile,    // and they are the tile's
    // the values of this cycle
    output logic [LANES-1:0]                          valid,
    output logic [LANES*32-1:0]                       value,
    output logic [LANES*16-1:0]                       multiplier,
    output logic [LANES*16-1:0]                       channel,      // position in the tile
    output logic                                      opens_window,
    output logic [31:0]                               output_base,  // buffer word of the position
    output logic [31:0]                               residual_base
);
  localparam logic [15:0] UNUSED = 16'hffff;
  localparam int ROW_BITS = ROWS > 1 ? $clog2(ROWS) : 1;

  logic [PIXELS*ROWS*SUM_BITS-1:0] held;
  logic [ROWS*32-1:0] held_slots;
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
      held_slots <= parameters;
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

  // --- the sums of the position at hand ---
  logic [ROWS*SUM_BITS-1:0] at_hand;
  always_comb begin
    at_hand = held[0+:ROWS*SUM_BITS];
    for (int p = 1; p < PIXELS; p++)
      if (position == 16'(p)) at_hand = held[p*ROWS*SUM_BITS+:ROWS*SUM_BITS];
  end

  // --- the rows of each lane, of which the lowest pending one leaves ---
  logic [LANES*ROWS-1:0] captured_rows;
  always_comb begin
    for (int l = 0; l < LANES; l++)
      for (int r = 0; r < ROWS; r++)
        captured_rows[l*ROWS+r] = parameters[r][31:16] != UNUSED
            && (parameters[r][31:16] & 16'(LANES - 1)) == 16'(l);
  end

  for (genvar l = 0; l < LANES; l++) begin : lane
    logic [ROWS-1:0] own, pending, next, lowest;
    logic [ROW_BITS-1:0] row, next_row;
    logic signed [SUM_BITS-1:0] sum, fitted;
    logic [31:0] slot;

    always_comb begin
      next = capture ? captured_rows[l*ROWS+:ROWS]
          : ends_position ? own : pending & (pending - 1'b1);
      lowest = next & -next;
      next_row = '0;
      for (int r = 0; r < ROWS; r++) if (lowest[r]) next_row = next_row | ROW_BITS'(r);
    end
    always_ff @(posedge clock) begin
      if (capture) own <= next;
      pending <= next;
      row <= next_row;
    end

    assign sum = at_hand[row*SUM_BITS+:SUM_BITS];
    assign slot = held_slots[row*32+:32];
    localparam logic signed [SUM_BITS-1:0] LARGEST
        = {{(SUM_BITS - ACCUMULATOR_BITS + 1) {1'b0}}, {(ACCUMULATOR_BITS - 1) {1'b1}}};
    assign fitted = !SATURATES ? sum : sum > LARGEST ? LARGEST : sum < ~LARGEST ? ~LARGEST : sum;
    assign value[32*l+:32] = 32'(fitted);
    assign multiplier[16*l+:16] = slot[15:0];
    // The lowest bits are the lane's number.
    assign channel[16*l+:16] = (slot[31:16] & 16'(-LANES)) | 16'(l);
    assign valid[l] = busy && pending != '0;
  end
endmodule
