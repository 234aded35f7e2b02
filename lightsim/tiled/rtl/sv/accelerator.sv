// The whole accelerator: streams, ports, buffers, array, post-processing and controller.
//
// Its parameters come from `design_pkg`, which `lightsim rtl` writes for an accelerator and a
// program. Everything that happens "at T" in docs/machine.md takes effect at the clock edge that
// begins cycle T.
module accelerator #(
    parameter int ROWS = design_pkg::ROWS,
    parameter int COLUMNS = design_pkg::COLUMNS,
    parameter int PIXELS = design_pkg::PIXELS,
    parameter int ACTIVATION_BITS = design_pkg::ACTIVATION_BITS,
    parameter int LATENCY = design_pkg::LATENCY,
    parameter int SCHEME = design_pkg::SCHEME,
    parameter bit TRUNCATES = design_pkg::TRUNCATES,
    parameter int PRODUCTS_PER_DSP = design_pkg::PRODUCTS_PER_DSP,
    parameter int SUM_BITS = design_pkg::SUM_BITS,
    parameter int ACCUMULATOR_BITS = design_pkg::ACCUMULATOR_BITS,
    parameter bit SATURATES = design_pkg::SATURATES,
    parameter int LANES = design_pkg::LANES,
    parameter bit MULTIPLIES = design_pkg::MULTIPLIES,
    parameter int TURN_STEP = design_pkg::TURN_STEP,
    parameter int WORD_BITS = design_pkg::WORD_BITS,
    parameter int NARROW_BITS = design_pkg::NARROW_BITS,
    parameter int LAYER_START_CYCLES = design_pkg::LAYER_START_CYCLES,
    parameter int PARAMETER_SLOTS = design_pkg::PARAMETER_SLOTS,
    parameter logic [ROWS*4-1:0] KINDS = design_pkg::KINDS,
    parameter int PORT_BITS = design_pkg::PORT_BITS,
    parameter int PORTS = design_pkg::PORTS,
    parameter int CHANNELS = design_pkg::CHANNELS,
    parameter int CHANNEL_BITS = design_pkg::CHANNEL_BITS,
    parameter int INTERLEAVE = design_pkg::INTERLEAVE,
    parameter int LIMIT = design_pkg::LIMIT,
    parameter int OUTSTANDING = design_pkg::OUTSTANDING,
    parameter logic [7:0] PORT_OF_INPUT = design_pkg::PORT_OF_INPUT,
    parameter logic [7:0] PORT_OF_WEIGHT = design_pkg::PORT_OF_WEIGHT,
    parameter logic [7:0] PORT_OF_RESIDUAL = design_pkg::PORT_OF_RESIDUAL,
    parameter logic [7:0] PORT_OF_OUTPUT = design_pkg::PORT_OF_OUTPUT,
    parameter int INPUT_BANKS = design_pkg::INPUT_BANKS,
    parameter int INPUT_MEMORIES = design_pkg::INPUT_MEMORIES,
    parameter int INPUT_DEPTH = design_pkg::INPUT_DEPTH,
    parameter int PARTS = design_pkg::PARTS,
    parameter int ONE_BIT_PARTS = design_pkg::ONE_BIT_PARTS,
    parameter bit ONE_BIT_INPUTS = design_pkg::ONE_BIT_INPUTS,
    parameter int FIELDS = design_pkg::FIELDS,
    parameter int WEIGHT_BANKS = design_pkg::WEIGHT_BANKS,
    parameter int WEIGHT_MEMORIES = design_pkg::WEIGHT_MEMORIES,
    parameter int WEIGHT_DEPTH = design_pkg::WEIGHT_DEPTH,
    parameter int RESIDUAL_BANKS = design_pkg::RESIDUAL_BANKS,
    parameter int RESIDUAL_DEPTH = design_pkg::RESIDUAL_DEPTH,
    parameter int OUTPUT_BANKS = design_pkg::OUTPUT_BANKS,
    parameter int OUTPUT_DEPTH = design_pkg::OUTPUT_DEPTH,
    parameter bit ELEMENTWISE = design_pkg::ELEMENTWISE,
    parameter bit DILATES = design_pkg::DILATES,
    parameter bit REPEATS = design_pkg::REPEATS,
    parameter bit SCALES = design_pkg::SCALES,
    parameter bit LOOKS_UP = design_pkg::LOOKS_UP,
    parameter int TABLES = design_pkg::TABLES,
    parameter int PSUM_DEPTH = design_pkg::PSUM_DEPTH,
    parameter int LAYERS = design_pkg::LAYERS,
    parameter int TILES = design_pkg::TILES,
    parameter int GROUPS = design_pkg::GROUPS,
    parameter int INPUT_JOBS = design_pkg::INPUT_JOBS,
    parameter int WEIGHT_JOBS = design_pkg::WEIGHT_JOBS,
    parameter int RESIDUAL_JOBS = design_pkg::RESIDUAL_JOBS,
    parameter int OUTPUT_JOBS = design_pkg::OUTPUT_JOBS
) (
    input  logic                                clock,
    input  logic                                reset,
    // memory channels: granted requests
    output logic [CHANNELS-1:0]                 request_valid,
    output logic [CHANNELS-1:0][1:0]            request_stream,
    output logic [CHANNELS-1:0]                 request_write,
    output logic [CHANNELS-1:0][31:0]           request_address,  // words
    output logic [CHANNELS-1:0][31:0]           request_words,
    input  logic [CHANNELS-1:0]                 request_ready,
    // ports: words of reads, words and acknowledgements of writes
    input  logic [PORTS-1:0]                    read_valid,
    input  logic [PORTS-1:0][1:0]               read_stream,
    input  logic [PORTS-1:0]                    read_last,        // of its request
    input  logic [PORTS-1:0][PORT_BITS-1:0]     read_data,
    output logic                                write_valid,
    output logic [PORT_BITS-1:0]                write_data,
    output logic [15:0]                         write_from,   // bits that are written: this one on,
    output logic [15:0]                         write_to,     // up to, not including, this one
    input  logic [3:0]                          write_done,
    // progress
    output logic [15:0]                         layers_opened,
    output logic [15:0]                         layers_stored,
    output logic                                tile_begins,
    output logic                                tile_ends
);
  localparam int STREAMS = machine_pkg::STREAMS;
  localparam int INPUT = machine_pkg::INPUT;
  localparam int RESIDUAL = machine_pkg::RESIDUAL;
  localparam int WEIGHT = machine_pkg::WEIGHT;
  localparam int OUTPUT = machine_pkg::OUTPUT;

  // --- descriptors in hand ---
  machine_pkg::tile_t tile;
  machine_pkg::layer_t layer, post_layer;
  sequential_rom #(.WIDTH($bits(tile)), .DEPTH(TILES), .IMAGE("tiles.mem")) tile_rom (
      .clock, .reset, .advance(tile_ends), .entry(tile)
  );
  sequential_rom #(.WIDTH($bits(layer)), .DEPTH(LAYERS), .IMAGE("layers.mem")) layer_rom (
      .clock, .reset, .advance(tile_ends && tile.ends_layer), .entry(layer)
  );

  // --- streams and ports ---
  logic [STREAMS-1:0] show, granted;
  logic [STREAMS-1:0][CHANNEL_BITS-1:0] wanted;
  logic [STREAMS-1:0][31:0] address, words;
  logic [PORTS-1:0][3:0] done;
  logic [STREAMS-1:0] beat;
  logic [STREAMS-1:0][PORT_BITS-1:0] word;
  localparam logic [8*STREAMS-1:0] PORT_OF
      = {PORT_OF_OUTPUT, PORT_OF_WEIGHT, PORT_OF_RESIDUAL, PORT_OF_INPUT};

  always_comb begin
    for (int s = 0; s < STREAMS; s++) begin
      beat[s] = 1'b0;
      word[s] = '0;
      for (int p = 0; p < PORTS; p++) begin
        if (PORT_OF[8*s+:8] == 8'(p)) begin
          beat[s] = read_valid[p] && read_stream[p] == 2'(s);
          word[s] = read_data[p];
        end
      end
    end
    for (int p = 0; p < PORTS; p++) begin
      done[p] = 4'(read_valid[p] && read_last[p]);
      if (PORT_OF_OUTPUT == 8'(p)) done[p] = done[p] + write_done;
    end
  end

  arbiter #(
      .PORTS(PORTS), .PORT_OF_INPUT(PORT_OF_INPUT), .PORT_OF_RESIDUAL(PORT_OF_RESIDUAL),
      .PORT_OF_WEIGHT(PORT_OF_WEIGHT), .PORT_OF_OUTPUT(PORT_OF_OUTPUT),
      .OUTSTANDING(OUTSTANDING), .CHANNELS(CHANNELS), .CHANNEL_BITS(CHANNEL_BITS)
  ) arbitration (
      .clock, .reset, .show, .wanted, .granted, .valid(request_valid), .stream(request_stream),
      .ready(request_ready), .done
  );
  always_comb begin
    for (int c = 0; c < CHANNELS; c++) begin
      request_write[c] = request_valid[c] && request_stream[c] == 2'(OUTPUT);
      request_address[c] = request_valid[c] ? address[request_stream[c]] : '0;
      request_words[c] = request_valid[c] ? words[request_stream[c]] : '0;
    end
  end

  // --- buffers' banks ---
  logic input_free, input_full, input_fill_bank, input_read_bank, input_acquire, input_commit;
  logic weight_free, weight_full, weight_fill_bank, weight_read_bank;
  logic weight_acquire, weight_commit;
  logic residual_free, residual_full, residual_fill_bank, residual_read_bank;
  logic residual_acquire, residual_commit, residual_drop;
  logic output_free, output_full, output_fill_bank, output_read_bank;
  logic output_commit, output_take, output_drop;

  banks #(.BANKS(INPUT_BANKS)) input_banks (
      .clock, .reset, .acquire(input_acquire), .commit(input_commit),
      .take(tile_begins && tile.load_input), .drop(tile_ends && tile.next_loads_input),
      .free(input_free), .full(input_full),
      .fill_bank(input_fill_bank), .read_bank(input_read_bank)
  );
  banks #(.BANKS(WEIGHT_BANKS)) weight_banks (
      .clock, .reset, .acquire(weight_acquire), .commit(weight_commit),
      .take(tile_begins && tile.load_weight), .drop(tile_ends && tile.next_loads_weight),
      .free(weight_free), .full(weight_full),
      .fill_bank(weight_fill_bank), .read_bank(weight_read_bank)
  );
  banks #(.BANKS(RESIDUAL_BANKS)) residual_banks (
      .clock, .reset, .acquire(residual_acquire), .commit(residual_commit),
      .take(tile_begins && tile.load_residual), .drop(residual_drop),
      .free(residual_free), .full(residual_full),
      .fill_bank(residual_fill_bank), .read_bank(residual_read_bank)
  );
  banks #(.BANKS(OUTPUT_BANKS)) output_banks (
      .clock, .reset, .acquire(tile_begins && tile.last), .commit(output_commit),
      .take(output_take), .drop(output_drop),
      .free(output_free), .full(output_full),
      .fill_bank(output_fill_bank), .read_bank(output_read_bank)
  );

  // --- load and store streams ---
  machine_pkg::job_t input_job, weight_job, residual_job;
  logic input_at_once, weight_at_once, residual_at_once;
  load_stream #(
      .JOBS(INPUT_JOBS), .IMAGE("input_jobs.mem"), .LIMIT(LIMIT), .CHANNELS(CHANNELS),
      .INTERLEAVE(INTERLEAVE), .CHANNEL_BITS(CHANNEL_BITS)
  ) input_stream (
      .clock, .reset, .opened(layers_opened), .bank_free(input_free),
      .acquire(input_acquire), .commit(input_commit), .at_once(input_at_once),
      .job(input_job),
      .show(show[INPUT]), .channel(wanted[INPUT]), .address(address[INPUT]),
      .words(words[INPUT]), .granted(granted[INPUT]), .beat(beat[INPUT])
  );
  load_stream #(
      .JOBS(RESIDUAL_JOBS), .IMAGE("residual_jobs.mem"), .LIMIT(LIMIT), .CHANNELS(CHANNELS),
      .INTERLEAVE(INTERLEAVE), .CHANNEL_BITS(CHANNEL_BITS)
  ) residual_stream (
      .clock, .reset, .opened(layers_opened), .bank_free(residual_free),
      .acquire(residual_acquire), .commit(residual_commit), .at_once(residual_at_once),
      .job(residual_job),
      .show(show[RESIDUAL]), .channel(wanted[RESIDUAL]), .address(address[RESIDUAL]),
      .words(words[RESIDUAL]), .granted(granted[RESIDUAL]), .beat(beat[RESIDUAL])
  );
  load_stream #(
      .JOBS(WEIGHT_JOBS), .IMAGE("weight_jobs.mem"), .WAITS(1'b0), .LIMIT(LIMIT),
      .CHANNELS(CHANNELS), .INTERLEAVE(INTERLEAVE), .CHANNEL_BITS(CHANNEL_BITS)
  ) weight_stream (
      .clock, .reset, .opened(layers_opened), .bank_free(weight_free),
      .acquire(weight_acquire), .commit(weight_commit), .at_once(weight_at_once),
      .job(weight_job),
      .show(show[WEIGHT]), .channel(wanted[WEIGHT]), .address(address[WEIGHT]),
      .words(words[WEIGHT]), .granted(granted[WEIGHT]), .beat(beat[WEIGHT])
  );

  logic layer_stored, output_read, output_read_1;
  logic [15:0] output_from, output_to, output_from_1, output_to_1;
  logic [31:0] output_read_address;
  store_stream #(
      .JOBS(OUTPUT_JOBS), .IMAGE("output_jobs.mem"), .PORT_BITS(PORT_BITS), .LIMIT(LIMIT),
      .CHANNELS(CHANNELS), .INTERLEAVE(INTERLEAVE), .CHANNEL_BITS(CHANNEL_BITS)
  ) output_stream (
      .clock, .reset, .bank_full(output_full), .take(output_take), .drop(output_drop),
      .layer_stored, .read(output_read), .read_address(output_read_address),
      .read_from(output_from), .read_to(output_to),
      .show(show[OUTPUT]), .channel(wanted[OUTPUT]), .address(address[OUTPUT]),
      .words(words[OUTPUT]), .granted(granted[OUTPUT]), .acknowledged(write_done)
  );
  always_ff @(posedge clock) begin
    output_read_1 <= output_read && !reset;
    write_valid <= output_read_1 && !reset;
    {output_from_1, output_to_1} <= {output_from, output_to};
    {write_from, write_to} <= {output_from_1, output_to_1};
  end

  controller #(.START_CYCLES(LAYER_START_CYCLES)) barrier (
      .clock, .reset, .layer_stored, .opened(layers_opened), .stored(layers_stored)
  );

  // --- the tile in the array: it begins in the cycle in which all it needs is there ---
  logic [15:0] layers_computed;
  logic idle, ready, enable, snapshot_busy, snapshot_empties;

  assign ready = !reset && idle && tile.valid && layers_opened != layers_computed
      && (!tile.load_input || input_full || input_at_once) && (!tile.load_weight || weight_full)
      && (!tile.load_residual || residual_full) && (!tile.last || output_free);
  assign tile_begins = ready;
  always_ff @(posedge clock) begin
    idle <= reset || tile_ends || (idle && !tile_begins);
    if (tile_begins) post_layer <= layer;
    if (reset) layers_computed <= '0;
    else if (tile_ends && tile.ends_layer) layers_computed <= layers_computed + 16'd1;
  end

  // --- steps, and their way down the pipeline ---
  localparam int DEPTH = 2 + LATENCY + $clog2(COLUMNS) + 1;
  machine_pkg::step_t issued;
  localparam int STEP_BITS = $bits(issued);
  logic [DEPTH:0][STEP_BITS-1:0] step;      // step[i] was issued i cycles ago
  logic [DEPTH:1][STEP_BITS-1:0] later;
  machine_pkg::step_t product_step, fetch_step, sum_step, summed_step;
  logic [PIXELS-1:0][31:0] input_address;
  logic [PIXELS-1:0] is_image;
  logic [15:0] part;
  logic [COLUMNS-1:0] mask, carried;
  logic weight_advance, weight_rewind, weight_mark, weight_restart;

  step_generator #(
      .COLUMNS(COLUMNS), .PIXELS(PIXELS), .PARTS(PARTS), .ONE_BIT_PARTS(ONE_BIT_PARTS),
      .DILATES(DILATES), .FIELDS(FIELDS),
      .GROUPS(GROUPS), .GROUP_IMAGE("groups.mem")
  ) steps (
      .clock, .reset, .enable, .begins(tile_begins && layer.kind == machine_pkg::CONVOLUTION), .tile, .layer,
      .step(issued), .address(input_address), .is_image, .part, .mask,
      .weight_advance, .weight_rewind, .weight_mark, .weight_restart
  );

  assign step = {later, issued};
  assign product_step = step[2];         // with the products
  assign fetch_step = step[DEPTH-3];     // reads bias or partial sum
  assign sum_step = step[DEPTH-1];       // with the accumulation
  assign summed_step = step[DEPTH];      // its sums are there
  always_ff @(posedge clock) begin
    if (reset) later <= '0;
    else if (enable) later <= step[DEPTH-1:0];
  end

  // --- poolings and additions that are passes of their own ---
  logic element_reads, element_ends, element_drained, element_leaves;
  logic [31:0] element_address, element_word;
  logic [LANES-1:0] element_valid;
  logic [LANES*32-1:0] element_value;
  logic [LANES*16-1:0] element_channel;
  if (ELEMENTWISE) begin : has_elementwise
    elementwise #(
        .PORT_BITS(PORT_BITS), .MEMORIES(INPUT_MEMORIES), .LANES(LANES), .REPEATS(REPEATS),
        .ONE_BIT(ONE_BIT_INPUTS), .FIELDS(FIELDS)
    ) unit (
        .clock, .reset, .begins(tile_begins && layer.kind != machine_pkg::CONVOLUTION),
        .post_free(!snapshot_busy), .tile, .layer, .post_layer, .reads(element_reads),
        .read_address(element_address), .words(input_words[0]), .ends(element_ends),
        .drained(element_drained), .leaves(element_leaves), .valid(element_valid),
        .value(element_value), .channel(element_channel), .word_address(element_word)
    );
  end else begin : no_elementwise
    assign element_reads = 1'b0;
    assign element_ends = 1'b0;
    assign element_drained = 1'b0;
    assign element_leaves = 1'b0;
    assign element_address = '0;
    assign element_word = '0;
    assign element_valid = '0;
    assign element_value = '0;
    assign element_channel = '0;
  end

  // --- buffers ---
  logic [15:0] fill_memory;
  logic [31:0] fill_address;
  logic [PIXELS-1:0][COLUMNS-1:0][ACTIVATION_BITS:0] values;
  logic [PIXELS-1:0][INPUT_MEMORIES*PORT_BITS-1:0] input_words;
  input_fill input_filling (
      .clock, .reset, .job(input_job), .step(beat[INPUT]), .ends(input_commit),
      .memory(fill_memory), .address(fill_address)
  );
  logic [PIXELS-1:0][31:0] buffer_address;
  always_comb begin
    buffer_address = input_address;
    if (element_reads) buffer_address[0] = element_address;
  end
  input_buffer #(
      .PORT_BITS(PORT_BITS), .COLUMNS(COLUMNS), .PIXELS(PIXELS), .MEMORIES(INPUT_MEMORIES),
      .DEPTH(INPUT_DEPTH), .BANKS(INPUT_BANKS), .ONE_BIT(ONE_BIT_INPUTS), .FIELDS(FIELDS),
      .ACTIVATION_BITS(ACTIVATION_BITS)
  ) inputs (
      .clock, .write(beat[INPUT]), .write_bank(input_fill_bank), .write_memory(fill_memory),
      .write_address(fill_address), .write_data(word[INPUT]), .enable,
      .read_bank(input_read_bank), .read_address(buffer_address), .is_image, .part, .mask,
      .is_signed(layer.input_signed), .one_bit(layer.input_one_bit), .field(layer.input_field),
      .values, .carried, .words(input_words)
  );

  logic [31:0] weight_received;
  logic fills_parameters;
  assign fills_parameters = weight_received < weight_job.parameters;
  always_ff @(posedge clock) begin
    if (reset || weight_commit) weight_received <= '0;
    else weight_received <= weight_received + 32'(beat[WEIGHT]);
  end

  logic [ROWS-1:0][63:0] slots;
  logic [WORD_BITS-1:0] codes;
  parameter_memory #(
      .PORT_BITS(PORT_BITS), .ROWS(ROWS), .SLOTS(PARAMETER_SLOTS), .BANKS(WEIGHT_BANKS)
  ) parameters (
      .clock, .reset, .fill(beat[WEIGHT] && fills_parameters), .fill_bank(weight_fill_bank),
      .fill_ends(weight_commit), .fill_data(word[WEIGHT]), .enable,
      .read_bank(weight_read_bank), .read_group(fetch_step.group), .slots
  );
  weight_buffer #(
      .PORT_BITS(PORT_BITS), .WORD_BITS(WORD_BITS), .NARROW_BITS(NARROW_BITS),
      .MEMORIES(WEIGHT_MEMORIES), .DEPTH(WEIGHT_DEPTH), .BANKS(WEIGHT_BANKS)
  ) weights (
      .clock, .reset, .fill(beat[WEIGHT] && !fills_parameters), .fill_bank(weight_fill_bank),
      .fill_ends(weight_commit), .fill_memories(weight_job.memories),
      .fill_data(word[WEIGHT]), .enable, .read_bank(weight_read_bank), .narrow(layer.depthwise),
      .advance(weight_advance), .rewind(weight_rewind), .mark(weight_mark),
      .restart(weight_restart), .codes
  );

  // --- array, with sums from the bias or from the partial-sum memory ---
  logic [PIXELS-1:0][ROWS-1:0][SUM_BITS-1:0] from, partial, sums;
  logic [ROWS-1:0][31:0] row_parameters;
  logic ends_sums, capture;

  always_comb begin
    for (int p = 0; p < PIXELS; p++)
      for (int r = 0; r < ROWS; r++)
        from[p][r] = tile.first ? SUM_BITS'($signed(slots[r][31:0])) : partial[p][r];
  end
  pe_array #(
      .ROWS(ROWS), .COLUMNS(COLUMNS), .PIXELS(PIXELS), .KINDS(KINDS), .SCHEME(SCHEME),
      .TRUNCATES(TRUNCATES), .LATENCY(LATENCY), .PRODUCTS_PER_DSP(PRODUCTS_PER_DSP),
      .WORD_BITS(WORD_BITS), .SUM_BITS(SUM_BITS), .ACTIVATION_BITS(ACTIVATION_BITS)
  ) array (
      .clock, .enable, .depthwise(layer.depthwise), .one_bit(layer.input_one_bit),
      .input_signed(layer.input_signed), .sign_bit(layer.sign_bit), .product_step, .carried, .x(values), .codes,
      .sum_step, .from, .sums
  );
  always_ff @(posedge clock) begin
    if (enable && sum_step.valid && sum_step.starts)
      for (int r = 0; r < ROWS; r++)
        row_parameters[r] <= {slots[r][63:48], slots[r][47:32]};
  end

  assign ends_sums = summed_step.valid && summed_step.ends;
  assign enable = !(ends_sums && tile.last && snapshot_busy && !snapshot_empties);
  assign capture = ends_sums && tile.last && enable;
  assign tile_ends = element_ends || (ends_sums && summed_step.ends_tile && enable);

  if (PSUM_DEPTH == 0) begin : no_partial_sums
    assign partial = '0;
  end else begin : partial_sums
    psum_memory #(.WIDTH(PIXELS * ROWS * SUM_BITS), .DEPTH(PSUM_DEPTH)) slots_of_sums (
        .clock, .reset, .enable, .slot(tile.psum), .restart(tile_ends),
        .read_next(fetch_step.valid && fetch_step.starts), .read_data(partial),
        .write(ends_sums && !tile.last), .write_data(sums)
    );
  end

  // --- the way out: of the snapshot, or of a pooling or addition ---
  logic [LANES-1:0] drained, leaving;
  logic [LANES*32-1:0] drained_value, leaving_value;
  logic [LANES*16-1:0] drained_multiplier, drained_channel, leaving_multiplier, leaving_channel;
  logic opens_window, drained_tile;
  logic [31:0] drained_output, drained_residual;
  drain #(
      .ROWS(ROWS), .PIXELS(PIXELS), .LANES(LANES), .SUM_BITS(SUM_BITS),
      .ACCUMULATOR_BITS(ACCUMULATOR_BITS), .SATURATES(SATURATES)
  ) snapshot (
      .clock, .reset, .capture, .captured_step(summed_step), .tile, .layer(post_layer), .sums,
      .parameters(row_parameters), .busy(snapshot_busy), .empties(snapshot_empties),
      .ends_tile(drained_tile), .valid(drained), .value(drained_value),
      .multiplier(drained_multiplier), .channel(drained_channel), .opens_window,
      .output_base(drained_output), .residual_base(drained_residual)
  );
  assign leaving = element_leaves ? element_valid : drained;
  assign leaving_value = element_leaves ? element_value : drained_value;
  assign leaving_multiplier = element_leaves ? {LANES{post_layer.multiplier}} : drained_multiplier;
  assign leaving_channel = element_leaves ? element_channel : drained_channel;

  logic [15:0] residual_turn;
  logic [LANES*32-1:0] residual_index, write_index, write_value;
  logic [LANES*9-1:0] residual;
  logic [LANES-1:0] write;
  logic write_bank, write_opens_window;
  post_processing #(
      .PORT_BITS(PORT_BITS), .LANES(LANES), .MULTIPLIES(MULTIPLIES), .SCALES(SCALES),
      .LOOKS_UP(LOOKS_UP), .TABLES(TABLES), .TURN_STEP(TURN_STEP), .BANKS(OUTPUT_BANKS),
      .FIELDS(FIELDS)
  ) post (
      .clock, .reset, .layer(post_layer), .valid(leaving), .value(leaving_value),
      .multiplier(leaving_multiplier), .position(leaving_channel),
      .opens_window(element_leaves || opens_window),
      .output_base(element_leaves ? element_word : drained_output),
      .residual_base(element_leaves ? element_word : drained_residual),
      .ends_tile(drained_tile || element_drained), .residual_turn, .residual_index, .residual,
      .write, .write_bank, .write_opens_window, .write_index, .write_value, .full(output_commit)
  );
  assign residual_drop = (drained_tile || element_drained) && (post_layer.adds || post_layer.scales);

  logic [31:0] residual_fill_address;
  unpack_walker residual_filling (
      .clock, .reset, .job(residual_job), .step(beat[RESIDUAL]), .address(residual_fill_address),
      .first_block(), .last_block()
  );
  residual_buffer #(
      .PORT_BITS(PORT_BITS), .LANES(LANES), .DEPTH(RESIDUAL_DEPTH), .BANKS(RESIDUAL_BANKS),
      .FIELDS(FIELDS)
  ) residuals (
      .clock, .write(beat[RESIDUAL]), .write_bank(residual_fill_bank),
      .write_address(residual_fill_address), .write_data(word[RESIDUAL]),
      .read_bank(residual_read_bank), .is_signed(post_layer.residual_signed),
      .write_field(layer.residual_field), .field(post_layer.residual_field),
      .turn(residual_turn), .index(residual_index), .value(residual)
  );
  output_buffer #(
      .PORT_BITS(PORT_BITS), .LANES(LANES), .DEPTH(OUTPUT_DEPTH), .BANKS(OUTPUT_BANKS),
      .ONE_BIT(ONE_BIT_INPUTS), .FIELDS(FIELDS)
  ) outputs (
      .clock, .reset, .layer(post_layer), .write, .write_bank, .opens_window(write_opens_window),
      .index(write_index), .value(write_value), .read_bank(output_read_bank),
      .read_address(output_read_address), .read_data(write_data)
  );
endmodule
