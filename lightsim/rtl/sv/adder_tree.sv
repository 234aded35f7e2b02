// The sum of COUNT products, one register level for each halving: latency ceil(log2(COUNT)).
module adder_tree #(
    parameter int COUNT = 8,
    parameter int WIDTH = 18,
    parameter int LEVELS = $clog2(COUNT)
) (
    input  logic                           clock,
    input  logic                           enable,
    input  logic [COUNT-1:0][WIDTH-1:0]    terms,
    output logic signed [WIDTH+LEVELS-1:0] sum
);
  if (COUNT == 1) begin : leaf
    assign sum = terms[0];
  end else begin : node
    localparam int HALF = (COUNT + 1) / 2;
    logic [2*HALF*WIDTH-1:0] even;
    logic [HALF*(WIDTH+1)-1:0] next, pairs;
    assign even = (2 * HALF * WIDTH)'(terms);
    always_comb begin
      for (int i = 0; i < HALF; i++)
        next[i*(WIDTH+1)+:WIDTH+1] = (WIDTH+1)'($signed(even[2*i*WIDTH+:WIDTH]))
                                   + (WIDTH+1)'($signed(even[(2*i+1)*WIDTH+:WIDTH]));
    end
    always_ff @(posedge clock) begin
      if (enable) pairs <= next;
    end
    adder_tree #(.COUNT(HALF), .WIDTH(WIDTH + 1)) rest (.clock, .enable, .terms(pairs), .sum);
  end
endmodule
