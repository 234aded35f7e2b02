// A row of XNOR lanes: one activation bit against one weight bit a cycle. Latency 1.
//
// A one-bit activation counts +1 where it equals the weight and -1 where not; a bit of a wider
// activation counts for the weight's sign where it is set.
module xnor_lanes #(
    parameter int COLUMNS = 8,
    parameter int PRODUCT_BITS = 2
) (
    input  logic                                 clock,
    input  logic                                 enable,
    input  logic                                 active,
    input  logic [2:0]                           pass,
    input  logic                                 one_bit,
    input  logic [COLUMNS-1:0]                   carried,
    input  logic [COLUMNS-1:0][8:0]              x,        // +1 or -1 if one_bit
    input  logic [COLUMNS-1:0]                   codes,
    output logic [COLUMNS-1:0][PRODUCT_BITS-1:0] products
);
  logic [COLUMNS-1:0] counts, same;
  logic [COLUMNS-1:0][PRODUCT_BITS-1:0] next;

  always_comb begin
    for (int c = 0; c < COLUMNS; c++) begin
      counts[c] = active && carried[c] && (one_bit || x[c][{1'b0, pass}]);
      same[c] = one_bit ? codes[c] != x[c][8] : codes[c];
      next[c] = {PRODUCT_BITS{counts[c] && !same[c]}} | PRODUCT_BITS'(counts[c]);
    end
  end

  always_ff @(posedge clock) begin
    if (enable) products <= next;
  end
endmodule
