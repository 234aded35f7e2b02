// The test bench: memory behind the accelerator's ports, and a record of when layers ended.
//
//   bench ideal LATENCY BYTES BATCHES LAYERS LIMIT    an ideal memory, in closed form
//   bench replay FILE         BATCHES LAYERS LIMIT    requests and their times from a file
//
// In a replay every request has to be issued in the cycle, and with the address, of the file:
// lines of  channel grant address words write done slot_free . Memory is read from and written
// to memory_N.bin for every batch N, LAYERS layers each. LIMIT is the last cycle to run.
// Prints `layer CYCLE`, `tile BEGIN END`, `request ...` lines and at the end `cycles N`.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <string>
#include <vector>

#include "Vaccelerator.h"
#include "bench_parameters.h"
#include "verilated.h"
#if VM_TRACE
#include "verilated_vcd_c.h"
#endif

namespace {

using Cycle = std::int64_t;

constexpr int kWordBytes = kPortBits / 8;
constexpr int kSlots = 2;  // granted requests that a channel holds

struct Answer {
  Cycle done;
  Cycle slot_free;
};

struct Request {
  int stream;
  bool write;
  std::int64_t address;  // words, in all of memory
  std::int64_t words;
  Cycle done;
};

[[noreturn]] void fail(const std::string& what) {
  std::printf("error %s\n", what.c_str());
  std::fflush(stdout);
  std::exit(1);
}

// Sets or reads `bits` bits at bit `at` of a port, whatever type Verilator gave it.
template <typename Port>
std::uint64_t get(const Port& port, int at, int bits) {
  std::uint64_t value = 0;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&port);
  for (int i = 0; i < bits; ++i) {
    value |= std::uint64_t((bytes[(at + i) / 8] >> ((at + i) % 8)) & 1) << i;
  }
  return value;
}

template <typename Port>
void put(Port& port, int at, int bits, std::uint64_t value) {
  auto* bytes = reinterpret_cast<std::uint8_t*>(&port);
  for (int i = 0; i < bits; ++i) {
    const std::uint8_t mask = std::uint8_t(1u << ((at + i) % 8));
    if ((value >> i) & 1) bytes[(at + i) / 8] |= mask;
    else bytes[(at + i) / 8] &= std::uint8_t(~mask);
  }
}

class Timing {
 public:
  virtual ~Timing() = default;
  virtual Answer serve(int channel, Cycle now, std::int64_t address, std::int64_t words,
                       bool write, Cycle port_time) = 0;
};

class Ideal : public Timing {
 public:
  Ideal(Cycle latency, std::int64_t bytes) : latency_(latency), bytes_(bytes) {}

  Answer serve(int, Cycle now, std::int64_t, std::int64_t words, bool write,
               Cycle port_time) override {
    const Cycle start = std::max(now, busy_until_);
    busy_until_ = start + (words * kWordBytes + bytes_ - 1) / bytes_;
    if (write) return {busy_until_ + latency_, busy_until_};
    Cycle at = port_time;  // the first cycle in which the port's return path is free
    for (std::int64_t i = 0; i < words; ++i) {
      const Cycle available =
          start + latency_ + ((i + 1) * kWordBytes + bytes_ - 1) / bytes_ - 1;
      at = std::max(at, available) + 1;
    }
    return {at, busy_until_};
  }

 private:
  Cycle latency_;
  std::int64_t bytes_;
  Cycle busy_until_ = 0;
};

class Replay : public Timing {
 public:
  explicit Replay(const char* path) : expected_(kChannels) {
    std::ifstream file(path);
    int channel;
    Line line;
    while (file >> channel >> line.grant >> line.address >> line.words >> line.write >>
           line.answer.done >> line.answer.slot_free) {
      expected_.at(channel).push_back(line);
    }
  }

  Answer serve(int channel, Cycle now, std::int64_t address, std::int64_t words, bool write,
               Cycle) override {
    auto& queue = expected_.at(channel);
    if (queue.empty()) fail("request beyond the last in cycle " + std::to_string(now));
    const Line line = queue.front();
    queue.pop_front();
    if (line.grant != now || line.address != address || line.words != words ||
        line.write != int(write)) {
      fail("request: expected cycle " + std::to_string(line.grant) + " address " +
           std::to_string(line.address) + " words " + std::to_string(line.words) + " write " +
           std::to_string(line.write) + ", found cycle " + std::to_string(now) + " address " +
           std::to_string(address) + " words " + std::to_string(words) + " write " +
           std::to_string(int(write)));
    }
    return line.answer;
  }

 private:
  struct Line {
    Cycle grant;
    std::int64_t address, words;
    int write;
    Answer answer;
  };
  std::vector<std::deque<Line>> expected_;
};

// Memory, its channels and the ports' return paths.
class Memory {
 public:
  explicit Memory(Timing& timing) : timing_(timing), return_free_(kPorts, 0), reads_(kPorts) {
    slots_.assign(kChannels, std::vector<Cycle>(kSlots, 0));
  }

