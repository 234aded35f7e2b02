// Partial sums of the output tiles that wait for more input channels: one word a pixel group.
//
// The words of a slot are read and written in the order of the pixel groups, so counters from
// the slot's first word are all the addressing there is.
module psum_memory #(
    parameter int WIDTH = 128,
    parameter int DEPTH = 1
) (
    input  logic             clock,
    input  logic             reset,
    input  logic             enable,
    input  logic [31:0]            slot,
    input  logic             restart,       // the tile ends
    input  logic             read_next,     // the next pixel group's sums are wanted
    output logic [WIDTH-1:0] read_data,     // two cycles after `read_next`
    input  logic             write,
    input  logic [WIDTH-1:0] write_data
);
  localparam int BITS = DEPTH > 1 ? $clog2(DEPTH) : 1;

  logic [WIDTH-1:0] memory[1 << BITS];
  logic [31:0] reads, writes;
  logic [BITS-1:0] address;

  always_ff @(posedge clock) begin
    if (reset || restart) begin
      reads <= '0;
      writes <= '0;
    end else if (enable) begin
      reads <= reads + 32'(read_next);
      writes <= writes + 32'(write);
    end
    if (enable && read_next) address <= BITS'(slot + reads);
    if (enable) read_data <= memory[address];
    if (enable && write) memory[BITS'(slot + writes)] <= write_data;
  end
endmodule
