// The layer barrier: opens a layer START_CYCLES after the one before it has been stored.
module controller #(
    parameter int START_CYCLES = 4
) (
    input  logic clock,
    input  logic reset,
    input  logic layer_stored,
    output logic [15:0] opened,
    output logic [15:0] stored
);
  logic [7:0] wait_cycles;

  always_ff @(posedge clock) begin
    if (reset) begin
      opened <= '0;
      stored <= '0;
      wait_cycles <= 8'(START_CYCLES);
    end else begin
      if (layer_stored) begin
        stored <= stored + 16'd1;
        wait_cycles <= 8'(START_CYCLES);
      end else if (wait_cycles != 8'd0) begin
        wait_cycles <= wait_cycles - 8'd1;
        if (wait_cycles == 8'd1) opened <= opened + 16'd1;
      end
    end
  end
endmodule
