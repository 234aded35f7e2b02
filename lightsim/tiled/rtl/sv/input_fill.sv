// Where the words of an input box go: channel block b into memory b modulo `job.memories`, so that
// one read gives the blocks of a whole column group.
module input_fill (
    input  logic  clock,
    input  logic  reset,
    input  machine_pkg::job_t  job,
    input  logic  step,
    input  logic  ends,      // the box, with this step
    output logic [15:0]  memory,
    output logic [31:0] address
);
  logic [31:0] position, base;
  logic [15:0] block;
  logic ends_plane, ends_image, ends_word;

  assign address = base + position;
  assign ends_plane = position + 32'd1 == job.plane;
  assign ends_image = block + 16'd1 == job.blocks;
  assign ends_word = memory + 16'd1 == job.memories || ends_image;

  always_ff @(posedge clock) begin
    if (reset || ends) begin
      position <= '0;
      base <= '0;
      block <= '0;
      memory <= '0;
    end else if (step) begin
      position <= ends_plane ? '0 : position + 32'd1;
      if (ends_plane) begin
        block <= ends_image ? '0 : block + 16'd1;
        memory <= ends_word ? '0 : memory + 16'd1;
        if (ends_word) base <= base + job.plane;
      end
    end
  end
endmodule
