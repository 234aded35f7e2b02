// The residual buffer: filled with port words, read by each lane from a slice of its own.
//
// Value e, counted from the first word on, is e / LANES of slice e mod LANES. Where a lane is not
// the one that this names (by whole words), addresses and values are turned by `turn` lanes. Values
// of less than eight bits need lanes that are no more than the bytes of a word.
module residual_buffer #(
    parameter int PORT_BITS = 64,
    parameter int LANES = 4,
    parameter int DEPTH = 16,          // port words of a bank
    parameter int BANKS = 2,
    parameter int FIELDS = 8           // sum of the bits of all fields wider than one bit
) (
    input  logic                 clock,
    input  logic                 write,
    input  logic                 write_bank,
    input  logic [31:0]          write_address,
    input  logic [PORT_BITS-1:0] write_data,
    input  logic                 read_bank,      // a cycle before the addresses
    input  logic                 is_signed,
    input  logic [1:0]           write_field,    // log2 of the bits of a field
    input  logic [1:0]           field,          // with `is_signed`
    input  logic [15:0]          turn,
    input  logic [LANES*32-1:0]  index,          // of each lane's value in its slice
    output logic [LANES*9-1:0]   value           // a cycle later
);
  localparam int CHANNELS = PORT_BITS / 8;
  localparam int WIDTH = CHANNELS > LANES ? PORT_BITS / LANES : 8;
  localparam int BYTES = WIDTH / 8;
  localparam int LOG_BYTES = $clog2(BYTES);
  localparam int WORDS = LANES * BYTES / CHANNELS;   // in a row of all slices
  localparam int LOG_WORDS = $clog2(WORDS);
  localparam int ROWS = (DEPTH + WORDS - 1) / WORDS;
  localparam int ROW_BITS = ROWS > 1 ? $clog2(ROWS) : 1;
  localparam bit TWOS = (FIELDS & 2) != 0;
  localparam bit FOURS = (FIELDS & 4) != 0;
  localparam int MORE_BITS = TWOS ? 2 : FOURS ? 1 : 0;   // of a value in a byte
  localparam int FOUR = MORE_BITS > 1 ? 1 : 0;            // the bit that says which half of a byte
  localparam int INDEX_BITS = ROW_BITS + LOG_BYTES + MORE_BITS;
  // Lanes are at most turned by whole words.
  localparam int STEP = CHANNELS < LANES ? CHANNELS : LANES;

  logic [LANES*INDEX_BITS-1:0] wanted, wanted_of_slice;
  logic [LANES*8-1:0] read, turned;
  logic [15:0] turn_1;
  logic [15:0] part;
  logic is_signed_1, read_bank_1;
  logic [1:0] field_1;

  for (genvar l = 0; l < LANES; l++) begin : lane
    // Places count the narrowest fields.
    assign wanted[l*INDEX_BITS+:INDEX_BITS] = MORE_BITS == 0 ? index[32*l+:INDEX_BITS]
        : INDEX_BITS'(index[32*l+:32] << (2'(MORE_BITS) - (2'd3 - field)));
    assign value[9*l+:9] = TWOS && field_1 == 2'd1 ? {{7{is_signed_1 && turned[8*l+1]}}, turned[8*l+:2]}
        : FOURS && field_1 == 2'd2 ? {{5{is_signed_1 && turned[8*l+3]}}, turned[8*l+:4]}
        : {is_signed_1 && turned[8*l+7], turned[8*l+:8]};
  end
  rotator #(.LANES(LANES), .WIDTH(INDEX_BITS), .STEP(STEP)) to_slices (
      .in(wanted), .amount(-turn), .out(wanted_of_slice)
  );
  rotator #(.LANES(LANES), .WIDTH(8), .STEP(STEP)) to_lanes (
      .in(read), .amount(turn_1), .out(turned)
  );
  assign part = 16'(write_address & 32'(WORDS - 1));
  always_ff @(posedge clock) begin
    turn_1 <= turn;
    is_signed_1 <= is_signed;
    field_1 <= field;
    read_bank_1 <= read_bank;
  end

  for (genvar l = 0; l < LANES; l++) begin : slice
    logic [WIDTH-1:0] filled, row;
    logic [INDEX_BITS-1:0] place;
    logic [15:0] place_1;
    assign place = wanted_of_slice[l*INDEX_BITS+:INDEX_BITS];
    always_ff @(posedge clock) place_1 <= 16'(place) & 16'((BYTES << MORE_BITS) - 1);
    logic [WIDTH-1:0] bytes, fours, twos;
    for (genvar j = 0; j < BYTES; j++) begin : eight_bits
      assign bytes[8*j+:8] = write_data[8*((j*LANES+l)%CHANNELS)+:8];
    end
    for (genvar j = 0; j < BYTES * 2; j++) begin : four_bits
      assign fours[4*j+:4] = write_data[4*((j*LANES+l)%(2*CHANNELS))+:4];
    end
    for (genvar j = 0; j < BYTES * 4; j++) begin : two_bits
      assign twos[2*j+:2] = write_data[2*((j*LANES+l)%(4*CHANNELS))+:2];
    end
    assign filled = TWOS && write_field == 2'd1 ? twos
        : FOURS && write_field == 2'd2 ? fours : bytes;
    slice_memory #(.BYTES(BYTES), .DEPTH(BANKS << ROW_BITS)) held (
        .clock, .write({BYTES{write && part == 16'(l / CHANNELS)}}),
        .write_row((ROW_BITS+BANKS-1)'({write_bank, ROW_BITS'(write_address >> LOG_WORDS)})),
        .write_data(filled),
        .read_row((ROW_BITS+BANKS-1)'({read_bank_1, place[INDEX_BITS-1-:ROW_BITS]})), .read_data(row)
    );
    always_comb begin
      read[8*l+:8] = '0;
      for (int j = 0; j < BYTES; j++)
        if (place_1 >> MORE_BITS == 16'(j)) read[8*l+:8] = row[8*j+:8];
      // The value that is wanted of the byte comes to its lowest bits.
      if (TWOS && field_1 == 2'd1) read[8*l+:8] = read[8*l+:8] >> {place_1[1:0], 1'b0};
      if (FOURS && field_1 == 2'd2)
        read[8*l+:8] = read[8*l+:8] >> {place_1[FOUR], 2'b0};
    end
  end
endmodule
