// A multiplying lane: the weight's integer times the activation. Latency STAGES (2 or 3).
module lane_multiply
  import machine_pkg::*;
#(
    parameter int SCHEME = FIXED8,
    parameter int CODE_BITS = 8,
    parameter int PRODUCT_BITS = 18,
    parameter int STAGES = 2
) (
    input  logic                           clock,
    input  logic                           enable,
    input  logic                           active,
    input  logic signed [8:0]              x,
    input  logic [CODE_BITS-1:0]           code,
    output logic signed [PRODUCT_BITS-1:0] product
);
  logic signed [9:0] weight;
  if (SCHEME == FIXED8 || SCHEME == FIXED4) begin : fixed
    assign weight = 10'($signed(code));
  end else if (SCHEME == FLIGHTNN) begin : flightnn
    logic signed [9:0] low, high;
    assign low = code[2:0] == 3'd7 ? 10'sd0 : 10'sd1 <<< (3'd7 - code[2:0]);
    assign high = code[6:4] == 3'd7 ? 10'sd0 : 10'sd1 <<< (3'd7 - code[6:4]);
    assign weight = (code[3] ? -low : low) + (code[7] ? -high : high);
  end else if (SCHEME == LIGHTNN2) begin : lightnn2
    logic signed [9:0] size;
    assign size = (10'sd1 <<< (3'd7 - code[5:3])) + (10'sd1 <<< (3'd7 - code[2:0]));
    assign weight = code[6] ? -size : size;
  end else if (SCHEME == LIGHTNN1) begin : lightnn1
    logic signed [9:0] size;
    assign size = 10'sd1 <<< (3'd7 - code[2:0]);
    assign weight = code[3] ? -size : size;
  end else begin : one_bit
    assign weight = code[0] ? 10'sd1 : -10'sd1;
  end

  logic signed [9:0] weight_1;
  logic signed [8:0] x_1;
  logic signed [PRODUCT_BITS-1:0] last;
  always_ff @(posedge clock) begin
    if (enable) begin
      weight_1 <= weight;
      x_1 <= active ? x : 9'sd0;
    end
  end

  if (STAGES == 2) begin : two
    always_ff @(posedge clock) if (enable) last <= PRODUCT_BITS'(weight_1) * PRODUCT_BITS'(x_1);
  end else begin : three
    logic signed [PRODUCT_BITS-1:0] middle;
    always_ff @(posedge clock) begin
      if (enable) begin
        middle <= PRODUCT_BITS'(weight_1) * PRODUCT_BITS'(x_1);
        last <= middle;
      end
    end
  end
  assign product = last;
endmodule
