#include "route.h"

namespace sisr {

constexpr Money NO_TOUR = Money{1} << 45;  // a tour that keeps its rules however it is cut costs less than this

template <class T>
static void widen(std::vector<T> &values, int at, int by) {
    if (by > 0) values.insert(values.begin() + at, by, T{});
    else values.erase(values.begin() + at, values.begin() + at - by);
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
    whole = kind.most_trips == 1 || cut_into_trips(instance, kind);
    update_loads(instance);
    // of several trips the states are those of a courier who waits for nothing and whose bag holds all
    const Time released = departure(instance, kind, jobs, 0, size()), begin = kind.most_trips > 1 ? kind.shift.early : released;
    late = released > kind.shift.early;
    const bool anew = jobs.size() == static_cast<size_t>(count) || kind.whole_route || begin != start;
    start = begin;
    update_depart(instance, kind, anew ? 0 : first, anew ? size() : first + count);
    update_due(instance, kind, anew ? 0 : first, anew ? size() : first + count);
}

// A courier of several trips: say whether all is one trip, whose states are worth knowing; else its ways lead over the office.
bool Route::cut_into_trips(const Instance &instance, const Kind &kind) {
    const bool fine = keeps_rules(instance, kind, jobs, cuts);
    cost = price_of(instance, kind, jobs, cuts) + (fine ? 0 : NO_TOUR);
    for (int at : cuts)
        if (at != NO_CUT)
            arcs[at] = kind.prices[way(instance, places[at], kind.start)] + kind.prices[way(instance, kind.start, places[at + 1])];
    return fine && cuts == UNCUT;
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

bool Route::takes(const Instance &instance, const Kind &kind, int job, int after, Money &growth, Money limit) const {
    if (!kind.allowed[job] || size() >= kind.most_tasks) return false;
    if (kind.most_trips == 1) return takes_uncut(instance, kind, job, after);
    if (kind.reload_takes_time && !fits_in_time(instance, kind, job, after)) return false;
    if (whole && !late && takes_uncut(instance, kind, job, after)) return true;
    static thread_local std::vector<int> grown;
    grown.assign(jobs.begin(), jobs.end());
    grown.insert(grown.begin() + after, job);
    Cuts then;
    if (!keeps_rules(instance, kind, grown, then, limit < ANY_PRICE ? cost + limit : ANY_PRICE)) return false;
    growth = price_of(instance, kind, grown, then) - cost;
    return true;
}

bool Route::takes_uncut(const Instance &instance, const Kind &kind, int job, int after) const {
    const Job &stop = instance.jobs[job];
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
    if (kind.most_trips > 1) return false;  // walked through with all its cuts
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
