#include "route.h"

namespace sisr {

namespace {

constexpr uint32_t ANY_BREAK = ~uint32_t{0};

size_t way(const Instance &instance, int from, int to) { return static_cast<size_t>(from) * instance.places + to; }

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
void cross_back(const Kind &kind, const States &arrive, Time ride, uint32_t may_rest, States &leave) {
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

uint32_t may_rest_with(const Instance &instance, const Kind &kind, const int32_t *load) {
    uint32_t may = ANY_BREAK;
    for (size_t b = 0; b < kind.breaks.size(); b++)
        for (int d = 0; kind.breaks[b].by_load && d < instance.dimensions; d++)
            if (kind.breaks[b].most_load[d] >= 0 && load[d] > kind.breaks[b].most_load[d]) may &= ~(uint32_t{1} << b);
    return may;
}

// Earliest leaving of the start: the shift, and the release of every delivery on board.
Time departure(const Instance &instance, const Kind &kind, const std::vector<int> &jobs) {
    Time start = kind.shift.early;
    for (int job : jobs) start = std::max(start, instance.jobs[job].release);
    return start;
}

States at_start(const Kind &kind, Time start) {
    States states;
    states.fill(NEVER);
    states[0] = start <= kind.shift.late ? start : NEVER;
    return states;
}

// A walk over a whole route, for rules that bind it as one.
class Walk {
  public:
    Walk(const Instance &instance, const Kind &kind, const std::vector<int> &jobs)
        : instance(instance), kind(kind), jobs(jobs), load(instance.dimensions) {}

    bool keeps() {
        if (static_cast<int64_t>(jobs.size()) > kind.most_tasks || !within_loads() || !within_ways()) return false;
        return keeps_span();
    }

  private:
    const Instance &instance;
    const Kind &kind;
    const std::vector<int> &jobs;
    std::vector<int32_t> load;
    uint64_t pattern = 0;  // of the windows that the acts of the last `end_of` fell into
    Time shortest = 0;     // of riding, work and breaks

    bool within_loads() {
        for (int d = 0; d < instance.dimensions; d++) {
            int64_t now = 0;
            for (int job : jobs) now += instance.jobs[job].delivery[d];
            if (now > kind.capacity[d]) return false;
            for (int job : jobs)
                if ((now += instance.jobs[job].pickup[d] - instance.jobs[job].delivery[d]) > kind.capacity[d]) return false;
        }
        return true;
    }

    bool within_ways() {
        int64_t travel = 0, metres = 0;
        int here = kind.start;
        for (size_t n = 0; n <= jobs.size(); n++) {
            const int there = n < jobs.size() ? instance.jobs[jobs[n]].place : kind.end;
            const size_t at = way(instance, here, there);
            if (kind.seconds[at] >= NO_WAY) return false;
            travel += kind.seconds[at], metres += kind.metres[at];
            if (n < jobs.size() && !kind.allowed[jobs[n]]) return false;
            if (n < jobs.size()) shortest += instance.work(kind, jobs[n], here);
            here = there;
        }
        shortest += travel;
        for (const Break &rest : kind.breaks) shortest += rest.service;
        return travel <= kind.most_travel && metres <= kind.most_metres && shortest <= kind.most_duration;
    }

    Time noted(const std::vector<Window> &windows, Time now) {
        size_t n = 0;
        while (n < windows.size() && now > windows[n].late) n++;
        pattern = (pattern ^ (n + 1)) * 0x100000001B3u;  // FNV-1a
        return n < windows.size() ? std::max(now, windows[n].early) : NEVER;
    }

    // The earliest end when leaving at `start`, or NEVER; `pattern` is then that of all starts that move alike.
    Time end_of(Time start) {
        pattern = 0xCBF29CE484222325u;
        States leave = at_start(kind, start), arrive;
        for (int d = 0; d < instance.dimensions; d++) {
            load[d] = 0;
            for (int job : jobs) load[d] += instance.jobs[job].delivery[d];
        }
        const auto first = [this](const std::vector<Window> &windows, Time now) { return noted(windows, now); };
        int here = kind.start;
        for (int job : jobs) {
            const Job &stop = instance.jobs[job];
            cross(kind, leave, kind.seconds[way(instance, here, stop.place)], may_rest_with(instance, kind, load.data()), arrive, first);
            serve(kind, stop.windows, instance.work(kind, job, here), arrive, leave, first);
            for (int d = 0; d < instance.dimensions; d++) load[d] += stop.pickup[d] - stop.delivery[d];
            here = stop.place;
        }
        cross(kind, leave, kind.seconds[way(instance, here, kind.end)], may_rest_with(instance, kind, load.data()), arrive, first);
        const Time end = arrive[kind.breaks.size()];
        return end <= kind.shift.late ? end : NEVER;
    }

    // Some start keeps windows, breaks and the longest duration (routing/timing.py:keeps_span, word for word).
    bool keeps_span() {
        Time start = departure(instance, kind, jobs), before = -1;
        for (Time end; (end = end_of(start)) < NEVER;) {
            const Time span = end - start;
            if (span <= kind.most_duration) return true;
            start = span == before ? first_short(start, last_alike(start)) : end - kind.most_duration;
            before = span;
        }
        return false;
    }

    // The last start with the pattern of this one: until there the end moves by no more than the start does.
    Time last_alike(Time low) {
        Time high = kind.shift.late;
        end_of(low);
        const uint64_t alike = pattern;
        while (low < high) {
            const Time middle = (low + high + 1) / 2;
            if (end_of(middle) < NEVER && pattern == alike) low = middle;
            else high = middle - 1;
        }
        return low;
    }

    // The first of these starts whose route is short enough, or the one after them.
    Time first_short(Time first, Time last) {
        Time low = first + 1, high = last + 1;
        while (low < high) {
            const Time middle = (low + high) / 2, end = end_of(middle);
            if (end < NEVER && end - middle <= kind.most_duration) high = middle;
            else low = middle + 1;
        }
        return low;
    }
};

template <class T>
void widen(std::vector<T> &values, int at, int by) {
    if (by > 0) values.insert(values.begin() + at, by, T{});
    else values.erase(values.begin() + at, values.begin() + at - by);
}

}  // namespace

bool keeps_rules(const Instance &instance, const Kind &kind, const std::vector<int> &jobs) {
    return Walk(instance, kind, jobs).keeps();
}

Money price_of(const Instance &instance, const Kind &kind, const std::vector<int> &jobs) {
    if (jobs.empty()) return 0;
    Money sum = kind.fixed;
    int here = kind.start;
    for (int job : jobs) {
        sum += kind.prices[way(instance, here, instance.jobs[job].place)] + instance.visit(kind, job, here);
        here = instance.jobs[job].place;
    }
    return sum + kind.prices[way(instance, here, kind.end)];
}

void Route::drive(const Instance &instance, const Kind &kind, const std::vector<int> &order) {
    jobs.clear();
    places = {kind.start, kind.end};
    arcs.resize(1), depart.resize(1), due.resize(1);
    replace(instance, kind, 0, 0, order.data(), static_cast<int>(order.size()));
}

void Route::replace(const Instance &instance, const Kind &kind, int first, int length, const int *by, int count) {
    widen(jobs, first, count - length);
    std::copy(by, by + count, jobs.begin() + first);
    widen(places, first + 1, count - length);
    widen(arcs, first, count - length);
    widen(depart, first + 1, count - length);
    widen(due, first + 1, count - length);
    for (int n = first; n < first + count; n++) places[n + 1] = instance.jobs[jobs[n]].place;
    for (int n = first; n <= first + count; n++) arcs[n] = kind.prices[way(instance, places[n], places[n + 1])];
    cost = empty() ? 0 : kind.fixed;
    travel = metres = 0;
    for (int n = 0; n < size(); n++) cost += arcs[n] + instance.visit(kind, jobs[n], places[n]);
    if (!empty()) cost += arcs[size()];
    for (int n = 0; kind.far_bound && n <= size(); n++) {
        const size_t at = way(instance, places[n], places[n + 1]);
        travel += kind.seconds[at], metres += kind.metres[at];
    }
    update_loads(instance);
    const Time begin = departure(instance, kind, jobs);
    const bool anew = jobs.size() == static_cast<size_t>(count) || kind.whole_route || begin != start;
    start = begin;
    update_depart(instance, kind, anew ? 0 : first, anew ? size() : first + count);
    update_due(instance, kind, anew ? 0 : first, anew ? size() : first + count);
}

void Route::update_loads(const Instance &instance) {
    const int count = size(), width = instance.dimensions;
    const size_t room = static_cast<size_t>(count + 1) * width;
    load.resize(room), most_before.resize(room), most_after.resize(room);
    for (int d = 0; d < width; d++) {
        int32_t now = 0;
        for (int job : jobs) now += instance.jobs[job].delivery[d];
        int32_t most = load[d] = most_before[d] = now;
        for (int n = 0; n < count; n++) {
            const Job &job = instance.jobs[jobs[n]];
            const int at = (n + 1) * width + d;
            load[at] = now += job.pickup[d] - job.delivery[d];
            most_before[at] = most = std::max(most, now);
        }
        for (int n = count, at = n * width + d; n >= 0; n--, at -= width)
            most_after[at] = n == count ? load[at] : std::max(load[at], most_after[at + width]);
    }
}

// Forwards from the first stop that changed; beyond the last one only until nothing is different any more.
void Route::update_depart(const Instance &instance, const Kind &kind, int first, int last) {
    States between, leave;
    if (first == 0) depart[0] = at_start(kind, start);
    for (int n = first; n < size(); n++) {
        cross(kind, depart[n], kind.seconds[way(instance, places[n], places[n + 1])], may_rest(instance, kind, n), between, first_start);
        serve(kind, instance.jobs[jobs[n]].windows, instance.work(kind, jobs[n], places[n]), between, leave, first_start);
        if (n > last && alike(kind, leave, depart[n + 1])) return;
        depart[n + 1] = leave;
    }
}

// Backwards from the last stop that changed.
void Route::update_due(const Instance &instance, const Kind &kind, int first, int last) {
    const int breaks = static_cast<int>(kind.breaks.size());
    States arrive, leave;
    for (int n = last; n >= 0; n--) {
        if (n == size()) {
            for (int k = 0; k <= breaks; k++) arrive[k] = k == breaks ? kind.shift.late : -NEVER;
        } else {
            const Time work = instance.work(kind, jobs[n], places[n]);
            for (int k = 0; k <= breaks; k++)
                arrive[k] = due[n + 1][k] > -NEVER ? last_arrival(instance.jobs[jobs[n]].windows, due[n + 1][k] - work) : -NEVER;
        }
        cross_back(kind, arrive, kind.seconds[way(instance, places[n], places[n + 1])], may_rest(instance, kind, n), leave);
        if (n < first && alike(kind, leave, due[n])) return;
        due[n] = leave;
    }
}

bool Route::alike(const Kind &kind, const States &one, const States &other) {
    return std::equal(one.begin(), one.begin() + kind.breaks.size() + 1, other.begin());
}

uint32_t Route::may_rest(const Instance &instance, const Kind &kind, int stop) const {
    return kind.by_load ? may_rest_with(instance, kind, load.data() + stop * instance.dimensions) : ANY_BREAK;
}

Money Route::growth(const Instance &instance, const Kind &kind, int job, int after) const {
    const int before = places[after], here = instance.jobs[job].place, next = places[after + 1];
    const size_t row = static_cast<size_t>(here) * instance.places;
    Money more = Money{kind.prices_into[row + before]} + kind.prices[row + next] + kind.visit[job];
    if (kind.work_price) {  // its setup, and that of the next, which only another place asks for
        more += instance.visit(kind, job, before) - kind.visit[job];
        if (after < size()) more += instance.visit(kind, jobs[after], here) - instance.visit(kind, jobs[after], before);
    }
    return empty() ? more + kind.fixed : more - arcs[after];
}

bool Route::takes(const Instance &instance, const Kind &kind, int job, int after) const {
    const Job &stop = instance.jobs[job];
    if (!kind.allowed[job] || size() >= kind.most_tasks) return false;
    for (int d = 0, at = after * instance.dimensions; d < instance.dimensions; d++, at++)
        if (most_before[at] + stop.delivery[d] > kind.capacity[d] || most_after[at] + stop.pickup[d] > kind.capacity[d]) return false;
    const size_t in = way(instance, places[after], stop.place), out = way(instance, stop.place, places[after + 1]);
    if (kind.seconds[in] >= NO_WAY || kind.seconds[out] >= NO_WAY) return false;
    if (kind.far_bound) {
        const size_t was = way(instance, places[after], places[after + 1]);
        if (travel + kind.seconds[in] + kind.seconds[out] - kind.seconds[was] > kind.most_travel) return false;
        if (metres + kind.metres[in] + kind.metres[out] - kind.metres[was] > kind.most_metres) return false;
    }
    if (!kind.whole_route && stop.release <= start) return fits_in_time(instance, kind, job, after);
    std::vector<int> grown(jobs);
    grown.insert(grown.begin() + after, job);
    return keeps_rules(instance, kind, grown);
}

bool Route::fits_in_time(const Instance &instance, const Kind &kind, int job, int after) const {
    const Job &stop = instance.jobs[job];
    const int breaks = static_cast<int>(kind.breaks.size()), here = stop.place, next = places[after + 1];
    States arrive, leave;
    cross(kind, depart[after], kind.seconds[way(instance, places[after], here)], ANY_BREAK, arrive, first_start);
    serve(kind, stop.windows, instance.work(kind, job, places[after]), arrive, leave, first_start);
    cross(kind, leave, kind.seconds[way(instance, here, next)], ANY_BREAK, arrive, first_start);
    if (after == size()) return arrive[breaks] <= kind.shift.late;
    const Time work = instance.work(kind, jobs[after], here);
    for (int k = 0; k <= breaks; k++) {
        if (arrive[k] >= NEVER) continue;
        const Time begin = first_start(instance.jobs[jobs[after]].windows, arrive[k]);
        if (begin < NEVER && begin + work <= due[after + 1][k]) return true;
    }
    return false;
}

}  // namespace sisr
