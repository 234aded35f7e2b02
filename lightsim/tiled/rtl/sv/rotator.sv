// Turns LANES values by `amount` lanes: what comes in on lane i leaves on lane i + amount.
//
// Amounts are known to be multiples of STEP, a power of two; with STEP = LANES nothing is built.
module rotator #(
    parameter int LANES = 4,
    parameter int WIDTH = 8,
    parameter int STEP = 1
) (
    input  logic [LANES*WIDTH-1:0] in,
    input  logic [15:0]            amount,
    output logic [LANES*WIDTH-1:0] out
);
  localparam int STAGES = $clog2(LANES);

  always_comb begin
    out = in;
    for (int s = 0; s < STAGES; s++) begin
      if ((1 << s) >= STEP && amount[s])
        out = (out << ((1 << s) * WIDTH)) | (out >> ((LANES - (1 << s)) * WIDTH));
    end
  end
endmodule
