// Cuts the runs of a job into memory requests and shows them one at a time.
//
// A box is walked image by image, plane by plane, line by line; lines that lie together are one
// run already. A request ends at a multiple of LIMIT words. All counters are offsets and stand
// at zero between jobs, so a new job's first request is there as soon as the job is.
module request_walker #(
    parameter int LIMIT = 64,
    parameter int CHANNELS = 1,
    parameter int INTERLEAVE = 64,  // words
    parameter int CHANNEL_BITS = 1
) (
    input  logic                    clock,
    input  logic                    reset,
    input  machine_pkg::job_t                    job,
    input  logic                    granted,
    output logic [CHANNEL_BITS-1:0] channel,
    output logic [31:0]                   address,   // words, local to the channel
    output logic [31:0]                   words,
    output logic                    is_last
);
  logic [31:0] run_offset, line_offset, plane_offset, image_offset;
  logic [15:0] line, plane, image;
  logic [31:0] global_address, room, left;
  logic ends_run, ends_lines, ends_planes;

  assign global_address = job.address + image_offset + plane_offset + line_offset + run_offset;
  assign left = job.length - run_offset;
  assign room = 32'(LIMIT) - (global_address & 32'(LIMIT - 1));
  assign words = left < room ? left : room;
  assign ends_run = left <= room;
  assign ends_lines = ends_run && line + 16'd1 == job.lines;
  assign ends_planes = ends_lines && plane + 16'd1 == job.planes;
  assign is_last = ends_planes && image + 16'd1 == job.images;

  generate
    if (CHANNELS == 1) begin : one_channel
      assign channel = '0;
      assign address = global_address;
    end else begin : striped
      logic [31:0] stripe;
      assign stripe = global_address / 32'(INTERLEAVE);
      assign channel = CHANNEL_BITS'(stripe % 32'(CHANNELS));
      assign address = (stripe / 32'(CHANNELS)) * 32'(INTERLEAVE)
                     + global_address % 32'(INTERLEAVE);
    end
  endgenerate

  always_ff @(posedge clock) begin
    if (reset || (granted && is_last)) begin
      run_offset <= '0;
      line <= '0;
      line_offset <= '0;
      plane <= '0;
      plane_offset <= '0;
      image <= '0;
      image_offset <= '0;
    end else if (granted) begin
      run_offset <= ends_run ? '0 : run_offset + words;
      if (ends_run) begin
        line <= ends_lines ? '0 : line + 16'd1;
        line_offset <= ends_lines ? '0 : line_offset + job.line_pitch;
      end
      if (ends_lines) begin
        plane <= ends_planes ? '0 : plane + 16'd1;
        plane_offset <= ends_planes ? '0 : plane_offset + job.plane_pitch;
      end
      if (ends_planes) begin
        image <= image + 16'd1;
        image_offset <= image_offset + job.image_pitch;
      end
    end
  end
endmodule
