// Issues the steps of a tile: row groups, pixel groups, kernel taps, column groups, passes.
//
// The first step is issued in the cycle in which the tile begins: all counters stand at their
// first values between tiles.
module step_generator
  import machine_pkg::*;
#(
    parameter int    COLUMNS = 8,
    parameter int    PIXELS = 1,
    parameter int    PARTS = 1,           // column groups in a word of eight-bit channels
    parameter int    ONE_BIT_PARTS = 1,   // and of one-bit channels
    parameter int    GROUPS = 1,
    parameter string GROUP_IMAGE = ""
) (
    input  logic                clock,
    input  logic                reset,
    input  logic                enable,
    input  logic                begins,
    input  tile_t               tile,
    input  layer_t              layer,
    output step_t               step,
    // input buffer
    output addr_t [PIXELS-1:0]  address,
    output logic [PIXELS-1:0]   is_image,
    output dim_t                part,
    output logic [COLUMNS-1:0]  mask,
    // weight buffer
    output logic                weight_advance,
    output logic                weight_rewind,
    output logic                weight_mark,
    output logic                weight_restart
);
  group_t group;
  logic running, fresh, group_opens, issues;
  logic [7:0] pass;
  dim_t column_group, tap_row, tap_column, group_index, kept_part, parts, channel;
  addr_t kept_offset, offset, tap_offset;
  position_t kept_position;
  position_t at[PIXELS];  // of this pixel group
  position_t after;       // and the first of the next
  logic ends_passes, ends_columns, ends_row, ends_taps, starts, ends, ends_positions, ends_group;

  sequential_rom #(.WIDTH($bits(group_t)), .DEPTH(GROUPS), .IMAGE(GROUP_IMAGE)) groups (
      .clock, .reset, .advance(issues && enable && ends_group), .entry(group)
  );

  assign issues = begins || running;

  // --- counters of one pixel group ---
  assign starts = pass == '0 && column_group == '0 && tap_row == '0 && tap_column == '0;
  assign ends_passes = group.pruned || pass + 8'd1 == group.passes;
  assign ends_columns = ends_passes && column_group + 16'd1 == group.column_groups;
  assign ends_row = ends_columns && tap_column + 16'd1 == layer.kernel_columns;
  assign ends_taps = ends_row && tap_row + 16'd1 == layer.kernel_rows;
  assign ends = group.pruned || ends_taps;

  assign parts = layer.input_one_bit ? 16'(ONE_BIT_PARTS) : 16'(PARTS);
  assign part = column_group == '0 ? group.first_part : kept_part;
  assign offset = column_group == '0 ? group.first_offset : kept_offset;
  assign channel = (group.first_column_group + column_group) * 16'(COLUMNS);

  // --- positions ---
  always_comb begin
    after = fresh ? first_position(tile) : kept_position;
    for (int p = 0; p < PIXELS; p++) begin
      at[p] = after;
      after = next_position(after, tile, layer);
    end
  end
  assign ends_positions = ends && !after.exists;
  assign ends_group = ends_positions;

  always_ff @(posedge clock) begin
    if (reset) begin
      running <= 1'b0;
      fresh <= 1'b1;
      group_opens <= 1'b1;
      pass <= '0;
      column_group <= '0;
      tap_row <= '0;
      tap_column <= '0;
      tap_offset <= '0;
      group_index <= '0;
    end else if (issues && enable) begin
      running <= !step.ends_tile;
      pass <= ends_passes ? '0 : pass + 8'd1;
      if (ends_passes) begin
        column_group <= ends_columns || ends ? '0 : column_group + 16'd1;
        kept_part <= part + 16'd1 == parts ? '0 : part + 16'd1;
        kept_offset <= part + 16'd1 == parts ? offset + tile.plane : offset;
      end
      if (ends) begin
        tap_row <= '0;
        tap_column <= '0;
        tap_offset <= '0;
      end else if (ends_row) begin
        tap_row <= tap_row + 16'd1;
        tap_column <= '0;
        tap_offset <= tap_offset + addr_t'(tile.read_columns)
                      - addr_t'(layer.kernel_columns) + 32'd1;
      end else if (ends_columns) begin
        tap_column <= tap_column + 16'd1;
        tap_offset <= tap_offset + 32'd1;
      end
      if (ends) begin
        kept_position <= after;
        fresh <= ends_positions;
        group_opens <= ends_positions;
      end
      if (ends_group) group_index <= step.ends_tile ? '0 : group_index + 16'd1;
    end
  end

  // --- what the step carries along ---
  always_comb begin
    step = '0;
    step.valid = issues;
    step.starts = starts;
    step.ends = ends;
    step.ends_tile = ends_group && group_index + 16'd1 == tile.groups;
    step.opens_group = group_opens;
    step.active = !group.pruned;
    step.every_pass = group.weight_per_pass;
    step.pass = pass[2:0];
    step.column = group.first_channel - channel;
    step.group = group_index;
    step.chunks = group.chunks;
    step.positions = '0;
    for (int p = 0; p < PIXELS; p++) step.positions = step.positions + 16'(at[p].exists);
  end

  // --- addresses ---
  always_comb begin
    for (int p = 0; p < PIXELS; p++) begin
      address[p] = addr_t'(at[p].base) + offset + tap_offset;
      is_image[p] = at[p].exists && in_extent(at[p].top, tap_row, tile.read_rows)
                               && in_extent(at[p].left, tap_column, tile.read_columns);
    end
    for (int c = 0; c < COLUMNS; c++)
      mask[c] = channel + 16'(c) >= group.first_channel && channel + 16'(c) < group.end_channel;
  end

  function automatic logic in_extent(
      input signed_dim_t first, input dim_t tap, input dim_t extent);
    signed_dim_t place;
    place = first + $signed(tap);
    in_extent = !place[15] && $unsigned(place) < extent;
  endfunction

  assign weight_advance = issues && !group.pruned && (group.weight_per_pass || ends_passes);
  assign weight_rewind = issues && ends && !ends_positions;
  assign weight_mark = issues && ends_group;
  assign weight_restart = issues && step.ends_tile;
endmodule
