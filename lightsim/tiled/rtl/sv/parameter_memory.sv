// The parameters of a weight tile's row slots: a word gives those of all rows of a row group.
//
// A slot is 64 bits: bias 32, multiplier 16, position 16. Slots come several to a port word, or
// in two port words. COPIES groups lie side by side, so that no port word holds two slots for one
// memory.
module parameter_memory #(
    parameter int PORT_BITS = 64,
    parameter int ROWS = 4,
    parameter int SLOTS = 1024,
    parameter int BANKS = 2
) (
    input  logic                       clock,
    input  logic                       reset,
    input  logic                       fill,
    input  logic                       fill_bank,
    input  logic                       fill_ends,
    input  logic [PORT_BITS-1:0]       fill_data,
    input  logic                       enable,
    input  logic                       read_bank,
    input  logic [15:0]                       read_group,
    output logic [ROWS-1:0][63:0]      slots
);
  localparam int PER_WORD = PORT_BITS >= 64 ? PORT_BITS / 64 : 1;
  localparam int COPIES = (PER_WORD + ROWS - 1) / ROWS;
  localparam int MEMORIES = COPIES * ROWS;
  localparam int DEPTH = (SLOTS + MEMORIES - 1) / MEMORIES + 1;
  localparam int ADDRESS_BITS = $clog2(DEPTH);

  // --- filling: the word's first slot goes to memory `first`, line `line` ---
  logic [15:0] first;
  logic [ADDRESS_BITS-1:0] line;
  logic complete;
  logic [PER_WORD*64-1:0] data;

  if (PORT_BITS >= 64) begin : whole
    assign complete = fill;
    assign data = fill_data;
  end else begin : halves
    logic second;
    logic [31:0] low;
    assign complete = fill && second;
    assign data = {fill_data, low};
    always_ff @(posedge clock) begin
      if (reset || fill_ends) second <= 1'b0;
      else if (fill) second <= !second;
      if (fill) low <= fill_data;
    end
  end

  always_ff @(posedge clock) begin
    if (reset || fill_ends) begin
      first <= '0;
      line <= '0;
    end else if (complete) begin
      if (first + 16'(PER_WORD) >= 16'(MEMORIES)) begin
        first <= first + 16'(PER_WORD) - 16'(MEMORIES);
        line <= line + 1'b1;
      end else first <= first + 16'(PER_WORD);
    end
  end

  logic [15:0] copy, copy_1, copy_2;
  assign copy = read_group % 16'(COPIES);
  always_ff @(posedge clock) begin
    if (enable) begin
      copy_1 <= copy;
      copy_2 <= copy_1;
    end
  end

  logic [MEMORIES-1:0][63:0] read;
  for (genvar m = 0; m < MEMORIES; m++) begin : memories
    // This memory's slot of the word, if it has one: slot m - first, modulo MEMORIES.
    logic [15:0] slot;
    logic wraps;
    logic [63:0] mine;
    assign wraps = 16'(m) < first;
    assign slot = 16'(m) - first + (wraps ? 16'(MEMORIES) : 16'd0);
    always_comb begin
      mine = '0;
      for (int i = 0; i < PER_WORD; i++) if (slot == 16'(i)) mine = data[i*64+:64];
    end
    bank_memory #(.WIDTH(64), .DEPTH(DEPTH), .BANKS(BANKS)) banked (
        .clock,
        .write(complete && slot < 16'(PER_WORD)),
        .write_bank(fill_bank),
        .write_address(wraps ? line + 1'b1 : line),
        .write_data(mine),
        .enable,
        .read_bank,
        .read_address(ADDRESS_BITS'(read_group / 16'(COPIES))),
        .read_data(read[m])
    );
  end

  always_comb begin
    slots = '0;
    for (int i = 0; i < COPIES; i++)
      if (copy_2 == 16'(i)) slots = read[i*ROWS+:ROWS];
  end
endmodule
