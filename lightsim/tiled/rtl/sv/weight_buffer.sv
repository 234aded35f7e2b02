// The weight buffer: gives the codes that all lanes of one pixel read in one step.
//
// A weight word wider than the port lies in MEMORIES port words side by side; narrower ones share
// a port word. The reader goes through the words in order and back to its row group's first word
// for every pixel group.
module weight_buffer #(
    parameter int PORT_BITS = 64,
    parameter int WORD_BITS = 128,      // codes of all rows and columns
    parameter int NARROW_BITS = 16,     // codes of all rows for one column (depthwise)
    parameter int MEMORIES = 2,         // port words of a weight word
    parameter int DEPTH = 16,
    parameter int BANKS = 2
) (
    input  logic                   clock,
    input  logic                   reset,
    // filling
    input  logic                   fill,
    input  logic                   fill_bank,
    input  logic                   fill_ends,       // last word of the tile
    input  logic [15:0]            fill_memories,   // memories that are filled in turn
    input  logic [PORT_BITS-1:0]   fill_data,
    // reading
    input  logic                   enable,
    input  logic                   read_bank,
    input  logic                   narrow,
    input  logic                   advance,         // the next step reads the next word
    input  logic                   rewind,          // the next step starts the row group again
    input  logic                   mark,            // the next step starts a row group
    input  logic                   restart,         // the next step starts a tile
    output logic [WORD_BITS-1:0]   codes
);
  localparam int ADDRESS_BITS = DEPTH > 1 ? $clog2(DEPTH) : 1;
  localparam int SHARING = WORD_BITS >= PORT_BITS ? 1 : PORT_BITS / WORD_BITS;
  localparam int NARROW_SHARING = NARROW_BITS >= PORT_BITS ? 1 : PORT_BITS / NARROW_BITS;
  localparam int LINE_BITS = MEMORIES * PORT_BITS;

  // --- filling ---
  logic [ADDRESS_BITS-1:0] fill_address;
  logic [15:0] fill_memory;

  always_ff @(posedge clock) begin
    if (reset || fill_ends) begin
      fill_address <= '0;
      fill_memory <= '0;
    end else if (fill) begin
      fill_memory <= fill_memory + 16'd1 == fill_memories ? '0 : fill_memory + 16'd1;
      if (fill_memory + 16'd1 == fill_memories) fill_address <= fill_address + 1'b1;
    end
  end

  // --- reading ---
  logic [ADDRESS_BITS-1:0] address, marked_address, next_address;
  logic [15:0] part, marked_part, next_part, parts, part_1, part_2;
  logic narrow_1, narrow_2;

  assign parts = narrow ? 16'(NARROW_SHARING) : 16'(SHARING);
  always_comb begin
    next_address = address;
    next_part = part;
    if (restart) begin
      next_address = '0;
      next_part = '0;
    end else if (rewind) begin
      next_address = marked_address;
      next_part = marked_part;
    end else if (advance) begin
      next_part = part + 16'd1 == parts ? '0 : part + 16'd1;
      if (part + 16'd1 == parts) next_address = address + 1'b1;
    end
  end

  always_ff @(posedge clock) begin
    if (reset) begin
      address <= '0;
      part <= '0;
      marked_address <= '0;
      marked_part <= '0;
    end else if (enable) begin
      address <= next_address;
      part <= next_part;
      if (mark || restart) begin
        marked_address <= next_address;
        marked_part <= next_part;
      end
    end
    if (enable) begin
      part_1 <= part;
      part_2 <= part_1;
      narrow_1 <= narrow;
      narrow_2 <= narrow_1;
    end
  end

  logic [LINE_BITS-1:0] line;
  for (genvar m = 0; m < MEMORIES; m++) begin : side
    bank_memory #(.WIDTH(PORT_BITS), .DEPTH(DEPTH), .BANKS(BANKS)) banked (
        .clock,
        .write(fill && fill_memory == 16'(m)),
        .write_bank(fill_bank),
        .write_address(fill_address),
        .write_data(fill_data),
        .enable,
        .read_bank,
        .read_address(address),
        .read_data(line[m*PORT_BITS+:PORT_BITS])
    );
  end

  always_comb begin
    codes = '0;
    if (narrow_2) begin
      for (int i = 0; i < NARROW_SHARING; i++)
        if (part_2 == 16'(i)) codes[NARROW_BITS-1:0] = line[i*NARROW_BITS+:NARROW_BITS];
    end else begin
      for (int i = 0; i < SHARING; i++)
        if (part_2 == 16'(i)) codes = line[i*WORD_BITS+:WORD_BITS];
    end
  end
endmodule
