// A spatial shift-add lane: both terms of the weight in one cycle. Latency 2.
module lane_shift_spatial
  import machine_pkg::*;
#(
    parameter int SCHEME = FLIGHTNN,
    parameter bit TRUNCATES = 1'b0,
    parameter int CODE_BITS = 8,
    parameter int PRODUCT_BITS = 18
) (
    input  logic                           clock,
    input  logic                           enable,
    input  logic                           active,
    input  logic signed [8:0]              x,
    input  logic [CODE_BITS-1:0]           code,
    output logic signed [PRODUCT_BITS-1:0] product
);
  // Two terms of a sign and an exponent each; bit 4 says that there is one.
  logic [1:0][4:0] terms;
  if (SCHEME == FLIGHTNN) begin : flightnn
    assign terms[0] = {code[2:0] != 3'd7, code[3:0]};
    assign terms[1] = {code[6:4] != 3'd7, code[7:4]};
  end else if (SCHEME == LIGHTNN2) begin : lightnn2
    assign terms[0] = {1'b1, code[6], code[5:3]};
    assign terms[1] = {1'b1, code[6], code[2:0]};
  end else if (SCHEME == LIGHTNN1) begin : lightnn1
    assign terms[0] = {1'b1, code[3:0]};
    assign terms[1] = '0;
  end else begin : one_bit
    assign terms[0] = {1'b1, !code[0], 3'd7};
    assign terms[1] = '0;
  end

  localparam bit UNSHIFTED = SCHEME == BINARY;
  logic signed [1:0][PRODUCT_BITS-1:0] shifted, signed_term;
  for (genvar t = 0; t < 2; t++) begin : shifter
    logic signed [PRODUCT_BITS-1:0] wide;
    assign wide = PRODUCT_BITS'(x);
    assign shifted[t] = TRUNCATES && !UNSHIFTED ? wide >>> terms[t][2:0]
                                                : wide <<< (3'd7 - terms[t][2:0]);
    always_ff @(posedge clock) begin
      if (enable)
        signed_term[t] <= !(active && terms[t][4]) ? '0 : terms[t][3] ? -shifted[t] : shifted[t];
    end
  end

  always_ff @(posedge clock) begin
    if (enable) product <= signed_term[0] + signed_term[1];
  end
endmodule
