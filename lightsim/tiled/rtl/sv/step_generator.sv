// Issues the steps of a tile: row groups, pixel groups, kernel taps, column groups, passes.
//
// The first step is issued in the cycle in which the tile begins: all counters stand at their
// first values between tiles.
module step_generator #(
    parameter int    COLUMNS = 8,
    parameter int    PIXELS = 1,
    parameter int    PARTS = 1,           // column groups in a line of the widest fields
    parameter int    FIELDS = 8,          // sum of the bits of all fields wider than one bit
    parameter int    ONE_BIT_PARTS = 1,   // and of one-bit channels
    parameter bit    DILATES = 1'b0,      // built for kernels whose taps are no neighbours
    parameter int    GROUPS = 1,
    parameter GROUP_IMAGE = ""
) (
    input  logic                clock,
    input  logic                reset,
    input  logic                enable,
    input  logic                begins,
    input  machine_pkg::tile_t               tile,
    input  machine_pkg::layer_t              layer,
    output machine_pkg::step_t               step,
    // input buffer
    output logic [PIXELS-1:0][31:0]  address,
    output logic [PIXELS-1:0]   is_image,
    output logic [15:0]                part,
    output logic [COLUMNS-1:0]  mask,
    // weight buffer
    output logic                weight_advance,
    output logic                weight_rewind,
    output logic                weight_mark,
    output logic                weight_restart
);
  machine_pkg::group_t group;
  logic running, fresh, group_opens, issues;
  logic [7:0] pass;
  logic [15:0] column_group, tap_row, tap_column, group_index, kept_part, parts, channel;
  logic [15:0] place_row, place_column;
  logic [31:0] kept_offset, offset, tap_offset;
  machine_pkg::position_t kept_position;
  machine_pkg::position_t at;      // one after another of this pixel group
  machine_pkg::position_t after;   // and the first of the next
  logic [15:0] positions;
  logic ends_passes, ends_columns, ends_row, ends_taps, starts, ends, ends_positions, ends_group;

  sequential_rom #(.WIDTH($bits(group)), .DEPTH(GROUPS), .IMAGE(GROUP_IMAGE)) groups (
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

  localparam logic [1:0] WIDEST = FIELDS >= 8 ? 2'd3 : FIELDS >= 4 ? 2'd2 : 2'd1;
  localparam bit NARROW = FIELDS != 1 << WIDEST;   // there are narrower ones
  assign parts = layer.input_one_bit ? 16'(ONE_BIT_PARTS)
      : NARROW ? 16'(PARTS) << (WIDEST - layer.input_field) : 16'(PARTS);
  assign part = column_group == '0 ? group.first_part : kept_part;
  assign offset = column_group == '0 ? group.first_offset : kept_offset;
  assign channel = (group.first_column_group + column_group) * 16'(COLUMNS);

  // --- positions, and where the step reads for each ---
  always_comb begin
    after = fresh ? machine_pkg::first_position(tile) : kept_position;
    at = after;
    positions = '0;
    for (int p = 0; p < PIXELS; p++) begin
      at = after;
      after = machine_pkg::next_position(at, tile, layer);
      positions = positions + 16'(at.exists);
      address[p] = 32'(at.base) + offset + tap_offset;
      is_image[p] = at.exists && in_extent(at.top, place_row, tile.read_rows)
                              && in_extent(at.left, place_column, tile.read_columns);
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
        tap_offset <= tap_offset + 32'(tile.read_columns) + (DILATES
            ? tile.apart - 32'(place_column) : 32'd1 - 32'(layer.kernel_columns));
      end else if (ends_columns) begin
        tap_column <= tap_column + 16'd1;
        tap_offset <= tap_offset + (DILATES ? 32'(layer.apart_columns) + 32'd1 : 32'd1);
      end
      if (ends) begin
        kept_position <= after;
        fresh <= ends_positions;
        group_opens <= ends_positions;
      end
      if (ends_group) group_index <= step.ends_tile ? '0 : group_index + 16'd1;
    end
  end

  // --- how far from the window's first row and column the tap lies ---
  if (DILATES) begin : dilated
    always_ff @(posedge clock) begin
      if (reset) begin
        place_row <= '0;
        place_column <= '0;
      end else if (issues && enable) begin
        if (ends) place_row <= '0;
        else if (ends_row) place_row <= place_row + layer.apart_rows + 16'd1;
        if (ends || ends_row) place_column <= '0;
        else if (ends_columns) place_column <= place_column + layer.apart_columns + 16'd1;
      end
    end
  end else begin : undilated
    assign place_row = tap_row;
    assign place_column = tap_column;
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
    step.positions = positions;
  end

  // --- columns that carry a channel ---
  always_comb begin
    for (int c = 0; c < COLUMNS; c++)
      mask[c] = channel + 16'(c) >= group.first_channel && channel + 16'(c) < group.end_channel;
  end

  function automatic logic in_extent(
      input logic signed [15:0] first, input logic [15:0] tap, input logic [15:0] extent);
    logic signed [15:0] place;
    place = first + $signed(tap);
    in_extent = !place[15] && $unsigned(place) < extent;
  endfunction

  assign weight_advance = issues && !group.pruned && (group.weight_per_pass || ends_passes);
  assign weight_rewind = issues && ends && !ends_positions;
  assign weight_mark = issues && ends_group;
  assign weight_restart = issues && step.ends_tile;
endmodule
