// The input buffer: a copy for every pixel lane, each giving the channels of one column group.
//
// A copy consists of MEMORIES memories side by side if a column group needs several port words,
// of one memory and a selector if a port word holds several column groups.
module input_buffer #(
    parameter int PORT_BITS = 64,
    parameter int COLUMNS = 8,
    parameter int PIXELS = 1,
    parameter int MEMORIES = 1,
    parameter int DEPTH = 16,
    parameter int BANKS = 2,
    parameter bit ONE_BIT = 1'b0,    // built for one-bit activations too
    parameter int FIELDS = 8,        // sum of the bits of the wider fields that it is built for
    parameter int ACTIVATION_BITS = 8
) (
    input  logic                               clock,
    input  logic                               write,
    input  logic                               write_bank,
    input  logic [15:0]                               write_memory,
    input  logic [31:0]                              write_address,
    input  logic [PORT_BITS-1:0]               write_data,
    input  logic                               enable,
    input  logic                               read_bank,
    input  logic [PIXELS-1:0][31:0]                 read_address,
    input  logic [PIXELS-1:0]                  is_image,        // else the position is padding
    input  logic [15:0]                               part,          // of the word, if it holds several
    input  logic [COLUMNS-1:0]                 mask,          // columns that carry a channel
    input  logic                               is_signed,
    input  logic                               one_bit,
    input  logic [1:0]                         field,         // log2 of the bits of a field
    output logic [PIXELS-1:0][COLUMNS-1:0][ACTIVATION_BITS:0] values,
    output logic [COLUMNS-1:0]                 carried,
    output logic [PIXELS-1:0][MEMORIES*PORT_BITS-1:0] words
);
  localparam int ADDRESS_BITS = DEPTH > 1 ? $clog2(DEPTH) : 1;
  localparam int LINE = MEMORIES * PORT_BITS;
  localparam int WIDEST = FIELDS >= 8 ? 8 : FIELDS >= 4 ? 4 : 2;
  localparam bit FOURS = WIDEST > 4 && (FIELDS & 4) != 0;   // narrower fields that are selected
  localparam bit TWOS = WIDEST > 2 && (FIELDS & 2) != 0;

  logic [PIXELS-1:0] is_image_1, is_image_2;
  logic [15:0] part_1, part_2;
  logic [COLUMNS-1:0] mask_1;

  always_ff @(posedge clock) begin
    if (enable) begin
      is_image_1 <= is_image;
      is_image_2 <= is_image_1;
      part_1 <= part;
      part_2 <= part_1;
      mask_1 <= mask;
      carried <= mask_1;
    end
  end

  for (genvar p = 0; p < PIXELS; p++) begin : copy
    for (genvar m = 0; m < MEMORIES; m++) begin : side
      bank_memory #(.WIDTH(PORT_BITS), .DEPTH(DEPTH), .BANKS(BANKS)) banked (
          .clock,
          .write(write && write_memory == 16'(m)),
          .write_bank,
          .write_address(write_address[ADDRESS_BITS-1:0]),
          .write_data,
          .enable,
          .read_bank,
          .read_address(read_address[p][ADDRESS_BITS-1:0]),
          .read_data(words[p][m*PORT_BITS+:PORT_BITS])
      );
    end

    logic [COLUMNS*WIDEST-1:0] wide;
    logic [COLUMNS*4-1:0] fours;
    logic [COLUMNS*2-1:0] twos;
    logic [COLUMNS-1:0] bits;
    if (LINE == COLUMNS * WIDEST) begin : whole
      assign wide = words[p];
    end else begin : selected
      always_comb begin
        wide = '0;
        for (int i = 0; i < LINE / (COLUMNS * WIDEST); i++)
          if (part_2 == 16'(i)) wide = words[p][i*COLUMNS*WIDEST+:COLUMNS*WIDEST];
      end
    end
    always_comb begin
      fours = '0;
      twos = '0;
      if (FOURS)
        for (int i = 0; i < LINE / (COLUMNS * 4); i++)
          if (part_2 == 16'(i)) fours = words[p][i*COLUMNS*4+:COLUMNS*4];
      if (TWOS)
        for (int i = 0; i < LINE / (COLUMNS * 2); i++)
          if (part_2 == 16'(i)) twos = words[p][i*COLUMNS*2+:COLUMNS*2];
    end
    if (!ONE_BIT) begin : no_bits
      assign bits = '0;
    end else begin : some_bits
      always_comb begin
        bits = '0;
        for (int i = 0; i < LINE / COLUMNS; i++)
          if (part_2 == 16'(i)) bits = words[p][i*COLUMNS+:COLUMNS];
      end
    end

    // A field holds its value with the sign repeated: the upper bits of a wider one say nothing.
    logic signed [8:0] value[COLUMNS];
    always_comb begin
      for (int c = 0; c < COLUMNS; c++) begin
        value[c] = 9'($signed({is_signed && wide[WIDEST*(c+1)-1], wide[WIDEST*c+:WIDEST]}));
        if (FOURS && field == 2'd2) value[c] = 9'($signed({is_signed && fours[4*c+3], fours[4*c+:4]}));
        if (TWOS && field == 2'd1) value[c] = 9'($signed({is_signed && twos[2*c+1], twos[2*c+:2]}));
        if (!carried[c]) values[p][c] = '0;
        else if (ONE_BIT && one_bit)
          values[p][c] = is_image_2[p] && bits[c] ? (ACTIVATION_BITS + 1)'(1) : '1;
        else if (!is_image_2[p]) values[p][c] = '0;
        else values[p][c] = value[c][ACTIVATION_BITS:0];
      end
    end
  end
endmodule
