// Poolings and additions that are passes of their own: one channel block of one position after
// another, a window's words read one a cycle, its results leaving LANES a cycle.
//
// Each block takes `tile.slot_cycles` cycles, of which the first are reads. The first results
// leave in the cycle in which the window's last word is folded in, the others from a register;
// by then the next block's words may be coming. The last results of a tile leave after its end:
// `drained` comes `tile.tail` cycles behind its last slot.
module elementwise #(
    parameter int PORT_BITS = 64,
    parameter int MEMORIES = 1,
    parameter int LANES = 4,
    parameter bit REPEATS = 1'b0,                         // built for images made larger
    parameter bit ONE_BIT = 1'b1,                         // built for one-bit activations too
    parameter int FIELDS = 8                              // sum of the bits of all wider fields
) (
    input  logic                          clock,
    input  logic                          reset,
    input  logic                          begins,         // the tile has all it needs
    input  logic                          post_free,      // the snapshot has been drained
    input  machine_pkg::tile_t            tile,
    input  machine_pkg::layer_t           layer,
    input  machine_pkg::layer_t           post_layer,     // of the results on their way out
    output logic                          reads,
    output logic [31:0]                   read_address,
    input  logic [MEMORIES*PORT_BITS-1:0] words,          // two cycles after the address
    output logic                          ends,           // the tile
    output logic                          drained,        // and its last results have left
    // the results of this cycle
    output logic                          leaves,
    output logic [LANES-1:0]              valid,
    output logic [LANES*32-1:0]           value,
    output logic [LANES*16-1:0]           channel,        // of the word
    output logic [31:0]                   word_address    // in the output and residual buffers
);
  localparam int WIDEST = FIELDS >= 8 ? 8 : FIELDS >= 4 ? 4 : 2;
  localparam int NARROWEST = (FIELDS & 2) != 0 ? 2 : (FIELDS & 4) != 0 ? 4 : 8;
  localparam int CHANNELS = PORT_BITS / NARROWEST;        // at most, of a word

  // --- when: slots of equal length, begun when post-processing is free ---
  logic waiting, running, goes, works, ends_slot, ends_position, ends_tile, ends_1, tailing;
  logic [15:0] slot_cycle, block;
  logic fresh;
  machine_pkg::position_t kept_position, at, after;

  assign goes = (begins || waiting) && post_free && !tailing;
  assign works = goes || running;
  assign ends_slot = slot_cycle + 16'd1 == tile.slot_cycles;
  assign ends_position = ends_slot && block + 16'd1 == tile.blocks;
  assign ends_tile = works && ends_position && !after.exists;
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
      ends_1 <= ends_tile;
      ends <= ends_1;
      if (works) begin
        running <= !ends_tile;
        slot_cycle <= ends_slot ? '0 : slot_cycle + 16'd1;
        if (ends_slot) block <= ends_position ? '0 : block + 16'd1;
        if (ends_position) begin
          kept_position <= after;
          fresh <= !after.exists;
        end
      end
    end
  end

  logic [15:0] tail;
  assign drained = tailing && tail == '0;
  always_ff @(posedge clock) begin
    if (reset) tailing <= 1'b0;
    else tailing <= ends_tile || (tailing && !drained);
    tail <= ends_tile ? tile.tail : tail - 16'd1;
  end

  // --- where, of an image made larger: a word is read again, or for each time that of a part ---
  logic again;
  logic [31:0] again_base;
  if (REPEATS) begin : repeats
    logic [31:0] image, line, place, down, right, image_kept, line_kept, place_kept;
    logic [31:0] down_kept, right_kept;
    logic [15:0] row, column, row_kept, column_kept;
    logic same_row, same_column, ends_line, ends_image;

    assign again = layer.again_rows != '0 || layer.again_columns != '0;
    assign {image, line, place, down, right}
        = fresh ? '0 : {image_kept, line_kept, place_kept, down_kept, right_kept};
    assign row = fresh ? tile.phase_row : row_kept;
    assign column = fresh ? tile.phase_column : column_kept;
    assign same_row = row != layer.again_rows;
    assign same_column = column != layer.again_columns;
    assign ends_line = at.column + 16'd1 == tile.columns;
    assign ends_image = ends_line && at.row + 16'd1 == tile.rows;
    assign again_base = place + down + right;
    always_ff @(posedge clock) begin
      if (works && ends_position) begin
        image_kept <= ends_image ? image + $unsigned(tile.image_step) : image;
        if (!ends_line) begin
          {line_kept, down_kept, row_kept} <= {line, down, row};
          column_kept <= same_column ? column + 16'd1 : '0;
          right_kept <= same_column ? right + tile.phase_right : '0;
          place_kept <= same_column ? place : place + 32'd1;
        end else begin
          column_kept <= tile.phase_column;
          right_kept <= '0;
          row_kept <= ends_image ? tile.phase_row : same_row ? row + 16'd1 : '0;
          down_kept <= ends_image || !same_row ? '0 : down + tile.phase_down;
          line_kept <= ends_image ? image + $unsigned(tile.image_step)
              : same_row ? line : line + 32'(tile.read_columns);
          place_kept <= ends_image ? image + $unsigned(tile.image_step)
              : same_row ? line : line + 32'(tile.read_columns);
        end
      end
    end
  end else begin : in_place
    assign again = 1'b0;
    assign again_base = '0;
  end

  // --- where: taps of the window, in the memory and line of the block ---
  logic [15:0] tap_row, tap_column, memory;
  logic [31:0] tap_offset, line_offset;
  logic taps_done, ends_row, ends_taps, tap, in_image, first_tap;
  logic signed [15:0] place_row, place_column;

  assign place_row = at.top + $signed(tap_row);
  assign place_column = at.left + $signed(tap_column);
  assign in_image = again || !place_row[15] && $unsigned(place_row) < tile.read_rows
      && !place_column[15] && $unsigned(place_column) < tile.read_columns;
  assign tap = works && !taps_done;
  assign ends_row = tap_column + 16'd1 == layer.kernel_columns;
  assign ends_taps = ends_row && tap_row + 16'd1 == layer.kernel_rows;
  assign first_tap = tap_row == '0 && tap_column == '0;
  assign reads = works;
  assign read_address = (again ? again_base : 32'(at.base)) + line_offset + tap_offset;

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
    logic [15:0] chunks;            // cycles in which the block's results leave
    logic skips;                    // the position's values end in a word of their own
  } read_t;
  read_t read_0, read_1, read_2;
  logic [PORT_BITS-1:0] word;
  logic [CHANNELS*32-1:0] kept, folded;
  logic [PORT_BITS-1:0] kept_bits, folded_bits;

  assign read_0.valid = tap;
  assign read_0.first = first_tap;
  assign read_0.last = ends_taps;
  assign read_0.in_image = in_image;
  assign read_0.memory = memory;
  assign read_0.skips = block + 16'd1 == tile.blocks && tile.output_blocks != tile.blocks;
  assign read_0.chunks = block + 16'd1 == tile.blocks ? tile.last_chunks : tile.chunks;

  always_comb begin
    word = '0;
    for (int m = 0; m < MEMORIES; m++)
      if (read_2.memory == 16'(m)) word = words[m*PORT_BITS+:PORT_BITS];
  end
  assign folded_bits = (read_2.first ? '0 : kept_bits) | (read_2.in_image ? word : '0);
  for (genvar c = 0; c < CHANNELS; c++) begin : of_channel
    logic signed [31:0] from, own;
    assign from = !read_2.first ? $signed(kept[32*c+:32])
        : layer.kind == machine_pkg::MAXIMUM ? -32'sd32768 : 32'sd0;
    always_comb begin
      own = '0;
      if (WIDEST == 8 && c < PORT_BITS / 8)
        own = $signed({{24{layer.input_signed && word[8*(c%(PORT_BITS/8))+7]}},
                       word[8*(c%(PORT_BITS/8))+:8]});
      if ((FIELDS & 4) != 0 && (WIDEST == 4 || layer.input_field == 2'd2) && c < PORT_BITS / 4)
        own = $signed({{28{layer.input_signed && word[4*(c%(PORT_BITS/4))+3]}},
                       word[4*(c%(PORT_BITS/4))+:4]});
      if ((FIELDS & 2) != 0 && (WIDEST == 2 || layer.input_field == 2'd1))
        own = $signed({{30{layer.input_signed && word[2*(c%(PORT_BITS/2))+1]}},
                       word[2*(c%(PORT_BITS/2))+:2]});
    end
    assign folded[32*c+:32] = !read_2.in_image ? from
        : layer.kind != machine_pkg::MAXIMUM ? from + own : own > from ? own : from;
  end

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

  // --- the way out: the first LANES results at once, the others from a register ---
  localparam int CHUNKS = (CHANNELS + LANES - 1) / LANES;
  localparam int BIT_CHUNKS = (PORT_BITS + LANES - 1) / LANES;
  logic folds_last, later;
  logic [15:0] chunk, chunks;
  logic [31:0] next_word, held_word;
  logic [CHUNKS*LANES*32-1:0] held;
  logic [BIT_CHUNKS*LANES-1:0] held_bits;
  logic [LANES*32-1:0] values;
  logic [LANES-1:0] bits;

  assign folds_last = read_2.valid && read_2.last;
  assign leaves = folds_last || later;
  assign word_address = folds_last ? next_word : held_word;
  always_ff @(posedge clock) begin
    if (reset || ends) next_word <= '0;
    else if (folds_last) next_word <= next_word + 32'd1 + 32'(read_2.skips);
    if (reset) later <= 1'b0;
    else later <= folds_last ? read_2.chunks != 16'd1 : later && chunk + 16'd1 != chunks;
    chunk <= folds_last ? 16'd1 : chunk + 16'd1;
    if (folds_last) begin
      chunks <= read_2.chunks;
      held_word <= next_word;
      held <= (CHUNKS*LANES*32)'(folded);
      held_bits <= (BIT_CHUNKS*LANES)'(folded_bits);
    end
  end

  always_comb begin
    values = (LANES*32)'(folded);
    bits = LANES'(folded_bits);
    for (int i = 1; i < CHUNKS; i++)
      if (!folds_last && chunk == 16'(i)) values = held[i*LANES*32+:LANES*32];
    for (int i = 1; i < BIT_CHUNKS; i++)
      if (!folds_last && chunk == 16'(i)) bits = held_bits[i*LANES+:LANES];
  end
  for (genvar l = 0; l < LANES; l++) begin : lane
    logic is_bit;
    assign is_bit = ONE_BIT && post_layer.input_one_bit;
    assign channel[16*l+:16] = (folds_last ? '0 : chunk * 16'(LANES)) + 16'(l);
    assign value[32*l+:32] = !is_bit ? values[32*l+:32] : bits[l] ? 32'd1 : 32'hffffffff;
    assign valid[l] = leaves && (is_bit ? l < PORT_BITS
        : WIDEST == NARROWEST ? l < CHANNELS : 16'(l) < 16'(PORT_BITS) >> post_layer.input_field);
  end
endmodule
