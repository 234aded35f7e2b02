// The test bench: runs the accelerator on its memory and records when layers and tiles ended.
//
//   bench ideal LATENCY BYTES BATCHES LAYERS LIMIT [WAVE FROM TO]   an ideal memory
//   bench replay FILE         BATCHES LAYERS LIMIT [WAVE FROM TO]   requests from a file
//
// Memory is as `bench_memory.h` says, read from and written to memory_N.bin and result_N.bin for
// every batch N, LAYERS layers each. LIMIT is the last cycle to run. Built with tracing, the
// cycles FROM to TO are written to the file WAVE (two time steps a cycle: its first half with the
// clock low, in which everything settles, and the rising edge that ends it); TO ends the run.
// Prints `layer CYCLE`, `tile BEGIN END` lines, `error CYCLE WHAT` if something is not as it has
// to be, and at the end `cycles N`.
#include "bench_memory.h"
#if VM_TRACE
#include "verilated_vcd_c.h"
#endif

namespace {

std::string image(int batch, const char* prefix) {
  return std::string(prefix) + "_" + std::to_string(batch) + ".bin";
}

// A waveform of some cycles, if the bench is built for it and asked for one.
class Wave {
 public:
  Wave(Vaccelerator& top, VerilatedContext& context, const char* path, Cycle from, Cycle to)
      : from_(from), to_(to) {
#if VM_TRACE
    if (path == nullptr) return;
    context.traceEverOn(true);
    top.trace(&file_, 99);
    file_.open(path);
#endif
  }

  void dump([[maybe_unused]] Cycle now, [[maybe_unused]] int half) {
#if VM_TRACE
    if (file_.isOpen() && now >= from_ && now <= to_) file_.dump(std::uint64_t(2 * now + half));
#endif
  }

  bool complete(Cycle now) const { return now > to_; }

  void close() {
#if VM_TRACE
    if (file_.isOpen()) file_.close();
#endif
  }

 private:
#if VM_TRACE
  VerilatedVcdC file_;
#endif
  Cycle from_, to_;
};

}  // namespace

int main(int argc, char** argv) {
  VerilatedContext context;
  Vaccelerator top(&context);
  std::unique_ptr<Timing> timing;
  int at = 1;
  if (argc > 6 && std::string(argv[1]) == "ideal") {
    timing = std::make_unique<Ideal>(std::atoll(argv[2]), std::atoll(argv[3]));
    at = 4;
  } else if (argc > 5 && std::string(argv[1]) == "replay") {
    timing = std::make_unique<Replay>(argv[2]);
    at = 3;
  } else {
    std::fprintf(stderr, "usage: see the first lines of bench.cpp\n");
    return 2;
  }
  const int batches = std::atoi(argv[at]);
  const int layers = std::atoi(argv[at + 1]);
  const Cycle limit = std::atoll(argv[at + 2]);
  const bool waves = argc > at + 5;
  Wave wave(top, context, waves ? argv[at + 3] : nullptr, waves ? std::atoll(argv[at + 4]) : 0,
            waves ? std::atoll(argv[at + 5]) : limit);

  Memory memory(*timing);
  memory.load(image(0, "memory"));
  top.request_ready = 0;
  top.write_done = 0;
  std::memset(&top.read_valid, 0, sizeof top.read_valid);
  top.reset = 1;
  for (int i = 0; i < 4; ++i) {
    top.clock = 0;
    top.eval();
    top.clock = 1;
    top.eval();
  }
  top.reset = 0;  // from here on cycle `now` is between two rising edges
  int stored = 0, batch = 0, status = 0;
  Cycle now = 0, tile_begin = 0;
  try {
    for (;; ++now) {
      if (now > limit) throw Failure("no end by cycle " + std::to_string(limit));
      memory.offer(top, now);
      top.clock = 0;
      top.eval();
      memory.take_word(top);
      if (int(top.layers_stored) != stored) {
        stored = top.layers_stored;
        std::printf("layer %lld\n", static_cast<long long>(now));
        if (stored % layers == 0) {
          memory.save(image(batch, "result"));
          if (++batch == batches) {
            std::printf("cycles %lld\n", static_cast<long long>(now));
            break;
          }
          memory.load(image(batch, "memory"));
        }
      }
      memory.accept(top, now);
      memory.answer(top, now);
      top.eval();
      if (top.tile_begins) tile_begin = now;
      if (top.tile_ends) {
        std::printf("tile %lld %lld\n", static_cast<long long>(tile_begin),
                    static_cast<long long>(now + 1));
      }
      wave.dump(now, 0);
      top.clock = 1;
      top.eval();
      wave.dump(now, 1);
      if (wave.complete(now + 1)) break;
    }
  } catch (const Failure& failure) {
    // The layers that were finished can still be compared.
    memory.save(image(batch, "result"));
    std::printf("error %lld %s\n", static_cast<long long>(now), failure.what());
    status = 1;
  }
  wave.close();
  top.final();
  return status;
}
