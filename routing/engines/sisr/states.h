// The moments of a courier by the number of breaks taken: over a ride, and at a stop; the same search as routing/timing.py.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "instance.h"

namespace sisr {

using States = std::array<Time, MOST_BREAKS + 1>;  // by the number of breaks taken

constexpr uint32_t ANY_BREAK = ~uint32_t{0};

inline size_t way(const Instance &instance, int from, int to) { return static_cast<size_t>(from) * instance.places + to; }

// The earliest arrivals after a ride, by breaks taken. A break begins as soon as it may, wherever the courier then is, and
// the ride goes on after it; `may_rest` says by bits which breaks the bag allows between these two stops. `first` is
// `first_start`, or what looks over its shoulder.
template <class First>
void cross(const Kind &kind, const States &from, Time ride, uint32_t may_rest, States &arrive, const First &first) {
    const int breaks = static_cast<int>(kind.breaks.size());
    if (breaks == 0) {
        arrive[0] = from[0] + ride;
        return;
    }
    if (breaks == 1) {  // the ordinary day
        arrive[0] = from[0] + ride, arrive[1] = from[1] + ride;
        if (from[0] >= NEVER || !(may_rest & 1)) return;
        const Time begin = first(kind.breaks[0].windows, from[0]), rest = kind.breaks[0].service;
        if (begin < NEVER) arrive[1] = std::min(arrive[1], std::max(begin, from[0] + ride) + rest);
        return;
    }
    for (int k = 0; k <= breaks; k++) arrive[k] = NEVER;
    for (int k = 0; k <= breaks; k++) {
        Time rested = from[k], rest = 0;
        if (rested >= NEVER) continue;
        for (int taken = k;; taken++) {
            arrive[taken] = std::min(arrive[taken], std::max(rested, from[k] + ride + rest));
            if (taken == breaks || !(may_rest >> taken & 1)) break;
            const Time begin = first(kind.breaks[taken].windows, rested);
            if (begin >= NEVER) break;
            rested = begin + kind.breaks[taken].service;
            rest += kind.breaks[taken].service;
        }
    }
}

// The other way round: the latest departures from which these arrivals are reached.
inline void cross_back(const Kind &kind, const States &arrive, Time ride, uint32_t may_rest, States &leave) {
    const int breaks = static_cast<int>(kind.breaks.size());
    if (breaks == 0) {
        leave[0] = arrive[0] - ride;
        return;
    }
    if (breaks == 1) {
        leave[0] = arrive[0] - ride, leave[1] = arrive[1] - ride;
        if (arrive[1] <= -NEVER || !(may_rest & 1)) return;
        const Time rest = kind.breaks[0].service, begin = last_arrival(kind.breaks[0].windows, arrive[1] - rest);
        if (begin > -NEVER) leave[0] = std::max(leave[0], std::min(begin, arrive[1] - rest - ride));
        return;
    }
    for (int k = 0; k <= breaks; k++) leave[k] = arrive[k] > -NEVER ? arrive[k] - ride : -NEVER;
    for (int taken = 1; taken <= breaks; taken++) {
        if (arrive[taken] <= -NEVER) continue;
        Time begin = arrive[taken], rest = 0;
        for (int k = taken - 1; k >= 0 && (may_rest >> k & 1); k--) {
            begin = last_arrival(kind.breaks[k].windows, begin - kind.breaks[k].service);
            if (begin <= -NEVER) break;
            rest += kind.breaks[k].service;
            leave[k] = std::max(leave[k], std::min(begin, arrive[taken] - rest - ride));
        }
    }
}

// Serve a job at the arrivals: the moments of leaving it.
template <class First>
void serve(const Kind &kind, const std::vector<Window> &windows, Time work, const States &arrive, States &leave, const First &first) {
    for (size_t k = 0; k <= kind.breaks.size(); k++) {
        const Time begin = arrive[k] < NEVER ? first(windows, arrive[k]) : NEVER;
        leave[k] = begin < NEVER ? begin + work : NEVER;
    }
}

inline uint32_t may_rest_with(const Instance &instance, const Kind &kind, const int32_t *load) {
    uint32_t may = ANY_BREAK;
    for (size_t b = 0; b < kind.breaks.size(); b++)
        for (int d = 0; kind.breaks[b].by_load && d < instance.dimensions; d++)
            if (kind.breaks[b].most_load[d] >= 0 && load[d] > kind.breaks[b].most_load[d]) may &= ~(uint32_t{1} << b);
    return may;
}

inline States at_start(const Kind &kind, Time start) {
    States states;
    states.fill(NEVER);
    states[0] = start <= kind.shift.late ? start : NEVER;
    return states;
}

}  // namespace sisr
