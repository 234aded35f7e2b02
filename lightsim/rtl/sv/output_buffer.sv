// The output buffer: takes LANES values a cycle wherever their channels lie, gives port words.
//
// A value that continues a pooling window is folded into what is there: the larger one stays.
module output_buffer #(
    parameter int PORT_BITS = 64,
    parameter int LANES = 4,
    parameter int DEPTH = 16,
    parameter int BANKS = 2
) (
    input  logic                   clock,
    input  machine_pkg::layer_t                 layer,
    input  logic                   write_bank,
    input  logic [LANES-1:0]       write,
    input  logic                   opens_window,
    input  logic [LANES-1:0][31:0]      write_word,
    input  logic [LANES-1:0][15:0]       write_channel,     // of the word
    input  logic [LANES-1:0][31:0] value,
    input  logic                   write_whole,       // a word at once
    input  logic [31:0]                  whole_address,
    input  logic [PORT_BITS-1:0]   whole,
    input  logic                   read_bank,
    input  logic [31:0]                  read_address,
    output logic [PORT_BITS-1:0]   read_data
);
  localparam int BITS = DEPTH > 1 ? $clog2(DEPTH) : 1;
  localparam int PLACE_BITS = $clog2(PORT_BITS);

  logic [PORT_BITS-1:0] memory[2 << BITS];
  logic [BITS:0] address;
  logic [LANES-1:0][BITS:0] place;
  logic [LANES-1:0][PLACE_BITS-1:0] bit_of, byte_of, raw_of;   // first bit of the value
  logic [LANES-1:0][7:0] old;
  logic [LANES-1:0] keeps;

  always_comb begin
    for (int l = 0; l < LANES; l++) begin
      place[l] = {BANKS == 2 && write_bank, write_word[l][BITS-1:0]};
      bit_of[l] = write_channel[l][PLACE_BITS-1:0];
      byte_of[l] = PLACE_BITS'({write_channel[l], 3'd0});
      raw_of[l] = PLACE_BITS'({write_channel[l], 5'd0});
      old[l] = memory[place[l]][byte_of[l]+:8];
      keeps[l] = !opens_window
          && (layer.output_width == 2'd0 ? memory[place[l]][bit_of[l]]
              : layer.output_signed ? $signed(old[l]) > $signed(value[l][7:0])
              : old[l] > value[l][7:0]);
    end
  end

  // Lanes never write the same place in one cycle: every filter has a channel of its own.
  always_ff @(posedge clock) begin
    for (int l = 0; l < LANES; l++) begin
      if (write[l] && !keeps[l]) begin
        if (layer.output_width == 2'd0)
          memory[place[l]][bit_of[l]] <= !value[l][31];
        else if (layer.output_width == 2'd1)
          memory[place[l]][byte_of[l]+:8] <= value[l][7:0];
        else
          memory[place[l]][raw_of[l]+:32] <= value[l];
      end
    end
    if (write_whole) memory[{BANKS == 2 && write_bank, whole_address[BITS-1:0]}] <= whole;
    address <= {BANKS == 2 && read_bank, read_address[BITS-1:0]};
    read_data <= memory[address];
  end
endmodule
