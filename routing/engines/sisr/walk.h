// A whole tour, walked stop by stop: the rules that bind it as one, and where it is cut into trips (routing/trips.py).
#pragma once

#include <array>
#include <limits>
#include <vector>

#include "instance.h"

namespace sisr {

// The numbers of stops served before each reload, ascending; NO_CUT where there are fewer reloads.
using Cuts = std::array<int, MOST_TRIPS - 1>;
constexpr int NO_CUT = std::numeric_limits<int>::max();
constexpr Cuts UNCUT = {NO_CUT, NO_CUT};
inline bool cut_before(const Cuts &cuts, int stop) { return stop == cuts[0] || stop == cuts[1]; }

constexpr Money ANY_PRICE = NEVER * 1024;

// Say whether a vehicle of this kind keeps every rule on these jobs in this order, for less than `limit`; `cuts` says how its
// trips are cut then.
bool keeps_rules(const Instance &instance, const Kind &kind, const std::vector<int> &jobs, Cuts &cuts, Money limit = ANY_PRICE);

inline bool keeps_rules(const Instance &instance, const Kind &kind, const std::vector<int> &jobs) {
    Cuts cuts;
    return keeps_rules(instance, kind, jobs, cuts);
}

// Price of a tour in the instance's money.
Money price_of(const Instance &instance, const Kind &kind, const std::vector<int> &jobs, const Cuts &cuts);

// Earliest leaving of the start with these jobs in the bag: the shift, and the release of every delivery.
Time departure(const Instance &instance, const Kind &kind, const std::vector<int> &jobs, int from, int to);

}  // namespace sisr
