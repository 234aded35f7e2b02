// What the codes of weights mean, for every member of the family of formats.
//
// A scheme is the number of a row (`machine_pkg`), whose codes `lane_pkg` reads, or 65536 and more:
// the description of a member, as `lightsim/numerics/formats/family.py` numbers it. From bit 0 on:
// three bits for the base, four for its bits or terms, three each for the least and the greatest
// exponent, one for a zero.
package format_pkg;

  localparam int FAMILY = 65536;
  localparam int FIXED = 0;
  localparam int TERNARY = 1;
  localparam int LIGHTNN = 3;
  localparam int FLIGHTNN = 4;

  function automatic logic is_member(input integer scheme);
    is_member = scheme >= FAMILY;
  endfunction

  function automatic integer base(input integer scheme);
    base = scheme % 8;
  endfunction

  // Bits of a `fixed` code, terms of the others; a ternary weight is a term that may be there.
  function automatic integer size(input integer scheme);
    size = base(scheme) == TERNARY ? 1 : (scheme / 8) % 16;
  endfunction

  function automatic integer least(input integer scheme);
    least = (scheme / 128) % 8;
  endfunction

  function automatic integer greatest(input integer scheme);
    greatest = (scheme / 1024) % 8;
  endfunction

  function automatic integer zero(input integer scheme);
    zero = (scheme / 8192) % 2;
  endfunction

  // Bits of an exponent's word; where there is a zero, a word more says "no term".
  function automatic integer exponent_bits(input integer scheme);
    exponent_bits = $clog2(greatest(scheme) - least(scheme) + 1 + zero(scheme));
  endfunction

  // Terms that a spatial lane shifts and adds, of which rows have two.
  function automatic integer spatial_terms(input integer scheme);
    spatial_terms = is_member(scheme) && size(scheme) > 2 && base(scheme) != FIXED ? size(scheme) : 2;
  endfunction

  // Bits of the code that a lane of `kind` reads in a step.
  function automatic integer code_bits(input logic [3:0] kind, input integer scheme);
    if (!is_member(scheme)) code_bits = machine_pkg::code_bits(kind, scheme);
    else if (base(scheme) == FIXED) code_bits = size(scheme);
    else if (base(scheme) == TERNARY) code_bits = 2;
    else if (kind == machine_pkg::SHIFT_SERIAL) code_bits = 1 + exponent_bits(scheme);
    else if (base(scheme) == FLIGHTNN) code_bits = size(scheme) * (1 + exponent_bits(scheme));
    else begin
      code_bits = 1 + size(scheme) * exponent_bits(scheme);
      if (size(scheme) > 1) code_bits = code_bits + code_bits % 2;
    end
  endfunction

  // The largest weight, and the largest term of one.
  function automatic integer largest(input integer scheme);
    largest = base(scheme) == FIXED ? 1 << (size(scheme) - 1)
        : base(scheme) == TERNARY ? 1
        : size(scheme) << (7 - least(scheme));
  endfunction

  // Bits of a product of a PE kind: of the largest activation and the largest weight or term, and
  // of a sign. What is left of a shifted negative activation is -1 at least.
  function automatic integer product_bits(input logic [3:0] kind, input integer scheme,
                                          input integer truncates, input integer activation_bits);
    integer terms, most, x;
    if (!is_member(scheme))
      product_bits = lane_pkg::product_bits(kind, scheme, truncates)
          - (kind == machine_pkg::XNOR ? 0 : 8 - activation_bits);
    else begin
      x = (1 << activation_bits) - 1;
      terms = kind == machine_pkg::SHIFT_SERIAL ? 1 : size(scheme);
      most = kind == machine_pkg::SHIFT_SERIAL ? largest(scheme) / size(scheme) : largest(scheme);
      if (truncates == 0) most = x * most;
      else most = (x >> least(scheme)) > 0 ? (x >> least(scheme)) * terms : terms;
      product_bits = $clog2(most + 1) + 1;
    end
  endfunction

  // Term t of a code as bit 4: there is one, bit 3: its sign, below: m of 2^(7-m). A serial lane
  // has the code of a weight with one term.
  function automatic logic [4:0] term(
      input logic [15:0] code, input integer scheme, input integer terms, input integer t);
    integer bits, sign, word;
    bits = exponent_bits(scheme);
    if (base(scheme) == TERNARY) term = {code[0], code[1], 3'd7};
    else begin
      sign = base(scheme) == LIGHTNN ? terms * bits : (t + 1) * bits + t;
      word = base(scheme) == LIGHTNN ? (terms - 1 - t) * bits : t * (bits + 1);
      term = worth(4'(code >> word) & 4'((1 << bits) - 1), code[4'(sign)], scheme);
    end
  endfunction

  function automatic logic [4:0] worth(
      input logic [3:0] word, input logic minus, input integer scheme);
    logic behind;
    behind = word > 4'(greatest(scheme) - least(scheme));
    worth = {!behind || zero(scheme) == 0, minus,
             behind ? 3'(greatest(scheme)) : 3'(word + 4'(least(scheme)))};
  endfunction

  // The integer that a code means, as a multiplier reads it.
  function automatic logic signed [11:0] weight(input logic [15:0] code, input integer scheme);
    logic [4:0] own;
    logic signed [11:0] total, size_of;
    total = '0;
    if (!is_member(scheme)) total = 12'(lane_pkg::weight(code[7:0], scheme));
    else if (base(scheme) == FIXED)
      total = $signed(12'(code) << (12 - size(scheme))) >>> (12 - size(scheme));
    else
      for (integer t = 0; t < size(scheme); t = t + 1) begin
        own = term(code, scheme, size(scheme), t);
        size_of = 12'sd1 <<< (3'd7 - own[2:0]);
        total = !own[4] ? total : own[3] ? total - size_of : total + size_of;
      end
    weight = total;
  endfunction

  // Bits of that integer.
  function automatic integer weight_bits(input integer scheme);
    weight_bits = !is_member(scheme) ? lane_pkg::weight_bits(scheme)
        : base(scheme) == FIXED ? size(scheme)
        : $clog2(largest(scheme) + 1) + 1;
  endfunction

  // factor * x as a sum of shifted numbers: `lane_pkg` has it of ten bits.
  function automatic logic signed [18:0] product_in_luts(
      input logic signed [11:0] factor, input logic signed [8:0] x, input integer bits);
    product_in_luts = (19'(lane_pkg::four(factor[3:0], x, bits))
        + (19'(lane_pkg::four(factor[7:4], x, bits - 4)) <<< 4))
        + (19'(lane_pkg::four(factor[11:8], x, bits - 8)) <<< 8);
  endfunction

endpackage
