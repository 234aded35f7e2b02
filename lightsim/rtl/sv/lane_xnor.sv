// An XNOR lane: one activation bit against one weight bit a cycle. Latency 1.
//
// A one-bit activation counts +1 where it equals the weight and -1 where not; a bit of a wider
// activation counts for the weight's sign where it is set.
module lane_xnor (
    input  logic              clock,
    input  logic              enable,
    input  logic              active,
    input  logic [2:0]        pass,
    input  logic              one_bit,
    input  logic signed [8:0] x,        // +1 or -1 if one_bit
    input  logic              code,
    output logic signed [1:0] product
);
  logic plus, minus;

  assign plus = one_bit ? code != x[8] : x[{1'b0, pass}] && code;
  assign minus = one_bit ? code == x[8] : x[{1'b0, pass}] && !code;

  always_ff @(posedge clock) begin
    if (enable) product <= !active ? 2'sd0 : plus ? 2'sd1 : minus ? -2'sd1 : 2'sd0;
  end
endmodule
