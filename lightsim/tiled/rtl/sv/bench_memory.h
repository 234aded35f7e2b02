// Memory behind the accelerator's ports: its timing, its contents, and the ports' return paths.
//
// An ideal memory is computed in closed form. In a replay every request has to be issued in the
// cycle, and with the address, of a file with lines of
//   channel grant address words write done slot_free
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "Vaccelerator.h"
#include "bench_parameters.h"
#include "verilated.h"

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

// Something is not as it has to be: the run ends here.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

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

  Answer serve(int channel, Cycle now, std::int64_t, std::int64_t words, bool write,
               Cycle port_time) override {
    Cycle& busy_until = busy_until_[channel];
    const Cycle start = std::max(now, busy_until);
    busy_until = start + (words * kWordBytes + bytes_ - 1) / bytes_;
    if (write) return {busy_until + latency_, busy_until};
    Cycle at = port_time;  // the first cycle in which the port's return path is free
    for (std::int64_t i = 0; i < words; ++i) {
      const Cycle available =
          start + latency_ + ((i + 1) * kWordBytes + bytes_ - 1) / bytes_ - 1;
      at = std::max(at, available) + 1;
    }
    return {at, busy_until};
  }

 private:
  Cycle latency_;
  std::int64_t bytes_;
  Cycle busy_until_[kChannels] = {};
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
    if (queue.empty()) throw Failure("request beyond the last in cycle " + std::to_string(now));
    const Line line = queue.front();
    queue.pop_front();
    if (line.grant != now || line.address != address || line.words != words ||
        line.write != int(write)) {
      throw Failure("request: expected cycle " + std::to_string(line.grant) + " address " +
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
    if (!file) throw Failure("cannot read " + path);
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
        for (std::int64_t i = 0; i < request.words; ++i) {
          write_words_.push_back(request.address + i);
        }
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
      if (from + kWordBytes > bytes_.size()) throw Failure("read beyond memory");
      for (int i = 0; i < kWordBytes; ++i) {
        put(top.read_data, p * kPortBits + 8 * i, 8, std::uint8_t(bytes_[from + i]));
      }
      if (++sent == request.words) {
        put(top.read_last, p, 1, 1);
        if (now != request.done - 1) throw Failure("a read's last word is late");
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
      std::vector<char> mask(kWordBytes);
      for (int i = 0; i < kWordBytes; ++i) word[i] = char(get(top.write_data, 8 * i, 8));
      for (int i = top.write_from; i < top.write_to && i < kPortBits; ++i) {
        mask[i / 8] = char(mask[i / 8] | 1 << i % 8);
      }
      pushed_.push_back({word, mask});
    }
    while (!pushed_.empty() && !write_words_.empty()) {
      const std::size_t to = std::size_t(write_words_.front()) * kWordBytes;
      if (to + kWordBytes > bytes_.size()) throw Failure("write beyond memory");
      const auto& [word, mask] = pushed_.front();
      for (int i = 0; i < kWordBytes; ++i) {
        char& held = bytes_[to + i];
        held = char((held & ~mask[i]) | (word[i] & mask[i]));
      }
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
  std::deque<std::pair<std::vector<char>, std::vector<char>>> pushed_;  // words and their masks
};

}  // namespace