  void load(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) fail("cannot read " + path);
    bytes_.assign(std::istreambuf_iterator<char>(file), {});
  }

  void save(const std::string& path) const {
    std::ofstream file(path, std::ios::binary);
    file.write(bytes_.data(), std::streamsize(bytes_.size()));
  }

  // Which channels take a request in this cycle; to be set before requests are looked at.
  void offer(Vaccelerator& top, Cycle now) const {
    top.request_ready = 0;
    for (int c = 0; c < kChannels; ++c) {
      bool free = false;
      for (Cycle slot : slots_[c]) free = free || slot <= now;
      put(top.request_ready, c, 1, free);
    }
  }

  void accept(Vaccelerator& top, Cycle now) {
    for (int c = 0; c < kChannels; ++c) {
      if (get(top.request_valid, c, 1) == 0) continue;
      Request request;
      request.stream = int(get(top.request_stream, 2 * c, 2));
      request.write = get(top.request_write, c, 1) != 0;
      const auto local = std::int64_t(get(top.request_address, 32 * c, 32));
      request.words = std::int64_t(get(top.request_words, 32 * c, 32));
      const std::int64_t stripe = local / kInterleave;
      request.address = kChannels == 1
          ? local
          : (stripe * kChannels + c) * kInterleave + local % kInterleave;
      const int port = kPortOf[request.stream];
      const Answer answer =
          timing_.serve(c, now, local, request.words, request.write, return_free_[port]);
      request.done = answer.done;
      if (!request.write) return_free_[port] = answer.done;
      auto& slots = slots_[c];
      (slots[0] <= slots[1] ? slots[0] : slots[1]) = answer.slot_free;
      if (request.write) {
        writes_.push_back(request);
        for (std::int64_t i = 0; i < request.words; ++i) write_words_.push_back(request.address + i);
      } else {
        reads_[port].push_back({request, 0});
      }
    }
  }

  // Words and acknowledgements of this cycle. The words of a read come one a cycle, the last of
  // them in the cycle before it is done.
  void answer(Vaccelerator& top, Cycle now) {
    std::memset(&top.read_valid, 0, sizeof top.read_valid);
    std::memset(&top.read_last, 0, sizeof top.read_last);
    std::memset(&top.read_stream, 0, sizeof top.read_stream);
    std::memset(&top.read_data, 0, sizeof top.read_data);
    for (int p = 0; p < kPorts; ++p) {
      if (reads_[p].empty()) continue;
      auto& [request, sent] = reads_[p].front();
      if (now < request.done - (request.words - sent)) continue;
      put(top.read_valid, p, 1, 1);
      put(top.read_stream, 2 * p, 2, std::uint64_t(request.stream));
      const std::size_t from = std::size_t(request.address + sent) * kWordBytes;
      if (from + kWordBytes > bytes_.size()) fail("read beyond memory");
      for (int i = 0; i < kWordBytes; ++i) {
        put(top.read_data, p * kPortBits + 8 * i, 8, std::uint8_t(bytes_[from + i]));
      }
      if (++sent == request.words) {
        put(top.read_last, p, 1, 1);
        if (now != request.done - 1) fail("a read's last word is late");
        reads_[p].pop_front();
      }
    }
    int acknowledged = 0;
    for (auto request = writes_.begin(); request != writes_.end();) {
      if (request->done - 1 <= now) {
        ++acknowledged;
        request = writes_.erase(request);
      } else {
        ++request;
      }
    }
    top.write_done = acknowledged & 15;
  }

  // A word of a write, in the order of the words; it may come before its request is granted.
  void take_word(const Vaccelerator& top) {
    if (top.write_valid) {
      std::vector<char> word(kWordBytes);
      for (int i = 0; i < kWordBytes; ++i) word[i] = char(get(top.write_data, 8 * i, 8));
      pushed_.push_back(word);
    }
    while (!pushed_.empty() && !write_words_.empty()) {
      const std::size_t to = std::size_t(write_words_.front()) * kWordBytes;
      if (to + kWordBytes > bytes_.size()) fail("write beyond memory");
      std::memcpy(bytes_.data() + to, pushed_.front().data(), kWordBytes);
      pushed_.pop_front();
      write_words_.pop_front();
    }
  }

 private:
  Timing& timing_;
  std::vector<char> bytes_;
  std::vector<std::vector<Cycle>> slots_;
  std::vector<Cycle> return_free_;
  std::vector<std::deque<std::pair<Request, std::int64_t>>> reads_;
  std::deque<Request> writes_;
  std::deque<std::int64_t> write_words_;
  std::deque<std::vector<char>> pushed_;
};

std::string image(int batch, const char* prefix) {
  return std::string(prefix) + "_" + std::to_string(batch) + ".bin";
}

}  // namespace

int main(int argc, char** argv) {
  VerilatedContext context;
  Vaccelerator top(&context);
  Timing* timing = nullptr;
  int at = 1;
  if (argc > 5 && std::string(argv[1]) == "ideal") {
    timing = new Ideal(std::atoll(argv[2]), std::atoll(argv[3]));
    at = 4;
  } else if (argc > 4 && std::string(argv[1]) == "replay") {
    timing = new Replay(argv[2]);
    at = 3;
  } else {
    fail("usage: see the first lines of bench.cpp");
  }
  const int batches = std::atoi(argv[at]);
  const int layers = std::atoi(argv[at + 1]);
  const Cycle limit = std::atoll(argv[at + 2]);

#if VM_TRACE
  context.traceEverOn(true);
  VerilatedVcdC wave;
  top.trace(&wave, 99);
  wave.open("wave.vcd");
#endif
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
  int stored = 0, batch = 0;
  Cycle tile_begin = 0;
  for (Cycle now = 0;; ++now) {
    if (now > limit) fail("no end by cycle " + std::to_string(limit));
    memory.offer(top, now);
    top.clock = 0;
    top.eval();
    memory.take_word(top);
    if (int(top.layers_stored) != stored) {
      stored = top.layers_stored;
      std::printf("layer %lld\n", static_cast<long long>(now));
      if (stored % layers == 0) {
        // What the store pushed last may still be on its way out of the buffer's registers.
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
#if VM_TRACE
    wave.dump(std::uint64_t(2 * now));
#endif
    top.clock = 1;
    top.eval();
#if VM_TRACE
    wave.dump(std::uint64_t(2 * now + 1));
#endif
  }
#if VM_TRACE
  wave.close();
#endif
  top.final();
  delete timing;
  return 0;
}
