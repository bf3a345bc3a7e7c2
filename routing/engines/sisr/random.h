// Random numbers of our own: the same on every machine (xorshift64*, Vigna 2016).
#pragma once

#include <cstdint>

namespace sisr {

class Random {
  public:
    explicit Random(uint64_t seed) : state(seed * 0x9E3779B97F4A7C15u + 0x1234567u) {
        if (state == 0) state = 1;
        for (int n = 0; n < 8; n++) next();
    }
    uint64_t next() {
        state ^= state >> 12, state ^= state << 25, state ^= state >> 27;
        return state * 0x2545F4914F6CDD1Du;
    }
    // 0 … count - 1
    int below(int count) { return static_cast<int>(((next() >> 32) * static_cast<uint64_t>(count)) >> 32); }
    // 0 ≤ x < 1
    double part() { return static_cast<double>(next() >> 11) * (1.0 / 9007199254740992.0); }
    bool chance(double part_of) { return part() < part_of; }

  private:
    uint64_t state;
};

}  // namespace sisr
