// A load stream: waits for its layer and for a free bank, then moves a box of words into it.
//
// The first request is shown in the cycle in which the transfer begins. The bank is full, and
// the next job in hand, in the cycle after the last word has come. An empty box (a tile that
// sees nothing but padding) is full in the cycle in which it begins; it waits for no layer.
module load_stream #(
    parameter int    JOBS = 1,
    parameter IMAGE = "",
    parameter bit    WAITS = 1'b1,   // for its layer to be open
    parameter int    LIMIT = 64,
    parameter int    CHANNELS = 1,
    parameter int    INTERLEAVE = 64,
    parameter int    CHANNEL_BITS = 1
) (
    input  logic                    clock,
    input  logic                    reset,
    input  logic [15:0]                    opened,     // layers opened so far
    input  logic                    bank_free,
    output logic                    acquire,
    output logic                    commit,
    output logic                    at_once,    // commit of an empty box
    output machine_pkg::job_t                    job,
    // requests
    output logic                    show,
    output logic [CHANNEL_BITS-1:0] channel,
    output logic [31:0]                   address,
    output logic [31:0]                   words,
    input  logic                    granted,
    // words
    input  logic                    beat
);
  logic busy, all_granted, is_last, begins, empty;
  logic [31:0] received;

  sequential_rom #(.WIDTH($bits(job)), .DEPTH(JOBS), .IMAGE(IMAGE)) jobs (
      .clock, .reset, .advance(commit), .entry(job)
  );
  request_walker #(
      .LIMIT(LIMIT), .CHANNELS(CHANNELS), .INTERLEAVE(INTERLEAVE), .CHANNEL_BITS(CHANNEL_BITS)
  ) walker (
      .clock, .reset, .job, .granted, .channel, .address, .words, .is_last
  );

  assign begins = !reset && !busy && job.valid && bank_free && (!WAITS || empty || job.layer < opened);
  assign empty = job.words == '0;
  assign acquire = begins;
  assign show = (begins && !empty) || (busy && !all_granted);
  assign at_once = begins && empty;
  assign commit = at_once || (beat && received + 32'd1 == job.words);

  always_ff @(posedge clock) begin
    if (reset) begin
      busy <= 1'b0;
      all_granted <= 1'b0;
      received <= '0;
    end else begin
      busy <= (busy || begins) && !commit;
      all_granted <= !commit && (all_granted || (granted && is_last));
      received <= commit ? '0 : received + 32'(beat);
    end
  end
endmodule
