// From the snapshot, or from poolings and additions, to the output buffer: six registers.
//
// LANES values of one position come in a cycle, on lane l those of channels that are l modulo
// LANES. The slices of the output buffer hold values by their number, counted from the buffer's
// first word on: where a word has fewer channels than there are lanes, values are turned by
// whole words to the lane that this number names, and those of a pooling that begins inside a
// word of a joined tensor by its first channel there.
module post_processing #(
    parameter int PORT_BITS = 64,
    parameter int LANES = 4,
    parameter bit MULTIPLIES = 1'b1,
    parameter bit SCALES = 1'b0,
    parameter bit LOOKS_UP = 1'b0,
    parameter int TABLES = 256,
    parameter int TURN_STEP = 1,       // what all turns are a multiple of
    parameter int BANKS = 2,           // of the output buffer
    parameter int FIELDS = 8           // sum of the bits of all fields wider than one bit
) (
    input  logic                clock,
    input  logic                reset,
    input  machine_pkg::layer_t layer,
    input  logic [LANES-1:0]    valid,
    input  logic [LANES*32-1:0] value,
    input  logic [LANES*16-1:0] multiplier,
    input  logic [LANES*16-1:0] position,        // of the channel in the tile
    input  logic                opens_window,
    input  logic [31:0]         output_base,     // buffer word of the position
    input  logic [31:0]         residual_base,
    input  logic                ends_tile,
    // residual buffer
    output logic [15:0]         residual_turn,
    output logic [LANES*32-1:0] residual_index,
    input  logic [LANES*9-1:0]  residual,        // a cycle later
    // output buffer
    output logic [LANES-1:0]    write,
    output logic                write_bank,
    output logic                write_opens_window,
    output logic [LANES*32-1:0] write_index,
    output logic [LANES*32-1:0] write_value,     // a cycle later
    output logic                full             // the tile's bank
);
  localparam int LOG = $clog2(PORT_BITS);
  localparam int LOG_LANES = $clog2(LANES);
  localparam int WIDTH = 1 + 32 + 16 + 16;

  // --- turn ---
  logic [31:0] output_first, residual_first;     // number of the first channel's value
  logic [LANES*WIDTH-1:0] given, turned;

  // A channel of the first word, and so below the lowest bit of a number of words.
  assign output_first = 32'(layer.output_first) | (output_base << (LOG - 32'(layer.output_width)));
  assign residual_first = FIELDS == 8 ? residual_base << (LOG - 3)
      : residual_base << (LOG - 32'(layer.residual_field));
  for (genvar l = 0; l < LANES; l++) begin : packed_for_turning
    assign given[l*WIDTH+:WIDTH]
        = {valid[l], value[32*l+:32], multiplier[16*l+:16], position[16*l+:16]};
  end
  rotator #(.LANES(LANES), .WIDTH(WIDTH), .STEP(TURN_STEP)) turning (
      .in(given), .amount(output_first[15:0]), .out(turned)
  );

  // --- what goes along: the address is computed in the second cycle ---
  logic bank, bank_1, bank_2, bank_3;
  logic opens_1, opens_2, opens_3;
  logic [5:0] ends;
  logic [31:0] output_first_1, residual_first_1;
  logic [15:0] turn_1;

  assign full = ends[5];
  assign residual_turn = turn_1;
  always_ff @(posedge clock) begin
    if (reset) bank <= 1'b0;
    else if (ends_tile && BANKS == 2) bank <= !bank;
    ends <= reset ? '0 : {ends[4:0], ends_tile};
    {bank_1, bank_2, bank_3, write_bank} <= {bank, bank_1, bank_2, bank_3};
    {opens_1, opens_2, opens_3, write_opens_window} <= {opens_window, opens_1, opens_2, opens_3};
    output_first_1 <= output_first;
    residual_first_1 <= residual_first;
    turn_1 <= output_first[15:0] - residual_first[15:0];
  end

  for (genvar l = 0; l < LANES; l++) begin : lane
    logic valid_1, valid_2, valid_3;
    logic [31:0] value_1, index_2, index_3;
    logic [15:0] multiplier_1, position_1;
    logic [31:0] index_1, beside_1;

    assign index_1 = (output_first_1 + 32'(position_1)) >> LOG_LANES;
    assign beside_1 = (residual_first_1 + 32'(position_1)) >> LOG_LANES;
    assign residual_index[32*l+:32] = beside_1;
    always_ff @(posedge clock) begin
      {valid_1, value_1, multiplier_1, position_1} <= turned[l*WIDTH+:WIDTH];
      if (reset) {valid_1, valid_2, valid_3, write[l]} <= '0;
      else {valid_2, valid_3, write[l]} <= {valid_1, valid_2, valid_3};
      {index_2, index_3, write_index[32*l+:32]} <= {index_1, index_2, index_3};
    end
    post_lane #(
        .MULTIPLIES(MULTIPLIES), .SCALES(SCALES), .LOOKS_UP(LOOKS_UP), .TABLES(TABLES)
    ) arithmetic (
        .clock, .layer, .sum(value_1), .multiplier(multiplier_1),
        .residual(residual[9*l+:9]), .result(write_value[32*l+:32])
    );
  end
endmodule
