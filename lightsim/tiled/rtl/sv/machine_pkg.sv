// What the modules share: the descriptors of the program, and the walk over positions.
//
// Every descriptor is one packed structure, its first field in the highest bits; the fields and
// their order are those of `lightsim/tiled/rtl/program/descriptors.py`, which writes the program's images.
package machine_pkg;

  typedef logic [15:0] dim_t;
  typedef logic signed [15:0] signed_dim_t;
  typedef logic [31:0] addr_t;            // memory words, buffer words
  typedef logic signed [31:0] signed_addr_t;

  // Streams, in the order of the vectors that carry one bit a stream.
  localparam int STREAMS = 4;
  localparam int INPUT = 0;
  localparam int RESIDUAL = 1;
  localparam int WEIGHT = 2;
  localparam int OUTPUT = 3;

  // PE kinds, as the rows of an array are described with.
  localparam logic [3:0] SHIFT_SERIAL = 4'd0;
  localparam logic [3:0] SHIFT_SPATIAL = 4'd1;
  localparam logic [3:0] MULTIPLY_LUT = 4'd2;
  localparam logic [3:0] MULTIPLY_DSP = 4'd3;
  localparam logic [3:0] XNOR = 4'd4;

  // Weight schemes.
  localparam int LIGHTNN1 = 0;
  localparam int LIGHTNN2 = 1;
  localparam int FLIGHTNN = 2;
  localparam int FIXED8 = 3;
  localparam int FIXED4 = 4;
  localparam int BINARY = 5;

  // What the post-processing unit makes of a sum.
  localparam logic [1:0] REQUANTISE = 2'd0;
  localparam logic [1:0] THRESHOLD = 2'd1;
  localparam logic [1:0] RAW = 2'd2;

  // Rounding modes, numbered as in `lightsim/numerics/sums/requantise.py`.
  localparam logic [2:0] FLOOR = 3'd0;
  localparam logic [2:0] HALF_UP = 3'd1;
  localparam logic [2:0] HALF_EVEN = 3'd2;
  localparam logic [2:0] HALF_AWAY = 3'd3;
  localparam logic [2:0] TOWARD_ZERO = 3'd4;

  // What a pass computes.
  localparam logic [1:0] CONVOLUTION = 2'd0;
  localparam logic [1:0] MAXIMUM = 2'd1;
  localparam logic [1:0] AVERAGE = 2'd2;
  localparam logic [1:0] ADDITION = 2'd3;

  // A pass: what stays the same for all its tiles.
  typedef struct packed {
    logic [1:0]  kind;
    logic        depthwise;
    logic        input_signed;
    logic        input_one_bit;
    logic [1:0]  input_field;       // log2 of the bits of its fields
    logic [2:0]  sign_bit;          // the highest bit of an activation that is read
    dim_t        kernel_rows;
    dim_t        kernel_columns;
    dim_t        stride_rows;
    dim_t        stride_columns;
    logic [1:0]  result;            // REQUANTISE, THRESHOLD, RAW
    logic [2:0]  rounding;
    logic [5:0]  shift;
    signed_dim_t lowest;
    signed_dim_t highest;
    logic        adds;              // a residual is added in this pass
    logic        residual_signed;
    logic [1:0]  residual_field;    // log2 of the bits of its fields
    logic [2:0]  add_rounding;
    logic [15:0] own_multiplier;
    logic [5:0]  own_shift;
    logic [15:0] other_multiplier;
    logic [5:0]  other_shift;
    signed_dim_t add_lowest;
    signed_dim_t add_highest;
    logic        output_signed;
    logic [2:0]  output_width;      // log2 of the bits of its fields: 0 to 3, or 5 of raw sums
    dim_t        pool_rows;
    dim_t        pool_columns;
    logic [15:0] multiplier;        // of an average pooling
    dim_t        output_first;      // of a pooling or addition: its first channel in its word
    dim_t        apart_rows;        // rows between two taps of a dilated kernel
    dim_t        apart_columns;
    logic        looks_up;          // the clamped value is looked up
    logic [7:0]  table_number;
    dim_t        again_rows;        // how often a row is read again, of an image made larger
    dim_t        again_columns;
    logic        scales;            // a product with what the residual buffer holds
  } layer_t;

  // A tile: its place in the loops, its box, and what the address generators count with.
  typedef struct packed {
    logic         valid;
    logic         load_input;
    logic         load_weight;
    logic         load_residual;
    logic         first;
    logic         last;
    logic         next_loads_input;   // or there is no next tile in the pass
    logic         next_loads_weight;
    logic         ends_layer;
    dim_t         groups;             // row groups
    dim_t         images;
    dim_t         rows;
    dim_t         columns;
    dim_t         read_rows;
    dim_t         read_columns;
    signed_dim_t  origin_row;         // of the first window, relative to the box that is read
    signed_dim_t  origin_column;
    signed_addr_t base;               // word of the first window's first tap
    signed_addr_t row_step;           // from the last window of a row to the first of the next
    signed_addr_t image_step;         // the same for images
    addr_t        plane;              // words of one channel block of the box
    addr_t        psum;               // first word in the partial-sum memory
    dim_t         output_columns;
    dim_t         output_blocks;
    dim_t         residual_blocks;
    dim_t         blocks;             // channel blocks of a pooling or addition
    dim_t         slot_cycles;        // cycles of one block of a pooling or addition
    dim_t         chunks;             // cycles in which a block's results leave
    dim_t         last_chunks;        // those of the last block of a position
    dim_t         tail;               // cycles from the last slot until the last results leave
    addr_t        apart;              // words of the rows between two taps of a dilated kernel
    dim_t         phase_row;          // how often its first row was read, of an image made larger
    dim_t         phase_column;
    addr_t        phase_right;        // words from the part of one reading to that of the next
    addr_t        phase_down;         // and to that of the next row
  } tile_t;

  // A row group of a tile.
  typedef struct packed {
    dim_t        chunks;              // cycles in which the rows of one position are drained
    dim_t        column_groups;
    dim_t        first_channel;       // channels of the tile that it sums over: this one on,
    dim_t        end_channel;         // up to, not including, this one
    dim_t        first_column_group;
    addr_t       first_offset;        // word offset of the first column group
    dim_t        first_part;          // its part of the word, where a word holds several
    logic [7:0]  passes;
    logic        weight_per_pass;     // every pass reads its own weight word
    logic        pruned;              // all filters are zero: one step that adds nothing
  } group_t;

  // A box of memory words to move, and the layer that has to be open for it.
  typedef struct packed {
    logic        valid;
    logic        ends_layer;
    dim_t        layer;
    addr_t       address;
    addr_t       length;              // words of one run
    dim_t        lines;
    addr_t       line_pitch;
    dim_t        planes;
    addr_t       plane_pitch;
    dim_t        images;
    addr_t       image_pitch;
    addr_t       words;               // words of the whole box
    addr_t       plane;               // words of one channel block of one image
    dim_t        blocks;              // channel blocks of one image
    addr_t       parameters;          // leading words that are parameters (weights only)
    logic [15:0] memories;            // of the buffer that are filled in turn
    logic [15:0] first_bit;           // of the first block's words that is stored (stores only)
    logic [15:0] end_bit;             // behind the last that is, in the last block's words
  } job_t;

  // What travels down the array's pipeline with a step.
  typedef struct packed {
    logic        valid;
    logic        starts;              // first step of its pixel group
    logic        ends;                // last step of its pixel group
    logic        ends_tile;
    logic        opens_group;         // its pixel group is the row group's first
    logic        active;              // a pruned group's step adds nothing
    logic        every_pass;          // every pass has a weight word of its own
    logic [2:0]  pass;
    logic [15:0] column;              // depthwise: the column of the first row's channel
    dim_t        group;
    dim_t        positions;           // in the pixel group
    dim_t        chunks;
  } step_t;

  // Bits of the code that a lane of `kind` reads in a step.
  function automatic integer code_bits(input logic [3:0] kind, input integer scheme);
    case (scheme)
      LIGHTNN1, FIXED4: code_bits = 4;
      LIGHTNN2, FLIGHTNN: code_bits = kind == SHIFT_SERIAL ? 4 : 8;
      FIXED8: code_bits = 8;
      default: code_bits = 1;
    endcase
  endfunction

  // Cycles from a lane's inputs to its product.
  function automatic integer product_latency(input logic [3:0] kind);
    case (kind)
      SHIFT_SPATIAL, MULTIPLY_LUT: product_latency = 2;
      MULTIPLY_DSP: product_latency = 3;
      default: product_latency = 1;
    endcase
  endfunction

  function automatic logic signed [15:0] clamped(
      input logic signed [63:0] number, input signed_dim_t lowest, input signed_dim_t highest);
    if (number < 64'(lowest)) clamped = lowest;
    else if (number > 64'(highest)) clamped = highest;
    else clamped = number[15:0];
  endfunction

  // A position of the computed image in raster order, as the array reads it.
  typedef struct packed {
    logic         exists;             // not beyond the last position
    dim_t         image;
    dim_t         row;
    dim_t         column;
    signed_dim_t  top;                // first row and column of its window
    signed_dim_t  left;
    signed_addr_t base;               // word of the window's first tap
  } position_t;

  function automatic position_t first_position(input tile_t tile);
    position_t p;
    p.exists = 1'b1;
    p.image = '0;
    p.row = '0;
    p.column = '0;
    p.top = tile.origin_row;
    p.left = tile.origin_column;
    p.base = tile.base;
    first_position = p;
  endfunction

  function automatic position_t next_position(
      input position_t at, input tile_t tile, input layer_t layer);
    position_t p;
    p = at;
    if (at.column + 16'd1 != tile.columns) begin
      p.column = at.column + 16'd1;
      p.left = at.left + $signed(layer.stride_columns);
      p.base = at.base + $signed({16'd0, layer.stride_columns});
    end else begin
      p.column = '0;
      p.left = tile.origin_column;
      if (at.row + 16'd1 != tile.rows) begin
        p.row = at.row + 16'd1;
        p.top = at.top + $signed(layer.stride_rows);
        p.base = at.base + tile.row_step;
      end else begin
        p.row = '0;
        p.top = tile.origin_row;
        p.image = at.image + 16'd1;
        p.base = at.base + tile.image_step;
        if (at.image + 16'd1 == tile.images) p.exists = 1'b0;
      end
    end
    next_position = p;
  endfunction

endpackage
