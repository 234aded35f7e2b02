// A row of serial shift-add lanes: one term of each weight a cycle, +-(x shifted). Latency 1.
//
// The code is a sign and an exponent m; a term is worth 2^(7-m), so an exact product is
// x << (7-m) and a truncating one x >> m. In `flightnn` m = 7 says that there is no term. A
// `binary` code is one bit, 1 for +1.
module shift_serial_lanes #(
    parameter int SCHEME = machine_pkg::FLIGHTNN,
    parameter bit TRUNCATES = 1'b0,
    parameter int COLUMNS = 8,
    parameter int CODE_BITS = 4,
    parameter int PRODUCT_BITS = 18
) (
    input  logic                                 clock,
    input  logic                                 enable,
    input  logic                                 active,
    input  logic [COLUMNS-1:0][8:0]              x,
    input  logic [COLUMNS-1:0][CODE_BITS-1:0]    codes,
    output logic [COLUMNS-1:0][PRODUCT_BITS-1:0] products
);
  logic [COLUMNS-1:0][PRODUCT_BITS-1:0] next;

  always_comb begin
    for (int c = 0; c < COLUMNS; c++) next[c] = product($signed(x[c]), 4'(codes[c]));
  end

  always_ff @(posedge clock) begin
    if (enable) products <= active ? next : '0;
  end

  function automatic logic signed [PRODUCT_BITS-1:0] product(
      input logic signed [8:0] value, input logic [3:0] code);
    logic signed [PRODUCT_BITS-1:0] shifted;
    if (SCHEME == machine_pkg::BINARY) shifted = PRODUCT_BITS'(value);
    else if (TRUNCATES) shifted = PRODUCT_BITS'(value) >>> code[2:0];
    else shifted = PRODUCT_BITS'(value) <<< (3'd7 - code[2:0]);
    if (SCHEME == machine_pkg::FLIGHTNN && code[2:0] == 3'd7) product = '0;
    else if (SCHEME == machine_pkg::BINARY ? !code[0] : code[3]) product = -shifted;
    else product = shifted;
  endfunction
endmodule
