// Who holds the banks of a buffer: free, being filled, full, or being read.
//
// Banks are filled, read and released in turn, so two counters and two pointers tell everything.
// What is done in a cycle shows in the next.
module banks #(
    parameter int BANKS = 2
) (
    input  logic clock,
    input  logic reset,
    input  logic acquire,   // the producer takes a free bank
    input  logic commit,    // and hands it over full
    input  logic take,      // the consumer takes a full bank
    input  logic drop,      // and gives it back
    output logic free,
    output logic full,
    output logic fill_bank,
    output logic read_bank
);
  logic [1:0] free_count, full_count;

  assign free = free_count != 2'd0;
  assign full = full_count != 2'd0;

  always_ff @(posedge clock) begin
    if (reset) begin
      free_count <= 2'(BANKS);
      full_count <= 2'd0;
      fill_bank <= 1'b0;
      read_bank <= 1'b0;
    end else begin
      free_count <= free_count + 2'(drop) - 2'(acquire);
      full_count <= full_count + 2'(commit) - 2'(take);
      if (commit && BANKS == 2) fill_bank <= !fill_bank;
      if (drop && BANKS == 2) read_bank <= !read_bank;
    end
  end
endmodule
