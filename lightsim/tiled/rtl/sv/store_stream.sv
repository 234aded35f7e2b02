// The store stream: empties full output banks into memory.
//
// It pushes the words of a request into the port, one a cycle, and shows the request in the cycle
// after the last of them; the words leave the buffer's two read registers two cycles later. A
// transfer is done when every request has been acknowledged. Of a word that other passes or tiles
// have a part of, only the own bits are stored.
module store_stream #(
    parameter int    JOBS = 1,
    parameter IMAGE = "",
    parameter int    PORT_BITS = 64,
    parameter int    LIMIT = 64,
    parameter int    CHANNELS = 1,
    parameter int    INTERLEAVE = 64,
    parameter int    CHANNEL_BITS = 1
) (
    input  logic                    clock,
    input  logic                    reset,
    input  logic                    bank_full,
    output logic                    take,
    output logic                    drop,
    output logic                    layer_stored,
    // buffer reads
    output logic                    read,
    output logic [31:0]                   read_address,
    output logic [15:0]             read_from,     // bits of the word that are stored: this one on,
    output logic [15:0]             read_to,       // up to, not including, this one
    // requests
    output logic                    show,
    output logic [CHANNEL_BITS-1:0] channel,
    output logic [31:0]                   address,
    output logic [31:0]                   words,
    input  logic                    granted,
    input  logic [3:0]              acknowledged
);
  machine_pkg::job_t job;
  logic busy, all_granted, is_last, begins, active;
  logic [31:0] pushed;
  logic [15:0] under_way;
  logic [15:0] still_under_way;

  sequential_rom #(.WIDTH($bits(job)), .DEPTH(JOBS), .IMAGE(IMAGE)) jobs (
      .clock, .reset, .advance(drop), .entry(job)
  );
  request_walker #(
      .LIMIT(LIMIT), .CHANNELS(CHANNELS), .INTERLEAVE(INTERLEAVE), .CHANNEL_BITS(CHANNEL_BITS)
  ) walker (
      .clock, .reset, .job, .granted, .channel, .address, .words, .is_last
  );
  logic first_block, last_block;
  unpack_walker reader (
      .clock, .reset, .job, .step(read), .address(read_address), .first_block, .last_block
  );
  assign read_from = first_block ? job.first_bit : '0;
  assign read_to = last_block ? job.end_bit : 16'(PORT_BITS);

  assign begins = !reset && !busy && job.valid && bank_full;
  assign active = begins || (busy && !all_granted);
  assign take = begins;
  assign read = active && pushed != words;
  assign show = active && pushed == words;
  assign still_under_way = under_way + 16'(granted) - 16'(acknowledged);
  assign drop = (all_granted || (granted && is_last)) && still_under_way == 16'd0;
  assign layer_stored = drop && job.ends_layer;

  always_ff @(posedge clock) begin
    if (reset) begin
      busy <= 1'b0;
      all_granted <= 1'b0;
      pushed <= '0;
      under_way <= '0;
    end else begin
      busy <= (busy || begins) && !drop;
      all_granted <= !drop && (all_granted || (granted && is_last));
      pushed <= granted ? '0 : pushed + 32'(read);
      under_way <= still_under_way;
    end
  end
endmodule
