// One lane's slice of the output buffer: where its values are put, and folded into pooling windows.
//
// A value that continues a window is compared with what is there, and a one-bit value shares its
// byte with others, so every byte is read before it is written. The two values before may not
// have been written yet when it is read: they are taken from their registers. Each bank is a
// memory of its own, which the store stream reads while the lane works in the other.
module output_slice #(
    parameter int WIDTH = 32,          // bits of a row, at least those of a raw sum
    parameter int DEPTH = 16,          // rows of a bank
    parameter int BANKS = 2,
    parameter bit ONE_BIT = 1'b1,      // built for one-bit activations too
    parameter int FIELDS = 8,          // sum of the bits of all wider fields
    parameter int ROW_BITS = DEPTH > 1 ? $clog2(DEPTH) : 1
) (
    input  logic                clock,
    input  logic                reset,
    input  logic [2:0]          width,         // log2 of the bits of a value's field
    input  logic                is_signed,
    input  logic                valid,
    input  logic                bank,
    input  logic                opens_window,
    input  logic [31:0]         index,         // of the value in the slice
    input  logic [31:0]         value,         // a cycle later
    input  logic                read_bank,
    input  logic [ROW_BITS-1:0] read_row,
    output logic [WIDTH-1:0]    row            // a cycle later
);
  localparam int BYTES = WIDTH / 8;
  localparam int LOG = $clog2(WIDTH);
  localparam int PLACE_BITS = ROW_BITS + LOG + 1;   // of a bit: bank, row, bit of the row

  // --- read what is there ---
  logic [31:0] first_bit;
  logic [PLACE_BITS-1:0] place, place_1, place_2, place_3;
  logic valid_1, opens_1, read_bank_1, is_bit, is_raw, is_two, is_four;
  logic [2*WIDTH-1:0] banks_row;

  assign is_bit = ONE_BIT && width == 3'd0;
  assign is_raw = width == 3'd5;
  assign is_two = (FIELDS & 2) != 0 && width == 3'd1;
  assign is_four = (FIELDS & 4) != 0 && width == 3'd2;
  assign first_bit = is_bit ? index : is_raw ? index << 5
      : is_two ? index << 1 : is_four ? index << 2 : index << 3;
  assign place = {BANKS == 2 && bank, first_bit[ROW_BITS+LOG-1:0]};
  always_ff @(posedge clock) begin
    valid_1 <= valid && !reset;
    opens_1 <= opens_window;
    place_1 <= place;
    read_bank_1 <= BANKS == 2 && read_bank;
  end
  assign row = read_bank_1 ? banks_row[WIDTH+:WIDTH] : banks_row[0+:WIDTH];

  // --- fold ---
  logic [WIDTH-1:0] own_row;
  logic [7:0] stored, old, largest, bits, twos, fours, byte_1, byte_2, byte_3;
  logic valid_2, valid_3, keeps;
  logic [31:0] data_2;
  logic [BYTES-1:0] write, write_2;

  assign own_row = place_1[PLACE_BITS-1] ? banks_row[WIDTH+:WIDTH] : banks_row[0+:WIDTH];
  assign stored = own_row[{place_1[LOG-1:3], 3'd0}+:8];
  assign old = valid_2 && place_2[PLACE_BITS-1:3] == place_1[PLACE_BITS-1:3] ? byte_2
      : valid_3 && place_3[PLACE_BITS-1:3] == place_1[PLACE_BITS-1:3] ? byte_3 : stored;
  // With the sign turned round, signed bytes compare like unsigned ones.
  assign keeps = !opens_1 && (old ^ {is_signed, 7'd0}) > (value[7:0] ^ {is_signed, 7'd0});
  assign largest = keeps ? old : value[7:0];
  // Narrower fields keep the others of their byte.
  always_comb begin
    twos = old;
    for (int i = 0; i < 4; i++)
      if (place_1[2:1] == 2'(i) && (opens_1
          || (old[2*i+:2] ^ {is_signed, 1'd0}) <= (value[1:0] ^ {is_signed, 1'd0})))
        twos[2*i+:2] = value[1:0];
    fours = old;
    for (int i = 0; i < 2; i++)
      if (place_1[2] == 1'(i) && (opens_1
          || (old[4*i+:4] ^ {is_signed, 3'd0}) <= (value[3:0] ^ {is_signed, 3'd0})))
        fours[4*i+:4] = value[3:0];
  end
  always_comb begin
    bits = old;
    bits[place_1[2:0]] = !value[31] || (!opens_1 && old[place_1[2:0]]);
    for (int b = 0; b < BYTES; b++)
      write[b] = valid_1 && (is_raw ? 16'(place_1[LOG-1:3]) >> 2 == 16'(b / 4)
                                  : 16'(place_1[LOG-1:3]) == 16'(b));
  end
  assign byte_1 = is_bit ? bits : is_two ? twos : is_four ? fours : largest;

  // --- write ---
  assign byte_2 = data_2[7:0];
  always_ff @(posedge clock) begin
    valid_2 <= valid_1 && !reset;
    valid_3 <= valid_2 && !reset;
    write_2 <= reset ? '0 : write;
    place_2 <= place_1;
    place_3 <= place_2;
    data_2 <= is_raw ? value : {4{byte_1}};
    byte_3 <= byte_2;
  end

  for (genvar b = 0; b < 2; b++) begin : of_bank
    if (b < BANKS) begin : built
      logic mine, written;
      assign mine = valid && place[PLACE_BITS-1] == 1'(b);
      assign written = place_2[PLACE_BITS-1] == 1'(b);
      slice_memory #(.BYTES(BYTES), .DEPTH(DEPTH)) held (
          .clock, .write(written ? write_2 : '0), .write_row(place_2[LOG+:ROW_BITS]),
          .write_data({(WIDTH / 32) {data_2}}),
          .read_row(mine ? place[LOG+:ROW_BITS] : read_row), .read_data(banks_row[b*WIDTH+:WIDTH])
      );
    end else begin : absent
      assign banks_row[b*WIDTH+:WIDTH] = '0;
    end
  end
endmodule
