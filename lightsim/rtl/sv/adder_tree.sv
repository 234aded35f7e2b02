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
  localparam int SUM_BITS = WIDTH + LEVELS;

  if (COUNT == 1) begin : leaf
    assign sum = terms[0];
  end else begin : node
    localparam int HALF = (COUNT + 1) / 2;
    logic signed [HALF-1:0][WIDTH:0] pairs;
    for (genvar i = 0; i < HALF; i++) begin : add
      if (2 * i + 1 < COUNT) begin : both
        always_ff @(posedge clock) begin
          if (enable)
            pairs[i] <= {terms[2*i][WIDTH-1], terms[2*i]} + {terms[2*i+1][WIDTH-1], terms[2*i+1]};
        end
      end else begin : single
        always_ff @(posedge clock) begin
          if (enable) pairs[i] <= {terms[2*i][WIDTH-1], terms[2*i]};
        end
      end
    end
    logic signed [SUM_BITS-1:0] above;
    adder_tree #(.COUNT(HALF), .WIDTH(WIDTH + 1)) rest (
        .clock, .enable, .terms(pairs), .sum(above)
    );
    assign sum = above;
  end
endmodule
