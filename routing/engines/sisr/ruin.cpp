// Ruin: strings of stops are taken out of neighbouring routes; now and then a route is given to another courier first.
#include <cmath>

#include "search.h"

namespace sisr {

void Search::ruin() {
    if (now.used == 0) return;
    int seed = random.below(instance.size());
    for (int tries = 0; now.stops[seed].route == NOBODY && tries < 10; tries++) seed = random.below(instance.size());
    if (instance.fleet() > 1 && random.chance(params.hand_over)) hand_over(seed);
    remove_strings(seed);
}

// The number and length of strings: equations 5 to 9 of the paper.
void Search::remove_strings(int seed) {
    if (now.used == 0) return;
    const double served = instance.size() - static_cast<double>(now.absent.size());
    const double longest = std::min(params.longest, served / now.used);
    const double most_strings = std::max(1.0, 4 * params.removed / (1 + longest) - 1);
    const int strings = static_cast<int>(1 + random.part() * most_strings);
    ruin_number++;
    int done = 0;
    const auto &near = instance.near[seed];
    for (size_t n = 0; n <= near.size() && done < strings; n++) {
        const Stop &stop = now.stops[n == 0 ? seed : near[n - 1]];
        if (stop.route == NOBODY || ruined[stop.route] == ruin_number) continue;
        ruined[stop.route] = ruin_number;
        const double most = std::min(longest, static_cast<double>(now.routes[stop.route].size()));
        remove_string(stop.route, stop.index, static_cast<int>(1 + random.part() * most));
        done++;
    }
}

// Take out a string that holds the stop at `index`; every second one leaves a piece of it standing (a split string).
void Search::remove_string(int vehicle, int index, int length) {
    const int size = now.routes[vehicle].size();
    length = std::min(length, size);
    int kept = 0;
    if (length > 1 && length < size && random.chance(params.split))
        for (kept = 1; length + kept < size && random.chance(params.split);) kept++;
    const int span = length + kept;
    const int lowest = std::max(0, index - span + 1), highest = std::min(index, size - span);
    const int from = lowest + random.below(highest - lowest + 1);
    const int kept_from = kept ? from + 1 + random.below(length - 1) : from;
    now.take_out(vehicle, from, span, kept_from, kept);
}

// Let another courier drive the whole route and take over his: kinds of vehicles first, so that rare ones get their turn.
void Search::hand_over(int job) {
    const int one = now.stops[job].route;
    if (one == NOBODY) return;
    const auto &members = instance.kinds[random.below(static_cast<int>(instance.kinds.size()))].members;
    const int other = members[random.below(static_cast<int>(members.size()))];
    if (instance.kind_of[one] != instance.kind_of[other] && !closed[other] && !closed[one]) now.exchange(one, other);
}

}  // namespace sisr
