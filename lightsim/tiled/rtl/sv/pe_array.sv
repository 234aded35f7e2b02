// Rows x columns x pixels of lanes: every row has its PE kind, its code and its accumulators.
//
// `ROWS_TOGETHER` says how many rows of one kind make a module. It changes nothing in the
// hardware: a synthesiser maps a module of one row once and uses it for all, a simulator compiles
// and runs one module of all rows much faster.
`ifndef ROWS_TOGETHER
`define ROWS_TOGETHER 1
`endif
module pe_array #(
    parameter int ROWS = 4,
    parameter int COLUMNS = 8,
    parameter int PIXELS = 1,
    parameter logic [ROWS*4-1:0] KINDS = '0,
    parameter int SCHEME = 2,
    parameter bit TRUNCATES = 1'b0,
    parameter int LATENCY = 1,
    parameter int PRODUCTS_PER_DSP = 1,
    parameter int WORD_BITS = 128,
    parameter int SUM_BITS = 32,
    parameter int ACTIVATION_BITS = 8
) (
    input  logic                                        clock,
    input  logic                                        enable,
    input  logic                                        depthwise,
    input  logic                                        one_bit,
    input  logic                                        input_signed,
    input  logic [2:0]                                  sign_bit,
    // with the products
    input  machine_pkg::step_t                          product_step,
    input  logic [COLUMNS-1:0]                          carried,
    input  logic [PIXELS-1:0][COLUMNS-1:0][ACTIVATION_BITS:0] x,
    input  logic [WORD_BITS-1:0]                        codes,
    // with the accumulation
    input  machine_pkg::step_t                          sum_step,
    input  logic [PIXELS-1:0][ROWS-1:0][SUM_BITS-1:0]   from,
    output logic [PIXELS-1:0][ROWS-1:0][SUM_BITS-1:0]   sums
);
  // Bits of the codes of all rows before this one, for one column.
  function automatic integer bits_before(input integer row);
    bits_before = 0;
    for (integer r = 0; r < row; r = r + 1)
      bits_before = bits_before + format_pkg::code_bits(KINDS[4*r+:4], SCHEME);
  endfunction

  // The first row of the module that a row is in.
  function automatic integer first_together(input integer row);
    first_together = 0;
    for (integer r = 1; r <= row; r = r + 1)
      if (KINDS[4*r+:4] != KINDS[4*(r-1)+:4] || r == first_together + `ROWS_TOGETHER)
        first_together = r;
  endfunction

  function automatic integer rows_together(input integer first);
    rows_together = 0;
    for (integer r = first; r < ROWS; r = r + 1)
      if (first_together(r) == first) rows_together = rows_together + 1;
  endfunction

  for (genvar r = 0; r < ROWS; r++) begin : row
    if (first_together(r) == r) begin : first
      localparam logic [3:0] KIND = KINDS[4*r+:4];
      localparam int COUNT = rows_together(r);
      localparam int BITS = format_pkg::code_bits(KIND, SCHEME);
      localparam int BEFORE = bits_before(r);

      logic [COUNT*COLUMNS*BITS-1:0] own_codes;
      logic [PIXELS*COUNT*SUM_BITS-1:0] own_from, own_sums;
      logic active;

      // A row of serial lanes has something to do in every pass that has a weight word, XNOR
      // lanes in every pass, the others in the first.
      assign active = product_step.active
          && (product_step.pass == 3'd0 || KIND == machine_pkg::XNOR
              || (KIND == machine_pkg::SHIFT_SERIAL && product_step.every_pass));
      always_comb begin
        own_codes = codes[BEFORE*COLUMNS+:COUNT*BITS*COLUMNS];
        if (depthwise)
          for (int i = 0; i < COUNT; i++)
            own_codes[i*COLUMNS*BITS+:COLUMNS*BITS] = {COLUMNS{codes[BEFORE+i*BITS+:BITS]}};
        for (int p = 0; p < PIXELS; p++)
          own_from[p*COUNT*SUM_BITS+:COUNT*SUM_BITS] = from[p][r+:COUNT];
      end
      for (genvar p = 0; p < PIXELS; p++) begin : pixel
        assign sums[p][r+:COUNT] = own_sums[p*COUNT*SUM_BITS+:COUNT*SUM_BITS];
      end
      lane_rows #(
          .KIND(KIND), .SCHEME(SCHEME), .TRUNCATES(TRUNCATES), .CODE_BITS(BITS), .ROWS(COUNT),
          .COLUMNS(COLUMNS), .PIXELS(PIXELS), .LATENCY(LATENCY),
          .PRODUCTS_PER_DSP(PRODUCTS_PER_DSP), .SUM_BITS(SUM_BITS),
          .ACTIVATION_BITS(ACTIVATION_BITS)
      ) lanes (
          .clock, .enable, .depthwise, .one_bit, .input_signed, .sign_bit, .active,
          .pass(product_step.pass), .own_column(product_step.column + 16'(r)), .carried, .x,
          .codes(own_codes), .accumulate(sum_step.valid), .starts(sum_step.starts),
          .weight_of_pass(sum_step.pass), .from(own_from), .sums(own_sums)
      );
    end
  end
endmodule
