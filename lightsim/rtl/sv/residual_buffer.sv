// The residual buffer: filled with port words, read LANES channels or a whole word at a time.
module residual_buffer #(
    parameter int PORT_BITS = 64,
    parameter int LANES = 4,
    parameter int DEPTH = 16,
    parameter int BANKS = 2
) (
    input  logic                          clock,
    input  logic                          write,
    input  logic                          write_bank,
    input  logic [31:0]                         write_address,
    input  logic [PORT_BITS-1:0]          write_data,
    input  logic                          read_bank,
    input  logic                          is_signed,
    input  logic [LANES-1:0][31:0]             word,
    input  logic [LANES-1:0][15:0]              channel,        // of the word
    output logic [LANES-1:0][15:0]        value,          // two cycles later
    input  logic [31:0]                         whole_address,
    output logic [PORT_BITS-1:0]          whole           // two cycles later
);
  localparam int BITS = DEPTH > 1 ? $clog2(DEPTH) : 1;
  localparam int PLACE_BITS = $clog2(PORT_BITS);

  logic [PORT_BITS-1:0] memory[2 << BITS];
  logic [LANES-1:0][BITS:0] address;
  logic [LANES-1:0][PLACE_BITS-1:0] place;
  logic [BITS:0] whole_place;

  always_ff @(posedge clock) begin
    if (write) memory[{BANKS == 2 && write_bank, write_address[BITS-1:0]}] <= write_data;
    whole_place <= {BANKS == 2 && read_bank, whole_address[BITS-1:0]};
    whole <= memory[whole_place];
    for (int l = 0; l < LANES; l++) begin
      address[l] <= {BANKS == 2 && read_bank, word[l][BITS-1:0]};
      place[l] <= PLACE_BITS'({channel[l], 3'd0});
      value[l] <= {{8{is_signed && memory[address[l]][place[l]+7]}},
                   memory[address[l]][place[l]+:8]};
    end
  end
endmodule
