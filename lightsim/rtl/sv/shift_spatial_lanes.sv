// A row of spatial shift-add lanes: both terms of each weight in one cycle. Latency 2.
module shift_spatial_lanes #(
    parameter int SCHEME = machine_pkg::FLIGHTNN,
    parameter bit TRUNCATES = 1'b0,
    parameter int COLUMNS = 8,
    parameter int CODE_BITS = 8,
    parameter int PRODUCT_BITS = 18
) (
    input  logic                                 clock,
    input  logic                                 enable,
    input  logic                                 active,
    input  logic [COLUMNS-1:0][8:0]              x,
    input  logic [COLUMNS-1:0][CODE_BITS-1:0]    codes,
    output logic [COLUMNS-1:0][PRODUCT_BITS-1:0] products
);
  logic [COLUMNS-1:0][PRODUCT_BITS-1:0] next_first, next_second, first, second, sum;

  always_comb begin
    for (int c = 0; c < COLUMNS; c++) begin
      next_first[c] = shifted($signed(x[c]), first_term(8'(codes[c])));
      next_second[c] = shifted($signed(x[c]), second_term(8'(codes[c])));
      sum[c] = first[c] + second[c];
    end
  end

  always_ff @(posedge clock) begin
    if (enable) begin
      first <= active ? next_first : '0;
      second <= active ? next_second : '0;
      products <= sum;
    end
  end

  // A term: bit 4 says that there is one, bit 3 is its sign, the rest its exponent.
  function automatic logic [4:0] first_term(input logic [7:0] code);
    case (SCHEME)
      machine_pkg::FLIGHTNN: first_term = {code[2:0] != 3'd7, code[3:0]};
      machine_pkg::LIGHTNN2: first_term = {1'b1, code[6], code[5:3]};
      machine_pkg::LIGHTNN1: first_term = {1'b1, code[3:0]};
      default: first_term = {1'b1, !code[0], 3'd0};
    endcase
  endfunction

  function automatic logic [4:0] second_term(input logic [7:0] code);
    case (SCHEME)
      machine_pkg::FLIGHTNN: second_term = {code[6:4] != 3'd7, code[7:4]};
      machine_pkg::LIGHTNN2: second_term = {1'b1, code[6], code[2:0]};
      default: second_term = '0;
    endcase
  endfunction

  function automatic logic signed [PRODUCT_BITS-1:0] shifted(
      input logic signed [8:0] value, input logic [4:0] term);
    logic signed [PRODUCT_BITS-1:0] size;
    if (SCHEME == machine_pkg::BINARY) size = PRODUCT_BITS'(value);
    else if (TRUNCATES) size = PRODUCT_BITS'(value) >>> term[2:0];
    else size = PRODUCT_BITS'(value) <<< (3'd7 - term[2:0]);
    shifted = !term[4] ? '0 : term[3] ? -size : size;
  endfunction
endmodule
