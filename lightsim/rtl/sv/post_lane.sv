// One lane of the post-processing unit: scale, round, add the residual, clamp. Five registers.
module post_lane #(
    parameter int SUM_BITS = 32,
    parameter int ACCUMULATOR_BITS = 32,
    parameter bit SATURATES = 1'b0,
    parameter bit MULTIPLIES = 1'b1
) (
    input  logic                       clock,
    input  machine_pkg::layer_t                     layer,
    input  logic signed [SUM_BITS-1:0] sum,
    input  logic [15:0]                multiplier,
    input  logic signed [15:0]         residual,    // two cycles after the sum
    output logic signed [31:0]         result       // five cycles after the sum
);
  localparam logic signed [SUM_BITS-1:0] LARGEST
      = {{(SUM_BITS - ACCUMULATOR_BITS + 1) {1'b0}}, {(ACCUMULATOR_BITS - 1) {1'b1}}};
  localparam logic signed [SUM_BITS-1:0] LEAST = ~LARGEST;

  logic signed [SUM_BITS-1:0] fitted;
  assign fitted = !SATURATES ? sum : sum > LARGEST ? LARGEST : sum < LEAST ? LEAST : sum;

  logic signed [31:0] sum_1, sum_2, value_3, value_4;
  logic [15:0] multiplier_1;
  logic signed [63:0] product_2, own_4, other_4;
  logic signed [15:0] residual_3;

  always_ff @(posedge clock) begin
    // 1: read the snapshot
    sum_1 <= 32'(fitted);
    multiplier_1 <= multiplier;
    // 2: scale
    sum_2 <= sum_1;
    product_2 <= MULTIPLIES ? 64'(sum_1) * $signed({48'd0, multiplier_1}) : 64'(sum_1);
    // 3: round and clamp
    case (layer.result)
      machine_pkg::THRESHOLD: value_3 <= sum_2 >= 0 ? 32'sd1 : -32'sd1;
      machine_pkg::RAW: value_3 <= sum_2;
      default:
      value_3 <= 32'(machine_pkg::clamped(machine_pkg::rounded(product_2, layer.shift, layer.rounding),
                             layer.lowest, layer.highest));
    endcase
    residual_3 <= residual;
    // 4: scale both addends
    value_4 <= value_3;
    own_4 <= 64'(value_3) * $signed({48'd0, layer.own_multiplier});
    other_4 <= 64'(residual_3) * $signed({48'd0, layer.other_multiplier});
    // 5: round each, add, clamp
    result <= !layer.adds ? value_4
        : 32'(machine_pkg::clamped(machine_pkg::rounded(own_4, layer.own_shift, layer.add_rounding)
                      + machine_pkg::rounded(other_4, layer.other_shift, layer.add_rounding),
                      layer.add_lowest, layer.add_highest));
  end
endmodule
