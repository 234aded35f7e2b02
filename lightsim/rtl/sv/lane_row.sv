// A row of lanes of one PE kind with its adder tree and accumulator: one filter at one position.
//
// Lanes faster than the slowest lane group of the array are followed by registers, so that all
// rows accumulate in the same cycle.
module lane_row #(
    parameter logic [3:0] KIND = machine_pkg::SHIFT_SERIAL,
    parameter int SCHEME = machine_pkg::FLIGHTNN,
    parameter bit TRUNCATES = 1'b0,
    parameter int CODE_BITS = 4,
    parameter int COLUMNS = 8,
    parameter int LATENCY = 1,          // of the slowest lane group's products
    parameter int SUM_BITS = 32
) (
    input  logic                            clock,
    input  logic                            enable,
    // with the products
    input  logic                            active,
    input  logic [2:0]                      pass,
    input  logic                            one_bit,
    input  logic [COLUMNS-1:0]              carried,
    input  logic [COLUMNS-1:0][8:0]         x,
    input  logic [COLUMNS-1:0][CODE_BITS-1:0] codes,
    // with the accumulation
    input  logic                            accumulate,
    input  logic                            starts,
    input  logic [2:0]                      weight_of_pass,
    input  logic                            negative_pass,
    input  logic signed [SUM_BITS-1:0]      from,
    output logic signed [SUM_BITS-1:0]      sum
);
  localparam int OWN = KIND == machine_pkg::SHIFT_SERIAL || KIND == machine_pkg::XNOR ? 1 : KIND == machine_pkg::MULTIPLY_DSP ? 3 : 2;
  localparam int PRODUCT_BITS = KIND == machine_pkg::XNOR ? 2
      : SCHEME == machine_pkg::BINARY ? 10
      : TRUNCATES ? (KIND == machine_pkg::SHIFT_SERIAL ? 10 : 11)
      : KIND == machine_pkg::SHIFT_SERIAL ? 17 : 18;
  localparam int TREE_BITS = PRODUCT_BITS + $clog2(COLUMNS);

  logic [COLUMNS-1:0][PRODUCT_BITS-1:0] products, in_step;
  if (KIND == machine_pkg::SHIFT_SERIAL) begin : serial
    shift_serial_lanes #(
        .SCHEME(SCHEME), .TRUNCATES(TRUNCATES), .COLUMNS(COLUMNS), .CODE_BITS(CODE_BITS),
        .PRODUCT_BITS(PRODUCT_BITS)
    ) lanes (.clock, .enable, .active, .x, .codes, .products);
  end else if (KIND == machine_pkg::SHIFT_SPATIAL) begin : spatial
    shift_spatial_lanes #(
        .SCHEME(SCHEME), .TRUNCATES(TRUNCATES), .COLUMNS(COLUMNS), .CODE_BITS(CODE_BITS),
        .PRODUCT_BITS(PRODUCT_BITS)
    ) lanes (.clock, .enable, .active, .x, .codes, .products);
  end else if (KIND == machine_pkg::XNOR) begin : xnor_popcount
    xnor_lanes #(.COLUMNS(COLUMNS), .PRODUCT_BITS(PRODUCT_BITS)) lanes (
        .clock, .enable, .active, .pass, .one_bit, .carried, .x, .codes, .products
    );
  end else begin : multiply
    multiply_lanes #(
        .SCHEME(SCHEME), .COLUMNS(COLUMNS), .CODE_BITS(CODE_BITS), .PRODUCT_BITS(PRODUCT_BITS),
        .STAGES(OWN)
    ) lanes (.clock, .enable, .active, .x, .codes, .products);
  end

  if (OWN == LATENCY) begin : slowest
    assign in_step = products;
  end else begin : waits
    localparam int BITS = COLUMNS * PRODUCT_BITS;
    logic [(LATENCY-OWN)*BITS-1:0] delay;
    always_ff @(posedge clock) begin
      if (enable) begin
        delay[BITS-1:0] <= products;
        for (int i = 1; i < LATENCY - OWN; i++) delay[i*BITS+:BITS] <= delay[(i-1)*BITS+:BITS];
      end
    end
    assign in_step = delay[(LATENCY-OWN-1)*BITS+:BITS];
  end

  logic signed [TREE_BITS-1:0] total;
  adder_tree #(.COUNT(COLUMNS), .WIDTH(PRODUCT_BITS)) tree (
      .clock, .enable, .terms(in_step), .sum(total)
  );

  logic signed [SUM_BITS-1:0] term;
  if (KIND == machine_pkg::XNOR) begin : weighted
    logic signed [SUM_BITS-1:0] scaled;
    assign scaled = SUM_BITS'(total) <<< weight_of_pass;
    assign term = negative_pass ? -scaled : scaled;
  end else begin : plain
    assign term = SUM_BITS'(total);
  end

  always_ff @(posedge clock) begin
    if (enable && accumulate) sum <= (starts ? from : sum) + term;
  end
endmodule
