// One lane of the post-processing unit: scale, round, add the residual, clamp. Four registers
// behind that of the snapshot's value.
module post_lane #(
    parameter bit MULTIPLIES = 1'b1,
    parameter bit SCALES = 1'b0,             // built for products with residuals
    parameter bit LOOKS_UP = 1'b0,           // built with the tables of activations
    parameter int TABLES = 256               // their entries
) (
    input  logic                clock,
    input  machine_pkg::layer_t layer,
    input  logic signed [31:0]  sum,
    input  logic [15:0]         multiplier,
    input  logic signed [8:0]   residual,    // a cycle after the sum
    output logic signed [31:0]  result       // four cycles after the sum
);
  localparam int BITS = MULTIPLIES ? 49 : 32;

  logic signed [BITS-1:0] product_2, rounded_2;
  logic signed [31:0] sum_2, value_3, value_4;
  logic signed [8:0] residual_3;
  logic signed [25:0] own_4, other_4, own_rounded, other_rounded;   // 9 bits by 16 without sign

  // An entry for each signed byte, from -128 on.
  logic signed [15:0] looked_up;
  if (LOOKS_UP) begin : looking_up
    logic [15:0] entries[TABLES];
    initial $readmemh("tables.mem", entries);
    assign looked_up = entries[$clog2(TABLES)'({layer.table_number, value_3[7:0] ^ 8'h80})];
  end else begin : no_table
    assign looked_up = '0;
  end

  // A product of two values, and both with their multiplier: 9 bits by 9, by 16 without sign.
  logic signed [31:0] both;
  if (SCALES) begin : scaling
    logic signed [33:0] both_3, both_rounded;
    always_ff @(posedge clock) both_3 <= 34'($signed(product_2[24:0])) * 34'(residual);
    rounder #(.BITS(34)) of_both (
        .number(both_3), .shift(layer.shift), .mode(layer.rounding), .rounded(both_rounded)
    );
    assign both = 32'(machine_pkg::clamped(64'(both_rounded), layer.lowest, layer.highest));
  end else begin : no_products
    assign both = '0;
  end

  if (MULTIPLIES) begin : multiplied
    always_ff @(posedge clock)
      product_2 <= $signed(sum) * $signed({1'b0, multiplier});
  end else begin : as_it_is
    always_ff @(posedge clock) product_2 <= sum;
  end

  rounder #(.BITS(BITS)) of_product (
      .number(product_2), .shift(layer.shift), .mode(layer.rounding), .rounded(rounded_2)
  );
  rounder #(.BITS(26)) of_own (
      .number(own_4), .shift(layer.own_shift), .mode(layer.add_rounding), .rounded(own_rounded)
  );
  rounder #(.BITS(26)) of_other (
      .number(other_4), .shift(layer.other_shift), .mode(layer.add_rounding),
      .rounded(other_rounded)
  );

  always_ff @(posedge clock) begin
    // scale (the product above)
    sum_2 <= sum;
    // round and clamp
    case (layer.result)
      machine_pkg::THRESHOLD: value_3 <= sum_2[31] ? -32'sd1 : 32'sd1;
      machine_pkg::RAW: value_3 <= sum_2;
      default:
      value_3 <= 32'(machine_pkg::clamped(64'(rounded_2), layer.lowest, layer.highest));
    endcase
    residual_3 <= residual;
    // scale both addends
    value_4 <= SCALES && layer.scales ? both : layer.looks_up ? 32'(looked_up) : value_3;
    own_4 <= $signed(value_3[8:0]) * $signed({1'b0, layer.own_multiplier});
    other_4 <= residual_3 * $signed({1'b0, layer.other_multiplier});
    // round each, add, clamp
    result <= !layer.adds ? value_4
        : 32'(machine_pkg::clamped(64'(own_rounded) + 64'(other_rounded),
                                   layer.add_lowest, layer.add_highest));
  end
endmodule
