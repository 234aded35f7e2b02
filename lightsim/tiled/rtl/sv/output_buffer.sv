// The output buffer: each lane puts its values into a slice of its own, the store reads port words.
//
// Values are numbered from the first word on, whatever their width: value e is e / LANES of slice
// e mod LANES. A row of all slices holds one port word or several.
module output_buffer #(
    parameter int PORT_BITS = 64,
    parameter int LANES = 4,
    parameter int DEPTH = 16,          // port words of a bank
    parameter int BANKS = 2,
    parameter bit ONE_BIT = 1'b1,      // built for one-bit activations too
    parameter int FIELDS = 8           // sum of the bits of all wider fields
) (
    input  logic                 clock,
    input  logic                 reset,
    input  machine_pkg::layer_t  layer,
    input  logic [LANES-1:0]     write,
    input  logic                 write_bank,
    input  logic                 opens_window,
    input  logic [LANES*32-1:0]  index,         // of the values in their slices
    input  logic [LANES*32-1:0]  value,         // a cycle later
    input  logic                 read_bank,
    input  logic [31:0]          read_address,
    output logic [PORT_BITS-1:0] read_data      // two cycles later
);
  // A lane may write 32 bits in a cycle, so its slice is at least that wide.
  localparam int WIDTH = PORT_BITS / LANES > 32 ? PORT_BITS / LANES : 32;
  localparam int ROW = WIDTH * LANES;
  localparam int WORDS = ROW / PORT_BITS;      // in a row
  localparam int LOG_WORDS = $clog2(WORDS);
  localparam int ROWS = (DEPTH + WORDS - 1) / WORDS;
  localparam int ROW_BITS = ROWS > 1 ? $clog2(ROWS) : 1;

  logic [ROW-1:0] slices, bits, twos, fours, bytes, raws;
  logic [15:0] part;
  logic [PORT_BITS-1:0] selected;

  for (genvar l = 0; l < LANES; l++) begin : lane
    output_slice #(.WIDTH(WIDTH), .DEPTH(ROWS), .BANKS(BANKS), .ONE_BIT(ONE_BIT), .FIELDS(FIELDS)) slice (
        .clock, .reset, .width(layer.output_width), .is_signed(layer.output_signed),
        .valid(write[l]), .bank(write_bank), .opens_window, .index(index[32*l+:32]),
        .value(value[32*l+:32]), .read_bank, .read_row(ROW_BITS'(read_address >> LOG_WORDS)),
        .row(slices[l*WIDTH+:WIDTH])
    );
    // Value j of a row lies in slice j mod LANES.
    for (genvar j = 0; j < WIDTH; j++) begin : one_bit
      assign bits[j*LANES+l] = ONE_BIT && slices[l*WIDTH+j];
    end
    for (genvar j = 0; j < WIDTH / 2; j++) begin : two_bits
      assign twos[(j*LANES+l)*2+:2] = (FIELDS & 2) != 0 ? slices[l*WIDTH+j*2+:2] : '0;
    end
    for (genvar j = 0; j < WIDTH / 4; j++) begin : four_bits
      assign fours[(j*LANES+l)*4+:4] = (FIELDS & 4) != 0 ? slices[l*WIDTH+j*4+:4] : '0;
    end
    for (genvar j = 0; j < WIDTH / 8; j++) begin : eight_bits
      assign bytes[(j*LANES+l)*8+:8] = (FIELDS & 8) != 0 ? slices[l*WIDTH+j*8+:8] : '0;
    end
    for (genvar j = 0; j < WIDTH / 32; j++) begin : raw
      assign raws[(j*LANES+l)*32+:32] = slices[l*WIDTH+j*32+:32];
    end
  end

  always_comb begin
    selected = '0;
    for (int w = 0; w < WORDS; w++)
      if (part == 16'(w))
        selected = ONE_BIT && layer.output_width == 3'd0 ? bits[w*PORT_BITS+:PORT_BITS]
            : layer.output_width == 3'd5 ? raws[w*PORT_BITS+:PORT_BITS]
            : (FIELDS & 2) != 0 && layer.output_width == 3'd1 ? twos[w*PORT_BITS+:PORT_BITS]
            : (FIELDS & 4) != 0 && layer.output_width == 3'd2 ? fours[w*PORT_BITS+:PORT_BITS]
            : bytes[w*PORT_BITS+:PORT_BITS];
  end
  always_ff @(posedge clock) begin
    part <= 16'(read_address & 32'(WORDS - 1));
    read_data <= selected;
  end
endmodule
