// Poolings and additions that are passes of their own: one channel block of one position after
// another, a window's words read one a cycle, the results written as whole words.
//
// Each block takes `tile.slot_cycles` cycles, of which the first are reads. A result has to leave
// in the six cycles after its last read, so the unit has arithmetic for all channels of a word.
module elementwise #(
    parameter int PORT_BITS = 64,
    parameter int MEMORIES = 1
) (
    input  logic                          clock,
    input  logic                          reset,
    input  logic                          begins,        // the tile has all it needs
    input  logic                          post_free,     // the snapshot has been drained
    input  machine_pkg::tile_t                         tile,
    input  machine_pkg::layer_t                        layer,
    input  machine_pkg::layer_t                        post_layer,    // of the results on their way out
    output logic                          reads,
    output logic [31:0]                         read_address,
    input  logic [MEMORIES*PORT_BITS-1:0] words,         // two cycles after the address
    output logic [31:0]                         residual_address,
    input  logic [PORT_BITS-1:0]          residual,      // two cycles after the address
    output logic                          ends,          // the tile
    output logic                          write,
    output logic [31:0]                         write_address,
    output logic [PORT_BITS-1:0]          write_data
);
  localparam int CHANNELS = PORT_BITS / 8;
  localparam int POST_REGISTERS = 5;

  // --- when: slots of equal length, begun when post-processing is free ---
  logic waiting, running, goes, works, ends_slot, ends_position, ends_1;
  logic [15:0] slot_cycle, block;
  logic fresh;
  machine_pkg::position_t kept_position, at, after;

  assign goes = (begins || waiting) && post_free;
  assign works = goes || running;
  assign ends_slot = slot_cycle + 16'd1 == tile.slot_cycles;
  assign ends_position = ends_slot && block + 16'd1 == tile.blocks;
  assign at = fresh ? machine_pkg::first_position(tile) : kept_position;
  assign after = machine_pkg::next_position(at, tile, layer);

  always_ff @(posedge clock) begin
    if (reset) begin
      waiting <= 1'b0;
      running <= 1'b0;
      fresh <= 1'b1;
      slot_cycle <= '0;
      block <= '0;
      ends_1 <= 1'b0;
      ends <= 1'b0;
    end else begin
      waiting <= (begins || waiting) && !goes;
      ends_1 <= works && ends_position && !after.exists;
      ends <= ends_1;
      if (works) begin
        running <= !(ends_position && !after.exists);
        slot_cycle <= ends_slot ? '0 : slot_cycle + 16'd1;
        if (ends_slot) block <= ends_position ? '0 : block + 16'd1;
        if (ends_position) begin
          kept_position <= after;
          fresh <= !after.exists;
        end
      end
    end
  end

  // --- where: taps of the window, in the memory and line of the block ---
  logic [15:0] tap_row, tap_column, memory;
  logic [31:0] tap_offset, line_offset;
  logic taps_done, ends_row, ends_taps, tap, in_image, first_tap;
  logic signed [15:0] place_row, place_column;

  assign place_row = at.top + $signed(tap_row);
  assign place_column = at.left + $signed(tap_column);
  assign in_image = !place_row[15] && $unsigned(place_row) < tile.read_rows
      && !place_column[15] && $unsigned(place_column) < tile.read_columns;
  assign tap = works && !taps_done;
  assign ends_row = tap_column + 16'd1 == layer.kernel_columns;
  assign ends_taps = ends_row && tap_row + 16'd1 == layer.kernel_rows;
  assign first_tap = tap_row == '0 && tap_column == '0;
  assign reads = works;
  assign read_address = 32'(at.base) + line_offset + tap_offset;

  always_ff @(posedge clock) begin
    if (reset) begin
      taps_done <= 1'b0;
      tap_row <= '0;
      tap_column <= '0;
      tap_offset <= '0;
      memory <= '0;
      line_offset <= '0;
    end else if (works) begin
      taps_done <= !ends_slot && (taps_done || ends_taps);
      if (tap) begin
        tap_column <= ends_row ? '0 : tap_column + 16'd1;
        if (ends_row) tap_row <= ends_taps ? '0 : tap_row + 16'd1;
        if (ends_taps) tap_offset <= '0;
        else if (ends_row)
          tap_offset <= tap_offset + 32'(tile.read_columns)
                      - 32'(layer.kernel_columns) + 32'd1;
        else tap_offset <= tap_offset + 32'd1;
      end
      if (ends_position) begin
        memory <= '0;
        line_offset <= '0;
      end else if (ends_slot) begin
        memory <= memory + 16'd1 == 16'(MEMORIES) ? '0 : memory + 16'd1;
        if (memory + 16'd1 == 16'(MEMORIES)) line_offset <= line_offset + tile.plane;
      end
    end
  end

  // --- what: fold the words of a window ---
  typedef struct packed {
    logic valid;
    logic first;
    logic last;
    logic in_image;
    logic [15:0] memory;
  } read_t;
  read_t read_0, read_1, read_2;
  logic [PORT_BITS-1:0] word;
  logic signed [CHANNELS-1:0][31:0] kept, folded;
  logic [PORT_BITS-1:0] kept_bits, folded_bits;

  assign read_0.valid = tap;
  assign read_0.first = first_tap;
  assign read_0.last = ends_taps;
  assign read_0.in_image = in_image;
  assign read_0.memory = memory;

  always_comb begin
    word = '0;
    for (int m = 0; m < MEMORIES; m++)
      if (read_2.memory == 16'(m)) word = words[m*PORT_BITS+:PORT_BITS];
    folded_bits = (read_2.first ? '0 : kept_bits) | (read_2.in_image ? word : '0);
    for (int c = 0; c < CHANNELS; c++)
      folded[c] = fold(read_2.first, kept[c], read_2.in_image,
                       {{24{layer.input_signed && word[8*c+7]}}, word[8*c+:8]}, layer.kind);
  end

  function automatic logic signed [31:0] fold(
      input logic first, input logic signed [31:0] sum, input logic exists,
      input logic signed [31:0] value, input logic [1:0] kind);
    logic signed [31:0] from;
    from = !first ? sum : kind == machine_pkg::MAXIMUM ? -32'sd32768 : 32'sd0;
    if (!exists) fold = from;
    else if (kind == machine_pkg::MAXIMUM) fold = value > from ? value : from;
    else fold = from + value;
  endfunction

  always_ff @(posedge clock) begin
    if (reset) begin
      read_1 <= '0;
      read_2 <= '0;
    end else begin
      read_1 <= read_0;
      read_2 <= read_1;
    end
    if (read_2.valid) begin
      kept <= folded;
      kept_bits <= folded_bits;
    end
  end

  // --- the way out: the arithmetic of post-processing for every channel of a word ---
  logic [31:0] next_word;
  logic result;
  logic [POST_REGISTERS-1:0] result_later;
  logic [POST_REGISTERS-1:0][31:0] word_later;
  logic [POST_REGISTERS-1:0][PORT_BITS-1:0] bits_later;
  logic [CHANNELS-1:0][31:0] value;

  assign result = read_2.valid && read_2.last;
  assign residual_address = next_word;
  always_ff @(posedge clock) begin
    if (reset || ends) next_word <= '0;
    else if (result) next_word <= next_word + 32'd1;
    if (reset) result_later <= '0;
    else result_later <= {result_later[POST_REGISTERS-2:0], result};
    word_later <= {word_later[POST_REGISTERS-2:0], next_word};
    bits_later <= {bits_later[POST_REGISTERS-2:0], folded_bits};
  end

  for (genvar c = 0; c < CHANNELS; c++) begin : channel
    logic [15:0] other;
    assign other = {{8{post_layer.residual_signed && residual[8*c+7]}}, residual[8*c+:8]};
    post_lane #(.SUM_BITS(32), .ACCUMULATOR_BITS(32)) arithmetic (
        .clock, .layer(post_layer), .sum(folded[c]), .multiplier(post_layer.multiplier), .residual(other),
        .result(value[c])
    );
    assign write_data[8*c+:8] = post_layer.output_width == 2'd0
        ? bits_later[POST_REGISTERS-1][8*c+:8] : value[c][7:0];
  end
  assign write = result_later[POST_REGISTERS-1];
  assign write_address = word_later[POST_REGISTERS-1];
endmodule
