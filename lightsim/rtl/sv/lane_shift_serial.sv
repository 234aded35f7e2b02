// A serial shift-add lane: one term of the weight a cycle, +-(x shifted). Latency 1.
//
// The code is a sign and an exponent m; a term is worth 2^(7-m), so an exact product is
// x << (7-m) and a truncating one x >> m. In `flightnn` m = 7 says that there is no term. A
// `binary` code is one bit, 1 for +1.
module lane_shift_serial
  import machine_pkg::*;
#(
    parameter int SCHEME = FLIGHTNN,
    parameter bit TRUNCATES = 1'b0,
    parameter int CODE_BITS = 4,
    parameter int PRODUCT_BITS = 18
) (
    input  logic                           clock,
    input  logic                           enable,
    input  logic                           active,
    input  logic signed [8:0]              x,
    input  logic [CODE_BITS-1:0]           code,
    output logic signed [PRODUCT_BITS-1:0] product
);
  logic signed [PRODUCT_BITS-1:0] wide, shifted;
  logic negative, present;

  assign wide = PRODUCT_BITS'(x);
  if (SCHEME == BINARY) begin : one_bit
    assign shifted = wide;
    assign negative = !code[0];
    assign present = active;
  end else begin : term
    assign shifted = TRUNCATES ? wide >>> code[2:0] : wide <<< (3'd7 - code[2:0]);
    assign negative = code[3];
    assign present = active && !(SCHEME == FLIGHTNN && code[2:0] == 3'd7);
  end

  always_ff @(posedge clock) begin
    if (enable) product <= !present ? '0 : negative ? -shifted : shifted;
  end
endmodule
