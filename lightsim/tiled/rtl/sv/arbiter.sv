// Which stream's request goes to which memory channel in this cycle.
//
// The channels choose in the order of their numbers: results first, then input and residual in
// turn, then weights. A channel takes a request when it is ready, a port gives one a cycle, and
// only while fewer than OUTSTANDING of its requests are under way.
module arbiter #(
    parameter int PORTS = 4,
    parameter logic [7:0] PORT_OF_INPUT = 0,
    parameter logic [7:0] PORT_OF_RESIDUAL = 0,
    parameter logic [7:0] PORT_OF_WEIGHT = 0,
    parameter logic [7:0] PORT_OF_OUTPUT = 0,
    parameter int OUTSTANDING = 4,
    parameter int CHANNELS = 1,
    parameter int CHANNEL_BITS = 1
) (
    input  logic                                 clock,
    input  logic                                 reset,
    input  logic [machine_pkg::STREAMS-1:0]                   show,
    input  logic [machine_pkg::STREAMS-1:0][CHANNEL_BITS-1:0] wanted,       // channel of each request
    output logic [machine_pkg::STREAMS-1:0]                   granted,
    output logic [CHANNELS-1:0]                  valid,
    output logic [CHANNELS-1:0][1:0]             stream,
    input  logic [CHANNELS-1:0]                  ready,
    input  logic [PORTS-1:0][3:0]                done          // requests done in this cycle
);
  localparam logic [8*machine_pkg::STREAMS-1:0] PORT_OF
      = {PORT_OF_OUTPUT, PORT_OF_WEIGHT, PORT_OF_RESIDUAL, PORT_OF_INPUT};

  logic [CHANNELS-1:0] prefers_residual;
  logic [PORTS-1:0][15:0] under_way;
  logic [PORTS-1:0] taken;
  logic [1:0] candidate;

  always_comb begin
    granted = '0;
    valid = '0;
    stream = '0;
    taken = '0;
    candidate = '0;
    for (int c = 0; c < CHANNELS; c++) begin
      for (int rank = 0; rank < machine_pkg::STREAMS; rank++) begin
        case (rank)
          0: candidate = 2'(machine_pkg::OUTPUT);
          1: candidate = prefers_residual[c] ? 2'(machine_pkg::RESIDUAL) : 2'(machine_pkg::INPUT);
          2: candidate = prefers_residual[c] ? 2'(machine_pkg::INPUT) : 2'(machine_pkg::RESIDUAL);
          default: candidate = 2'(machine_pkg::WEIGHT);
        endcase
        for (int p = 0; p < PORTS; p++) begin
          if (PORT_OF[8*candidate+:8] == 8'(p) && ready[c] && !valid[c] && show[candidate]
              && wanted[candidate] == CHANNEL_BITS'(c) && !taken[p]
              && under_way[p] < 16'(OUTSTANDING)) begin
            valid[c] = 1'b1;
            stream[c] = candidate;
            granted[candidate] = 1'b1;
            taken[p] = 1'b1;
          end
        end
      end
    end
  end

  always_ff @(posedge clock) begin
    if (reset) begin
      prefers_residual <= '0;
      under_way <= '0;
    end else begin
      for (int c = 0; c < CHANNELS; c++) begin
        if (valid[c] && stream[c] == 2'(machine_pkg::INPUT)) prefers_residual[c] <= 1'b1;
        if (valid[c] && stream[c] == 2'(machine_pkg::RESIDUAL)) prefers_residual[c] <= 1'b0;
      end
      for (int p = 0; p < PORTS; p++)
        under_way[p] <= under_way[p] + 16'(taken[p]) - 16'(done[p]);
    end
  end
endmodule
