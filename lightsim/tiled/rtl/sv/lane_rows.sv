// Rows of lanes of one PE kind with their adder trees and accumulators: a filter a row.
//
// A row has COLUMNS lanes for each of the PIXELS positions. Its products are summed by a tree of
// one register level for each halving. Lanes faster than the slowest kind of the array are
// followed by registers, so that all rows accumulate in the same cycle.
//
// In the loops c is a column, p a pixel and r a row. They are declared and set before the loops,
// which lets a simulator keep them in registers and work on all rows at once. The arrays are wires
// and registers, no memories, which `mem2reg` says.
(* mem2reg *)
module lane_rows #(
    parameter logic [3:0] KIND = 4'd0,
    parameter int SCHEME = 2,
    parameter bit TRUNCATES = 1'b0,
    parameter int CODE_BITS = 4,
    parameter int ROWS = 1,
    parameter int COLUMNS = 8,
    parameter int PIXELS = 1,
    parameter int LATENCY = 1,          // of the slowest kind's products
    parameter int PRODUCTS_PER_DSP = 1, // 2: neighbouring pixels share a block
    parameter int SUM_BITS = 32,
    parameter int ACTIVATION_BITS = 8
) (
    input  logic                                       clock,
    input  logic                                       enable,
    input  logic                                       depthwise,
    input  logic                                       one_bit,
    input  logic                                       input_signed,
    input  logic [2:0]                                 sign_bit,    // the highest of an activation
    // with the products
    input  logic                                       active,
    input  logic [2:0]                                 pass,
    input  logic [15:0]                                own_column,  // depthwise: of the first row
    input  logic [COLUMNS-1:0]                         carried,
    input  logic [PIXELS-1:0][COLUMNS-1:0][ACTIVATION_BITS:0] x,
    input  logic [ROWS-1:0][COLUMNS-1:0][CODE_BITS-1:0] codes,
    // with the accumulation
    input  logic                                       accumulate,
    input  logic                                       starts,
    input  logic [2:0]                                 weight_of_pass,
    input  logic [PIXELS-1:0][ROWS-1:0][SUM_BITS-1:0]  from,
    output logic [PIXELS-1:0][ROWS-1:0][SUM_BITS-1:0]  sums
);
  localparam int LEVELS = $clog2(COLUMNS);
  // A product of a narrower activation has fewer bits.
  localparam int BITS = format_pkg::product_bits(KIND, SCHEME, int'(TRUNCATES), ACTIVATION_BITS);
  localparam int OWN_LATENCY = machine_pkg::product_latency(KIND);

  // --- what the lanes read ---
  logic signed [ACTIVATION_BITS:0] value [COLUMNS][PIXELS];
  logic [CODE_BITS-1:0] code [COLUMNS][ROWS];
  logic own [COLUMNS][ROWS];

  always_comb begin
    int unsigned c, p, r;
    p = 0;
    r = 0;
    for (c = 0; c < COLUMNS; c++) begin
      for (p = 0; p < PIXELS; p++) value[c][p] = $signed(x[p][c]);
      for (r = 0; r < ROWS; r++) begin
        code[c][r] = codes[r][c];
        own[c][r] = !depthwise || own_column + 16'(r) == 16'(c);
      end
    end
  end

  // --- products ---
  logic signed [BITS-1:0] product [COLUMNS][PIXELS][ROWS];

  if (KIND == machine_pkg::SHIFT_SERIAL || KIND == machine_pkg::SHIFT_SPATIAL) begin : shift_add
    // A serial lane shifts one term of its weight a cycle, a spatial one all and adds them. A
    // term is a sign and an exponent m, worth 2^(7-m): an exact product is x << (7-m), a
    // truncating one x >> m. In `flightnn` m = 7 says that there is no term; a `binary` code is
    // one bit, 1 for +1. Codes of the family of formats are read by `format_pkg`.
    localparam int TERMS = KIND == machine_pkg::SHIFT_SERIAL ? 1 : format_pkg::spatial_terms(SCHEME);
    localparam bit MEMBER = format_pkg::is_member(SCHEME);
    localparam int OWN_TERMS = MEMBER && TERMS > 1 ? format_pkg::size(SCHEME) : 1;
    for (genvar t = 0; t < TERMS; t++) begin : terms
      // Where the term lies in a code; in `lightnn2` two terms share the sign.
      localparam bit PAIR = TERMS == 2 && SCHEME == machine_pkg::LIGHTNN2;
      localparam int EXPONENT = PAIR ? 3 - 3 * t : 4 * t;
      localparam int SIGN = SCHEME == machine_pkg::BINARY ? 0 : PAIR ? 6 : 3 + 4 * t;
      localparam bit EXISTS = t == 0 || PAIR || SCHEME == machine_pkg::FLIGHTNN;
      localparam bit OWN = MEMBER && t < OWN_TERMS;
      logic present [COLUMNS][ROWS];
      logic negative [COLUMNS][ROWS];
      logic [2:0] exponent [COLUMNS][ROWS];
      logic signed [BITS-1:0] next [COLUMNS][PIXELS][ROWS];
      logic signed [BITS-1:0] held [COLUMNS][PIXELS][ROWS];
      always_comb begin
        int unsigned c, p, r;
        logic [15:0] whole;
        logic [4:0] own_term;
        logic signed [BITS-1:0] size;
        p = 0;
        r = 0;
        whole = '0;
        own_term = '0;
        size = '0;
        for (c = 0; c < COLUMNS; c++) begin
          for (r = 0; r < ROWS; r++) begin
            whole = 16'(code[c][r]);
            if (MEMBER) begin
              own_term = OWN ? format_pkg::term(whole, SCHEME, OWN_TERMS, t) : 5'd0;
              exponent[c][r] = own_term[2:0];
              negative[c][r] = own_term[3];
              present[c][r] = own_term[4] && active && own[c][r];
            end else begin
              exponent[c][r] = SCHEME == machine_pkg::BINARY ? 3'd0 : whole[EXPONENT+:3];
              negative[c][r] = whole[SIGN] ^ (SCHEME == machine_pkg::BINARY);
              present[c][r] = EXISTS && active && own[c][r]
                  && (SCHEME != machine_pkg::FLIGHTNN || whole[EXPONENT+:3] != 3'd7);
            end
          end
          for (p = 0; p < PIXELS; p++)
            for (r = 0; r < ROWS; r++) begin
              size = SCHEME == machine_pkg::BINARY ? BITS'(value[c][p])
                  : TRUNCATES && BITS <= ACTIVATION_BITS ? BITS'(value[c][p] >>> exponent[c][r])
                  : TRUNCATES ? BITS'(value[c][p]) >>> exponent[c][r]
                  : BITS'(value[c][p]) <<< (3'd7 - exponent[c][r]);
              next[c][p][r] = !present[c][r] ? '0 : negative[c][r] ? -size : size;
            end
        end
      end
      always_ff @(posedge clock) if (enable) held <= next;
    end
    if (TERMS == 1) begin : serial
      always_comb product = terms[0].held;
    end else if (TERMS > 2) begin : several
      logic signed [BITS-1:0] all [COLUMNS][PIXELS][ROWS];
      always_comb begin
        int unsigned c, p, r;
        p = 0;
        r = 0;
        for (c = 0; c < COLUMNS; c++)
          for (p = 0; p < PIXELS; p++)
            for (r = 0; r < ROWS; r++)
              all[c][p][r] = (terms[0].held[c][p][r] + terms[1].held[c][p][r])
                  + (TERMS == 3 ? terms[TERMS-1].held[c][p][r]
                     : terms[2].held[c][p][r] + terms[TERMS-1].held[c][p][r]);
      end
      always_ff @(posedge clock) if (enable) product <= all;
    end else begin : spatial
      logic signed [BITS-1:0] both [COLUMNS][PIXELS][ROWS];
      always_comb begin
        int unsigned c, p, r;
        p = 0;
        r = 0;
        for (c = 0; c < COLUMNS; c++)
          for (p = 0; p < PIXELS; p++)
            for (r = 0; r < ROWS; r++)
              both[c][p][r] = terms[0].held[c][p][r] + terms[1].held[c][p][r];
      end
      always_ff @(posedge clock) if (enable) product <= both;
    end
  end else if (KIND == machine_pkg::XNOR) begin : xnor_popcount
    // A one-bit activation counts +1 where it equals the weight and -1 where not; a bit of a
    // wider activation counts for the weight's sign where it is set.
    logic counts [COLUMNS][PIXELS];
    logic negative [COLUMNS][PIXELS];
    logic signed [BITS-1:0] next [COLUMNS][PIXELS][ROWS];
    always_comb begin
      int unsigned c, p, r;
      logic [7:0] bits;
      bits = '0;
      p = 0;
      r = 0;
      for (c = 0; c < COLUMNS; c++)
        for (p = 0; p < PIXELS; p++) begin
          bits = 8'(value[c][p]);
          counts[c][p] = active && carried[c] && (one_bit || bits[pass]);
          negative[c][p] = one_bit && value[c][p][ACTIVATION_BITS];
          for (r = 0; r < ROWS; r++)
            next[c][p][r] = !counts[c][p] || !own[c][r] ? 2'sd0
                : code[c][r][0] != negative[c][p] ? 2'sd1 : -2'sd1;
        end
    end
    always_ff @(posedge clock) if (enable) product <= next;
  end else if (KIND == machine_pkg::MULTIPLY_DSP && PRODUCTS_PER_DSP == 2) begin : multiply_pairs
    // Two pixels share a weight and the block that multiplies by it: the operand is the second
    // pixel's activation, PITCH bits up, plus the first's. An activation of eight bits is -128 to
    // 255, one of less bits as much less, a weight
    // at most LARGEST, so a product is a signed number of PITCH bits. Half of 2^PITCH is added: a
    // negative low product then borrows nothing from the high one, and is itself found with its
    // sign bit inverted. The last of an odd number of pixels has a block of its own.
    localparam int LARGEST = format_pkg::is_member(SCHEME) ? format_pkg::largest(SCHEME)
        : SCHEME == machine_pkg::BINARY ? 1
        : SCHEME == machine_pkg::FIXED4 ? 8
        : SCHEME == machine_pkg::FIXED8 || SCHEME == machine_pkg::LIGHTNN1 ? 128
        : 256;
    localparam int PITCH = ACTIVATION_BITS + 1 + $clog2(LARGEST);
    localparam int BLOCKS = (PIXELS + 1) / 2;
    localparam logic [2*PITCH-1:0] HALF = (2*PITCH)'(1) << (PITCH - 1);
    logic signed [$clog2(LARGEST)+1:0] next_weight [COLUMNS][ROWS];
    logic signed [$clog2(LARGEST)+1:0] weight [COLUMNS][ROWS];
    logic signed [PITCH+ACTIVATION_BITS:0] next_pair [COLUMNS][BLOCKS];
    logic signed [PITCH+ACTIVATION_BITS:0] pair [COLUMNS][BLOCKS];
    logic signed [2*PITCH-1:0] next [COLUMNS][BLOCKS][ROWS];
    logic signed [2*PITCH-1:0] middle [COLUMNS][BLOCKS][ROWS];
    logic signed [2*PITCH-1:0] raised [COLUMNS][BLOCKS][ROWS];
    always_comb begin
      int unsigned c, b, p, r;
      b = 0;
      p = 0;
      r = 0;
      for (c = 0; c < COLUMNS; c++) begin
        for (r = 0; r < ROWS; r++)
          next_weight[c][r] = own[c][r] && active
              ? ($clog2(LARGEST)+2)'(format_pkg::weight(16'(code[c][r]), SCHEME)) : '0;
        for (b = 0; b < BLOCKS; b++) begin
          next_pair[c][b] = (PITCH+ACTIVATION_BITS+1)'(value[c][2*b]);
          p = 2 * b + 1;
          if (p < PIXELS)
            next_pair[c][b] = next_pair[c][b]
                + ((PITCH+ACTIVATION_BITS+1)'(value[c][p]) <<< PITCH);
          for (r = 0; r < ROWS; r++)
            next[c][b][r] = (2*PITCH)'(weight[c][r]) * (2*PITCH)'(pair[c][b]);
        end
        for (p = 0; p < PIXELS; p++)
          for (r = 0; r < ROWS; r++)
            product[c][p][r] = p[0] ? BITS'($signed(raised[c][p/2][r][PITCH+:PITCH]))
                : BITS'($signed({!raised[c][p/2][r][PITCH-1], raised[c][p/2][r][0+:PITCH-1]}));
      end
    end
    always_ff @(posedge clock) begin
      if (enable) begin
        weight <= next_weight;
        pair <= next_pair;
        middle <= next;
        for (int c = 0; c < COLUMNS; c++)
          for (int b = 0; b < BLOCKS; b++)
            for (int r = 0; r < ROWS; r++) raised[c][b][r] <= middle[c][b][r] + $signed(HALF);
      end
    end
  end else begin : multiply
    localparam int WEIGHT_BITS = format_pkg::weight_bits(SCHEME);
    localparam int HELD_BITS = format_pkg::is_member(SCHEME) ? WEIGHT_BITS : 10;
    logic signed [HELD_BITS-1:0] next_weight [COLUMNS][ROWS];
    logic signed [HELD_BITS-1:0] weight [COLUMNS][ROWS];
    logic signed [ACTIVATION_BITS:0] next_value [COLUMNS][PIXELS];
    logic signed [ACTIVATION_BITS:0] held_value [COLUMNS][PIXELS];
    logic signed [BITS-1:0] next [COLUMNS][PIXELS][ROWS];
    always_comb begin
      int unsigned c, p, r;
      p = 0;
      r = 0;
      for (c = 0; c < COLUMNS; c++) begin
        for (r = 0; r < ROWS; r++)
          next_weight[c][r] = own[c][r]
              ? HELD_BITS'(format_pkg::weight(16'(code[c][r]), SCHEME)) : '0;
        for (p = 0; p < PIXELS; p++) begin
          next_value[c][p] = active ? value[c][p] : '0;
          for (r = 0; r < ROWS; r++)
            next[c][p][r] = KIND == machine_pkg::MULTIPLY_DSP
                ? BITS'(weight[c][r]) * BITS'(held_value[c][p])
                : BITS'(format_pkg::product_in_luts(
                    12'(weight[c][r]), 9'(held_value[c][p]), WEIGHT_BITS));
        end
      end
    end
    always_ff @(posedge clock) begin
      if (enable) begin
        weight <= next_weight;
        held_value <= next_value;
      end
    end
    if (KIND == machine_pkg::MULTIPLY_DSP) begin : in_dsp
      logic signed [BITS-1:0] middle [COLUMNS][PIXELS][ROWS];
      always_ff @(posedge clock) begin
        if (enable) begin
          middle <= next;
          product <= middle;
        end
      end
    end else begin : in_luts
      always_ff @(posedge clock) if (enable) product <= next;
    end
  end

  // --- waiting for the slowest kind ---
  for (genvar i = 0; i <= LATENCY - OWN_LATENCY; i++) begin : waiting
    logic signed [BITS-1:0] held [COLUMNS][PIXELS][ROWS];
    if (i == 0) begin : none
      always_comb held = product;
    end else begin : cycle
      always_ff @(posedge clock) if (enable) held <= waiting[i-1].held;
    end
  end

  // --- adder trees: half of the terms of a level are added to the other half ---
  for (genvar l = 0; l <= LEVELS; l++) begin : level
    localparam int COUNT = (COLUMNS + (1 << l) - 1) >> l;
    logic signed [BITS+l-1:0] term [COUNT][PIXELS][ROWS];
    if (l == 0) begin : products
      always_comb term = waiting[LATENCY-OWN_LATENCY].held;
    end else begin : added
      localparam int BEFORE = (COLUMNS + (1 << (l - 1)) - 1) >> (l - 1);
      logic signed [BITS+l-1:0] next [COUNT][PIXELS][ROWS];
      always_comb begin
        int unsigned c, p, r;
        c = 0;
        p = 0;
        r = 0;
        for (c = 0; c < BEFORE - COUNT; c++)
          for (p = 0; p < PIXELS; p++)
            for (r = 0; r < ROWS; r++)
              next[c][p][r] = (BITS+l)'(level[l-1].term[c][p][r])
                  + (BITS+l)'(level[l-1].term[COUNT+c][p][r]);
        if (2 * COUNT > BEFORE)
          for (p = 0; p < PIXELS; p++)
            for (r = 0; r < ROWS; r++)
              next[COUNT-1][p][r] = (BITS+l)'(level[l-1].term[COUNT-1][p][r]);
      end
      always_ff @(posedge clock) if (enable) term <= next;
    end
  end

  // --- accumulators ---
  logic signed [SUM_BITS-1:0] next_sum [PIXELS][ROWS];
  logic signed [SUM_BITS-1:0] sum [PIXELS][ROWS];
  always_comb begin
    int unsigned p, r;
    logic signed [SUM_BITS-1:0] total, added;
    p = 0;
    r = 0;
    total = '0;
    added = '0;
    for (p = 0; p < PIXELS; p++)
      for (r = 0; r < ROWS; r++) begin
        total = SUM_BITS'(level[LEVELS].term[0][p][r]);
        // The pass of an XNOR lane's bit weighs as the bit does, that of a sign bit negative.
        added = KIND != machine_pkg::XNOR || one_bit ? total
            : input_signed && weight_of_pass == sign_bit ? -(total <<< weight_of_pass)
            : total <<< weight_of_pass;
        next_sum[p][r] = (starts ? $signed(from[p][r]) : sum[p][r]) + added;
      end
  end
  always_comb begin
    int unsigned p, r;
    p = 0;
    r = 0;
    for (p = 0; p < PIXELS; p++)
      for (r = 0; r < ROWS; r++) sums[p][r] = sum[p][r];
  end
  always_ff @(posedge clock) if (enable && accumulate) sum <= next_sum;
endmodule
