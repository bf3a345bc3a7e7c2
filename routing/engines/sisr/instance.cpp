// Reads the arrays of a problem, and finds out which stops are near to which.
#include "instance.h"

#include "walk.h"

namespace sisr {

constexpr int NEAR = 200;           // neighbours kept: strings are taken from these, and new places are looked for there
constexpr int WAITING_DIVISOR = 5;  // waiting between two stops counts a fifth of being late (PyVRP's neighbourhoods)

static std::vector<Window> windows_of(const int64_t *windows, int from, int to) {
    std::vector<Window> read;
    for (int n = from; n < to; n++) read.push_back({windows[2 * n], windows[2 * n + 1]});
    return read;
}

Instance::Instance(const sisr_problem &given) : places(given.places), dimensions(given.dimensions) {
    const size_t matrix = static_cast<size_t>(places) * places;
    for (int j = 0; j < given.jobs; j++) {
        Job job{given.place[j], windows_of(given.windows, given.first_window[j], given.first_window[j + 1]),
                given.delivery + static_cast<size_t>(j) * dimensions, given.pickup + static_cast<size_t>(j) * dimensions,
                given.prize[j], given.weight[j], given.release[j]};
        jobs.push_back(job);
    }
    std::vector<int> transposed_of;
    for (int k = 0; k < given.kinds; k++) {
        Kind kind{};
        kind.start = given.start[k], kind.end = given.end[k];
        kind.shift = {given.shift[2 * k], given.shift[2 * k + 1]};
        kind.fixed = given.fixed[k], kind.work_price = given.work_price[k];
        const int64_t *limits = given.limits + 4 * k;
        kind.most_tasks = limits[0], kind.most_travel = limits[1];
        kind.most_metres = limits[2], kind.most_duration = limits[3];
        kind.capacity = given.capacity + static_cast<size_t>(k) * dimensions;
        kind.most_trips = static_cast<int>(given.trips[2 * k]), kind.reload = given.trips[2 * k + 1];
        for (int b = given.first_break[k]; b < given.first_break[k + 1]; b++) {
            Break rest{given.break_service[b],
                       windows_of(given.break_windows, given.first_break_window[b], given.first_break_window[b + 1]),
                       given.break_load + static_cast<size_t>(b) * dimensions};
            for (int d = 0; d < dimensions; d++) rest.by_load |= rest.most_load[d] >= 0;
            kind.by_load |= rest.by_load;
            kind.breaks.push_back(rest);
        }
        kind.whole_route = kind.by_load || kind.most_duration < NEVER;
        kind.far_bound = kind.most_travel < NEVER || kind.most_metres < NEVER;
        kind.seconds = given.seconds + matrix * given.seconds_of[k];
        kind.metres = given.metres + matrix * given.seconds_of[k];
        kind.prices = given.prices + matrix * given.prices_of[k];
        const size_t row = static_cast<size_t>(k) * given.jobs;
        kind.allowed = given.allowed + row;
        kind.setup = given.setup + row, kind.service = given.service + row, kind.visit = given.visit + row;
        kinds.push_back(kind);
        transposed_of.push_back(given.prices_of[k]);
    }
    transposed.resize(given.kinds ? *std::max_element(transposed_of.begin(), transposed_of.end()) + 1 : 0);
    for (int k = 0; k < given.kinds; k++) {
        auto &into = transposed[transposed_of[k]];
        if (into.empty()) {
            into.resize(matrix);
            for (int a = 0; a < places; a++)
                for (int b = 0; b < places; b++) into[static_cast<size_t>(b) * places + a] = kinds[k].prices[static_cast<size_t>(a) * places + b];
        }
        kinds[k].prices_into = into.data();
    }
    for (int v = 0; v < given.vehicles; v++) {
        kind_of.push_back(given.kind[v]);
        kinds[given.kind[v]].members.push_back(v);
    }
    for (Kind &kind : kinds) kind.reload_takes_time = kind.most_trips > 1 && !kind.by_load && reload_takes_time(kind);
    for (int j = 0; j < size(); j++)
        jobs[j].hopeless = std::none_of(kinds.begin(), kinds.end(), [&](const Kind &kind) { return keeps_rules(*this, kind, {j}); });
    if (!kinds.empty()) find_near();
}

bool Instance::reload_takes_time(const Kind &kind) const {
    Time spared = 0;  // setup that falls away at the office itself
    for (int j = 0; j < size(); j++)
        if (jobs[j].place == kind.start) spared = std::max<Time>(spared, kind.setup[j]);
    const auto ride = [&](int from, int to) { return Time{kind.seconds[static_cast<size_t>(from) * places + to]}; };
    for (int from = 0; from < places; from++)
        for (int to = 0; to < places; to++)
            if (ride(from, kind.start) + kind.reload + ride(kind.start, to) < ride(from, to) + spared) return false;
    return true;
}

int64_t Instance::way(int from, int to) const {
    const size_t at = static_cast<size_t>(jobs[from].place) * places + jobs[to].place;
    return kinds[0].seconds[at] >= NO_WAY ? NEVER : kinds[0].prices[at];
}

// What the windows make of going from one stop to the other: waiting between the two, or coming too late.
int64_t Instance::lost(int from, int to) const {
    const Job &a = jobs[from], &b = jobs[to];
    if (a.windows.size() != 1 || b.windows.size() != 1) return 0;
    const Time ride = kinds[0].service[from] + kinds[0].seconds[static_cast<size_t>(a.place) * places + b.place];
    const Time waiting = std::max<Time>(0, b.windows[0].early - ride - a.windows[0].late);
    const Time late = std::max<Time>(0, a.windows[0].early + ride - b.windows[0].late);
    return static_cast<int64_t>(second_price * static_cast<double>(waiting / WAITING_DIVISOR + late));
}

static std::vector<int> nearest(std::vector<std::pair<int64_t, int>> &ranked) {
    const size_t count = std::min<size_t>(NEAR, ranked.size());
    std::partial_sort(ranked.begin(), ranked.begin() + count, ranked.end());
    std::vector<int> found;
    for (size_t n = 0; n < count; n++) found.push_back(ranked[n].second);
    return found;
}

void Instance::find_near() {
    double money = 0, seconds = 0;
    for (int j = 1; j < size(); j++) {
        const size_t at = static_cast<size_t>(jobs[j - 1].place) * places + jobs[j].place;
        if (kinds[0].seconds[at] < NO_WAY) money += kinds[0].prices[at], seconds += kinds[0].seconds[at];
    }
    second_price = seconds > 0 ? money / seconds : 1;
    std::vector<std::pair<int64_t, int>> there_and_back, in_a_row;
    for (int j = 0; j < size(); j++) {
        there_and_back.clear(), in_a_row.clear();
        for (int other = 0; other < size(); other++) {
            if (other == j) continue;
            const int64_t out = way(j, other), home = way(other, j);
            there_and_back.push_back({out + home, other});
            in_a_row.push_back({std::min(out + lost(j, other), home + lost(other, j)), other});
        }
        near.push_back(nearest(there_and_back));
        following.push_back(nearest(in_a_row));
    }
}

}  // namespace sisr
