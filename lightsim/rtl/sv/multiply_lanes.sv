// A row of multiplying lanes: the weights' integers times the activations. Latency 2 or 3.
module multiply_lanes #(
    parameter int SCHEME = machine_pkg::FIXED8,
    parameter int COLUMNS = 8,
    parameter int CODE_BITS = 8,
    parameter int PRODUCT_BITS = 18,
    parameter int STAGES = 2
) (
    input  logic                                 clock,
    input  logic                                 enable,
    input  logic                                 active,
    input  logic [COLUMNS-1:0][8:0]              x,
    input  logic [COLUMNS-1:0][CODE_BITS-1:0]    codes,
    output logic [COLUMNS-1:0][PRODUCT_BITS-1:0] products
);
  logic [COLUMNS-1:0][9:0] weights, weights_1;
  logic [COLUMNS-1:0][8:0] x_1;
  logic [COLUMNS-1:0][PRODUCT_BITS-1:0] whole;

  always_comb begin
    for (int c = 0; c < COLUMNS; c++) begin
      weights[c] = weight(codes[c]);
      whole[c] = PRODUCT_BITS'($signed(weights_1[c])) * PRODUCT_BITS'($signed(x_1[c]));
    end
  end

  always_ff @(posedge clock) begin
    if (enable) begin
      weights_1 <= weights;
      x_1 <= active ? x : '0;
    end
  end

  if (STAGES == 2) begin : two
    always_ff @(posedge clock) if (enable) products <= whole;
  end else begin : three
    logic [COLUMNS*PRODUCT_BITS-1:0] middle;
    always_ff @(posedge clock) begin
      if (enable) begin
        middle <= whole;
        products <= middle;
      end
    end
  end

  // The integer that a code means.
  function automatic logic signed [9:0] weight(input logic [CODE_BITS-1:0] coded);
    logic [7:0] code;
    code = 8'(coded);
    case (SCHEME)
      machine_pkg::FLIGHTNN: weight = signed_power(code[3:0], code[2:0] != 3'd7)
                       + signed_power(code[7:4], code[6:4] != 3'd7);
      machine_pkg::LIGHTNN2: weight = signed_power({code[6], code[5:3]}, 1'b1)
                       + signed_power({code[6], code[2:0]}, 1'b1);
      machine_pkg::LIGHTNN1: weight = signed_power(code[3:0], 1'b1);
      machine_pkg::BINARY: weight = code[0] ? 10'sd1 : -10'sd1;
      default: weight = 10'($signed(coded));
    endcase
  endfunction

  function automatic logic signed [9:0] signed_power(input logic [3:0] term, input logic present);
    logic signed [9:0] size;
    size = 10'sd1 <<< (3'd7 - term[2:0]);
    signed_power = !present ? 10'sd0 : term[3] ? -size : size;
  endfunction
endmodule
