// Buffer addresses of a box whose words lie position by position, blocks together, in the order
// in which memory has them: image by image, block by block, position by position.
module unpack_walker (
    input  logic  clock,
    input  logic  reset,
    input  machine_pkg::job_t  job,
    input  logic  step,
    output logic [31:0] address,
    output logic  first_block,
    output logic  last_block
);
  logic [31:0] position, offset, image_base;
  logic [15:0] block, image;
  logic ends_plane, ends_image;

  assign address = image_base + offset + 32'(block);
  assign ends_plane = position + 32'd1 == job.plane;
  assign first_block = block == '0;
  assign last_block = block + 16'd1 == job.blocks;
  assign ends_image = ends_plane && last_block;

  always_ff @(posedge clock) begin
    if (reset || (step && ends_image && image + 16'd1 == job.images)) begin
      position <= '0;
      offset <= '0;
      block <= '0;
      image <= '0;
      image_base <= '0;
    end else if (step) begin
      position <= ends_plane ? '0 : position + 32'd1;
      offset <= ends_plane ? '0 : offset + 32'(job.blocks);
      if (ends_plane) block <= ends_image ? '0 : block + 16'd1;
      if (ends_image) begin
        image <= image + 16'd1;
        image_base <= image_base + offset + 32'(job.blocks);
      end
    end
  end
endmodule
