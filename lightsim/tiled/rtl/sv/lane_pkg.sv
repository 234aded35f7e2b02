// What the lanes share: widths of products, the integers that codes mean, products in LUTs.
package lane_pkg;

  // Bits of a product of a PE kind.
  function automatic integer product_bits(
      input logic [3:0] kind, input integer scheme, input integer truncates);
    if (kind == machine_pkg::XNOR) product_bits = 2;
    else if (scheme == machine_pkg::BINARY) product_bits = 10;
    else if (kind == machine_pkg::SHIFT_SERIAL) product_bits = truncates != 0 ? 10 : 17;
    else product_bits = truncates != 0 ? 11 : 18;
  endfunction

  // The terms of a code, each a sign and an exponent m, worth 2^(7-m): bit 4 says that there is
  // one, bit 3 is its sign, the rest its exponent. `flightnn` writes m = 7 for an absent term,
  // `binary` one bit that is 1 for +1.
  function automatic logic [4:0] serial_term(input logic [7:0] code, input integer scheme);
    serial_term = scheme == machine_pkg::BINARY ? {1'b1, !code[0], 3'd7}
        : {scheme != machine_pkg::FLIGHTNN || code[2:0] != 3'd7, code[3:0]};
  endfunction

  function automatic logic [4:0] first_term(input logic [7:0] code, input integer scheme);
    first_term = scheme == machine_pkg::LIGHTNN2 ? {1'b1, code[6], code[5:3]}
        : serial_term(code, scheme);
  endfunction

  function automatic logic [4:0] second_term(input logic [7:0] code, input integer scheme);
    second_term = scheme == machine_pkg::FLIGHTNN ? {code[6:4] != 3'd7, code[7:4]}
        : scheme == machine_pkg::LIGHTNN2 ? {1'b1, code[6], code[2:0]}
        : 5'd0;
  endfunction

  // The integer that a code means, as a multiplier reads it.
  function automatic logic signed [9:0] weight(input logic [7:0] code, input integer scheme);
    weight = scheme == machine_pkg::FIXED8 ? 10'($signed(code))
        : scheme == machine_pkg::FIXED4 ? 10'($signed(code[3:0]))
        : scheme == machine_pkg::BINARY ? (code[0] ? 10'sd1 : -10'sd1)
        : power(first_term(code, scheme)) + power(second_term(code, scheme));
  endfunction

  function automatic logic signed [9:0] power(input logic [4:0] term);
    logic signed [9:0] size;
    size = 10'sd1 <<< (3'd7 - term[2:0]);
    power = !term[4] ? 10'sd0 : term[3] ? -size : size;
  endfunction

  // Bits of that integer.
  function automatic integer weight_bits(input integer scheme);
    weight_bits = scheme == machine_pkg::FIXED8 ? 8
        : scheme == machine_pkg::FIXED4 ? 4
        : scheme == machine_pkg::BINARY ? 2
        : scheme == machine_pkg::LIGHTNN1 ? 9
        : 10;
  endfunction

  // factor * x as a sum of shifted numbers, of which no tool makes a DSP: pairs of bits of the
  // factor, pairs of pairs, and so on, each as narrow as it can be.
  function automatic logic signed [17:0] product_in_luts(
      input logic signed [9:0] factor, input logic signed [8:0] x, input integer bits);
    product_in_luts
        = (18'(four(factor[3:0], x, bits)) + (18'(four(factor[7:4], x, bits - 4)) <<< 4))
        + (18'(pair(factor[9:8], x, bits - 8)) <<< 8);
  endfunction

  function automatic logic signed [13:0] four(
      input logic [3:0] factor, input logic signed [8:0] x, input integer bits);
    four = 14'(pair(factor[1:0], x, bits)) + (14'(pair(factor[3:2], x, bits - 2)) <<< 2);
  endfunction

  // Two bits of the factor; `bits` more of it are left, and the last of all counts negative.
  function automatic logic signed [11:0] pair(
      input logic [1:0] factor, input logic signed [8:0] x, input integer bits);
    logic signed [11:0] low, high;
    low = bits > 0 && factor[0] ? 12'(x) : 12'sd0;
    high = bits > 1 && factor[1] ? 12'(x) <<< 1 : 12'sd0;
    pair = bits == 1 ? -low : bits == 2 ? low - high : low + high;
  endfunction

endpackage
