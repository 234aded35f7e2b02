// number / 2^shift, rounded: the floor, and one more where the mode says so.
//
// Modes differ only in what the bits that are cut off are worth: the first of them (half of the
// last place) and whether any below it is set.
module rounder #(
    parameter int BITS = 33
) (
    input  logic signed [BITS-1:0] number,
    input  logic [5:0]             shift,
    input  logic [2:0]             mode,
    output logic signed [BITS-1:0] rounded
);
  logic signed [BITS:0] shifted;
  logic signed [BITS-1:0] floor;
  logic [BITS-1:0] below;       // ones under the first bit that is cut off
  logic half, rest, negative, up;

  assign shifted = $signed({number, 1'b0}) >>> shift;
  assign floor = shifted[BITS:1];
  assign half = shifted[0];
  assign below = ~({BITS{1'b1}} << (shift - 6'd1));
  assign rest = |(number & below);
  assign negative = number[BITS-1];
  assign rounded = floor + BITS'($signed({1'b0, up && shift != 6'd0}));

  always_comb begin
    case (mode)
      machine_pkg::HALF_UP: up = half;
      machine_pkg::HALF_EVEN: up = half && (rest || floor[0]);
      machine_pkg::HALF_AWAY: up = half && (rest || !negative);
      machine_pkg::TOWARD_ZERO: up = negative && (half || rest);
      default: up = 1'b0;
    endcase
  end
endmodule
