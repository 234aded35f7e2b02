// From the drained sums to the output buffer: six registers, the last one the buffer itself.
module post_processing #(
    parameter int PORT_BITS = 64,
    parameter int LANES = 4,
    parameter int SUM_BITS = 32,
    parameter int ACCUMULATOR_BITS = 32,
    parameter bit SATURATES = 1'b0,
    parameter bit MULTIPLIES = 1'b1
) (
    input  logic                           clock,
    input  logic                           reset,
    input  machine_pkg::layer_t                         layer,
    // from the drain
    input  logic [LANES-1:0]               valid,
    input  logic [LANES-1:0][SUM_BITS-1:0] value,
    input  logic [LANES-1:0][31:0]         parameter_of,
    input  logic                           opens_window,
    input  logic [31:0]                          output_base,
    input  logic [31:0]                          residual_base,
    input  logic                           ends_tile,
    // residual buffer
    output logic [LANES-1:0][31:0]              residual_word,
    output logic [LANES-1:0][15:0]               residual_channel,
    input  logic [LANES-1:0][15:0]         residual,
    // output buffer
    output logic [LANES-1:0]               write,
    output logic                           write_opens_window,
    output logic [LANES-1:0][31:0]              write_word,
    output logic [LANES-1:0][15:0]               write_channel,
    output logic [LANES-1:0][31:0]         write_value,
    output logic                           full            // the tile's bank
);
  localparam int DEPTH = 5;

  typedef struct packed {
    logic [LANES-1:0]  valid;
    logic              opens_window;
    logic              ends_tile;
    logic [LANES-1:0][31:0] word;
    logic [LANES-1:0][15:0]  channel;
  } target_t;

  target_t target, written;
  logic [DEPTH-1:0][$bits(target)-1:0] stage;
  logic ends_tile_written;

  assign written = stage[DEPTH-1];

  // Channels of a word are a power of two: the position's low bits are the place in it.
  always_comb begin
    target.valid = valid;
    target.opens_window = opens_window;
    target.ends_tile = ends_tile;
    for (int l = 0; l < LANES; l++) begin
      target.word[l] = output_base
          + 32'(block_of(parameter_of[l][31:16], layer.output_width));
      target.channel[l] = place_of(parameter_of[l][31:16], layer.output_width);
      residual_word[l] = residual_base + 32'(block_of(parameter_of[l][31:16], 2'd1));
      residual_channel[l] = place_of(parameter_of[l][31:16], 2'd1);
    end
  end

  localparam int LOG = $clog2(PORT_BITS);

  function automatic logic [15:0] block_of(input logic [15:0] at, input logic [1:0] width);
    case (width)
      2'd0: block_of = at >> LOG;
      2'd1: block_of = at >> (LOG - 3);
      default: block_of = at >> (LOG - 5);
    endcase
  endfunction

  function automatic logic [15:0] place_of(input logic [15:0] at, input logic [1:0] width);
    case (width)
      2'd0: place_of = at & 16'(PORT_BITS - 1);
      2'd1: place_of = at & 16'(PORT_BITS / 8 - 1);
      default: place_of = at & 16'(PORT_BITS / 32 - 1);
    endcase
  endfunction

  always_ff @(posedge clock) begin
    if (reset) begin
      stage <= '0;
      ends_tile_written <= 1'b0;
    end else begin
      stage[0] <= target;
      for (int i = 1; i < DEPTH; i++) stage[i] <= stage[i-1];
      ends_tile_written <= written.ends_tile;
    end
  end

  for (genvar l = 0; l < LANES; l++) begin : lane
    post_lane #(
        .SUM_BITS(SUM_BITS), .ACCUMULATOR_BITS(ACCUMULATOR_BITS),
        .SATURATES(SATURATES), .MULTIPLIES(MULTIPLIES)
    ) arithmetic (
        .clock, .layer, .sum(value[l]), .multiplier(parameter_of[l][15:0]),
        .residual(residual[l]), .result(write_value[l])
    );
  end

  assign write = written.valid;
  assign write_opens_window = written.opens_window;
  assign write_word = written.word;
  assign write_channel = written.channel;
  assign full = ends_tile_written;
endmodule
