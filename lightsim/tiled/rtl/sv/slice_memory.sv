// The memory of one lane's slice: written byte by byte, read in a cycle, one port each.
//
// What a read gives of a row that is written in the same cycle is left open: no reader uses it
// (of residuals, unless the memory outside answers in the cycle of the request).
module slice_memory #(
    parameter int BYTES = 4,
    parameter int DEPTH = 16,
    parameter int ROW_BITS = DEPTH > 1 ? $clog2(DEPTH) : 1
) (
    input  logic                clock,
    input  logic [BYTES-1:0]    write,
    input  logic [ROW_BITS-1:0] write_row,
    input  logic [BYTES*8-1:0]  write_data,
    input  logic [ROW_BITS-1:0] read_row,
    output logic [BYTES*8-1:0]  read_data
);
  (* no_rw_check *) logic [BYTES*8-1:0] memory[1 << ROW_BITS];

  always_ff @(posedge clock) begin
    for (int b = 0; b < BYTES; b++)
      if (write[b]) memory[write_row][8*b+:8] <= write_data[8*b+:8];
    read_data <= memory[read_row];
  end
endmodule
