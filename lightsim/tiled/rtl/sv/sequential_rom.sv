// A list of descriptors read from front to back: `entry` is the one in hand, `advance` goes on.
//
// The address of a registered read runs one entry ahead, so that a new entry is there in every
// cycle although the memory answers a cycle later.
module sequential_rom #(
    parameter int    WIDTH = 8,
    parameter int    DEPTH = 1,
    parameter IMAGE = ""
) (
    input  logic             clock,
    input  logic             reset,
    input  logic             advance,
    output logic [WIDTH-1:0] entry
);
  localparam int BITS = DEPTH > 1 ? $clog2(DEPTH) : 1;

  logic [WIDTH-1:0] memory[DEPTH];
  logic [BITS-1:0] at, next;

  initial $readmemh(IMAGE, memory);

  assign next = reset ? '0 : at + BITS'(advance);

  always_ff @(posedge clock) begin
    at <= next;
    entry <= memory[next];
  end
endmodule
