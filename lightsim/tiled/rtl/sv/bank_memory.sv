// One memory of a buffer with all its banks: written in a cycle, read in two.
module bank_memory #(
    parameter int WIDTH = 64,
    parameter int DEPTH = 16,
    parameter int BANKS = 2,
    parameter int ADDRESS_BITS = DEPTH > 1 ? $clog2(DEPTH) : 1
) (
    input  logic                    clock,
    input  logic                    write,
    input  logic                    write_bank,
    input  logic [ADDRESS_BITS-1:0] write_address,
    input  logic [WIDTH-1:0]        write_data,
    input  logic                    enable,        // of both read registers
    input  logic                    read_bank,
    input  logic [ADDRESS_BITS-1:0] read_address,
    output logic [WIDTH-1:0]        read_data
);
  localparam int INDEX_BITS = BANKS == 2 ? ADDRESS_BITS + 1 : ADDRESS_BITS;

  logic [WIDTH-1:0] memory[1 << INDEX_BITS];
  logic [INDEX_BITS-1:0] address, write_index, read_index;

  assign write_index = INDEX_BITS'({write_bank, write_address});
  assign read_index = INDEX_BITS'({read_bank, read_address});

  always_ff @(posedge clock) begin
    if (write) memory[write_index] <= write_data;
    if (enable) begin
      address <= read_index;
      read_data <= memory[address];
    end
  end
endmodule
