// Rows x columns x pixels of lanes: every row has its PE kind, its code and its accumulators.
module pe_array #(
    parameter int ROWS = 4,
    parameter int COLUMNS = 8,
    parameter int PIXELS = 1,
    parameter logic [ROWS*4-1:0] KINDS = '0,
    parameter int SCHEME = machine_pkg::FLIGHTNN,
    parameter bit TRUNCATES = 1'b0,
    parameter int LATENCY = 1,
    parameter int WORD_BITS = 128,
    parameter int SUM_BITS = 32
) (
    input  logic                                        clock,
    input  logic                                        enable,
    input  logic                                        depthwise,
    input  logic                                        one_bit,
    input  logic                                        input_signed,
    // with the products
    input  machine_pkg::step_t                                       product_step,
    input  logic [COLUMNS-1:0]                          carried,
    input  logic [PIXELS-1:0][COLUMNS-1:0][8:0]         x,
    input  logic [WORD_BITS-1:0]                        codes,
    // with the accumulation
    input  machine_pkg::step_t                                       sum_step,
    input  logic [PIXELS-1:0][ROWS-1:0][SUM_BITS-1:0]   from,
    output logic [PIXELS-1:0][ROWS-1:0][SUM_BITS-1:0]   sums
);
  // Bits of the codes of all rows before this one, for one column.
  function automatic integer bits_before(input integer row);
    bits_before = 0;
    for (integer r = 0; r < row; r = r + 1)
      bits_before = bits_before + machine_pkg::code_bits(KINDS[4*r+:4], SCHEME);
  endfunction

  for (genvar r = 0; r < ROWS; r++) begin : row
    localparam logic [3:0] KIND = KINDS[4*r+:4];
    localparam int BITS = machine_pkg::code_bits(KIND, SCHEME);
    localparam int BEFORE = bits_before(r);

    logic [COLUMNS*BITS-1:0] own_codes;
    logic [COLUMNS-1:0] own_column;
    logic active;

    // A row of serial lanes has something to do in every pass that has a weight word, XNOR lanes
    // in every pass, the others in the first.
    assign active = product_step.active
        && (product_step.pass == 3'd0 || KIND == machine_pkg::XNOR
            || (KIND == machine_pkg::SHIFT_SERIAL && product_step.every_pass));
    assign own_codes = depthwise ? {COLUMNS{codes[BEFORE+:BITS]}}
                                 : codes[BEFORE*COLUMNS+:BITS*COLUMNS];
    always_comb begin
      for (int c = 0; c < COLUMNS; c++)
        own_column[c] = !depthwise || product_step.column + 16'(r) == 16'(c);
    end

    for (genvar p = 0; p < PIXELS; p++) begin : pixel
      logic [COLUMNS*9-1:0] own_x;
      always_comb begin
        for (int c = 0; c < COLUMNS; c++) own_x[9*c+:9] = own_column[c] ? x[p][c] : 9'd0;
      end
      lane_row #(
          .KIND(KIND), .SCHEME(SCHEME), .TRUNCATES(TRUNCATES), .CODE_BITS(BITS),
          .COLUMNS(COLUMNS), .LATENCY(LATENCY), .SUM_BITS(SUM_BITS)
      ) lanes (
          .clock, .enable, .active, .pass(product_step.pass), .one_bit,
          .carried(carried & own_column), .x(own_x), .codes(own_codes),
          .accumulate(sum_step.valid), .starts(sum_step.starts),
          .weight_of_pass(one_bit ? 3'd0 : sum_step.pass),
          .negative_pass(!one_bit && input_signed && sum_step.pass == 3'd7),
          .from(from[p][r]), .sum(sums[p][r])
      );
    end
  end
endmodule
