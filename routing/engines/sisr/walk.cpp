#include "walk.h"

#include "states.h"

namespace sisr {

namespace {

// A walk over a tour that is cut somehow.
class Walk {
  public:
    Walk(const Instance &instance, const Kind &kind, const std::vector<int> &jobs)
        : instance(instance), kind(kind), jobs(jobs), count(static_cast<int>(jobs.size())), load(instance.dimensions), office(1) {}

    // Whether ways and times are kept; what the bag holds has been looked at.
    bool keeps(const Cuts &cut) {
        cuts = cut;
        return within_ways() && keeps_span();
    }

  private:
    const Instance &instance;
    const Kind &kind;
    const std::vector<int> &jobs;
    const int count;
    Cuts cuts = UNCUT;
    std::vector<int32_t> load;
    std::vector<Window> office;  // when the bag may be filled again
    uint64_t pattern = 0;        // of the windows that the acts of the last `end_of` fell into
    Time shortest = 0;           // of riding, work, reloads and breaks

    int end_of_trip(int from) const {
        int to = count;
        for (int at : cuts)
            if (at > from) to = std::min(to, at);
        return to;
    }

    bool within_ways() {
        int64_t travel = 0, metres = 0;
        int here = kind.start;
        const auto ride = [&](int there) {
            const size_t at = way(instance, here, there);
            travel += kind.seconds[at], metres += kind.metres[at];
            here = there;
            return kind.seconds[at] < NO_WAY;
        };
        shortest = 0;
        for (int n = 0; n < count; n++) {
            if (cut_before(cuts, n)) {
                if (!ride(kind.start)) return false;
                shortest += kind.reload;
            }
            const int before = here;
            if (!ride(instance.jobs[jobs[n]].place) || !kind.allowed[jobs[n]]) return false;
            shortest += instance.work(kind, jobs[n], before);
        }
        if (!ride(kind.end)) return false;
        shortest += travel;
        for (const Break &rest : kind.breaks) shortest += rest.service;
        const Time longest = std::min(kind.most_duration, kind.shift.late - kind.shift.early);
        return travel <= kind.most_travel && metres <= kind.most_metres && shortest <= longest;
    }

    Time noted(const std::vector<Window> &windows, Time now) {
        size_t n = 0;
        while (n < windows.size() && now > windows[n].late) n++;
        pattern = (pattern ^ (n + 1)) * 0x100000001B3u;  // FNV-1a
        return n < windows.size() ? std::max(now, windows[n].early) : NEVER;
    }

    void fill(int from) {
        for (int d = 0; d < instance.dimensions; d++) {
            load[d] = 0;
            for (int n = from, to = end_of_trip(from); n < to; n++) load[d] += instance.jobs[jobs[n]].delivery[d];
        }
    }

    // The earliest end when leaving at `start`, or NEVER; `pattern` is then that of all starts that move alike.
    Time end_of(Time start) {
        pattern = 0xCBF29CE484222325u;
        States leave = at_start(kind, start), arrive;
        fill(0);
        const auto first = [this](const std::vector<Window> &windows, Time now) { return noted(windows, now); };
        int here = kind.start;
        const auto ride = [&](int there) {
            cross(kind, leave, kind.seconds[way(instance, here, there)], may_rest_with(instance, kind, load.data()), arrive, first);
        };
        for (int n = 0; n < count; n++) {
            if (cut_before(cuts, n)) {  // until its last delivery is there the bag is not full
                ride(kind.start);
                office[0] = {departure(instance, kind, jobs, n, end_of_trip(n)) - kind.reload, NEVER};
                serve(kind, office, kind.reload, arrive, leave, first);
                fill(n);
                here = kind.start;
            }
            const Job &stop = instance.jobs[jobs[n]];
            ride(stop.place);
            serve(kind, stop.windows, instance.work(kind, jobs[n], here), arrive, leave, first);
            for (int d = 0; d < instance.dimensions; d++) load[d] += stop.pickup[d] - stop.delivery[d];
            here = stop.place;
            if (*std::min_element(leave.begin(), leave.begin() + kind.breaks.size() + 1) >= NEVER) return NEVER;
        }
        ride(kind.end);
        const Time end = arrive[kind.breaks.size()];
        return end <= kind.shift.late ? end : NEVER;
    }

    // Some start keeps windows, breaks and the longest duration (routing/timing.py:keeps_span, word for word).
    bool keeps_span() {
        Time start = departure(instance, kind, jobs, 0, end_of_trip(0)), before = -1;
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

// The ways to cut a tour so that the bag holds each trip.
class Bags {
  public:
    Bags(const Instance &instance, const Kind &kind, const std::vector<int> &jobs)
        : instance(instance), kind(kind), jobs(jobs), count(static_cast<int>(jobs.size())), last(first_of_last_trip()) {}

    bool in_one() const { return last == 0; }

  private:
    const Instance &instance;
    const Kind &kind;
    const std::vector<int> &jobs;
    const int count, last;

    // The first stop from which one bag holds all the rest.
    int first_of_last_trip() const {
        int from = 0;
        for (int d = 0; d < instance.dimensions; d++) {
            int64_t most = 0, out = 0;
            for (int n = count; n-- > from;) {
                const Job &job = instance.jobs[jobs[n]];
                out += job.delivery[d];
                most = std::max(out, most + job.pickup[d]);
                if (most > kind.capacity[d]) from = n + 1;
            }
        }
        return from;
    }

    // Up to where one bag holds a trip that begins there: its most on board grows with every stop.
    int reach(int from) const {
        int to = count;
        for (int d = 0; d < instance.dimensions; d++) {
            int64_t most = 0, picked = 0;
            for (int n = from; n < to; n++) {
                const Job &job = instance.jobs[jobs[n]];
                picked += job.pickup[d];
                most = std::max(most + job.delivery[d], picked);
                if (most > kind.capacity[d]) to = n;
            }
        }
        return to;
    }

  public:
    // All cuts with one or two reloads that add less than `limit` to the price, the cheapest first, of equals the latest.
    // `held` says whether the bag allows any, `dear` whether some are too dear.
    std::vector<Cuts> cuts(int reloads, Money limit, bool &held, bool &dear) const {
        std::vector<std::pair<Money, Cuts>> ways;
        const auto add = [&](Money price, Cuts cuts) {
            held = true;
            if (price < limit) ways.push_back({price, cuts});
            else dear = true;
        };
        const int first_reach = std::min(reach(0), count - reloads), from = std::max(1, last);
        if (reloads == 1)
            for (int at = from; at <= first_reach; at++) add(detour(at), {at, NO_CUT});
        else
            add_pairs(first_reach, from, limit, dear, add);
        std::sort(ways.begin(), ways.end(),
                  [](const auto &a, const auto &b) { return a.first != b.first ? a.first < b.first : a.second > b.second; });
        std::vector<Cuts> sorted;
        for (const auto &way : ways) sorted.push_back(way.second);
        return sorted;
    }

  private:
    template <class Add>
    void add_pairs(int first_reach, int from, Money limit, bool &dear, const Add &add) const {
        static thread_local std::vector<Money> detours;
        detours.assign(1, 0);
        Money least = ANY_PRICE;  // of a second cut
        for (int at = 1; at < count; at++) {
            detours.push_back(detour(at));
            if (at >= from) least = std::min(least, detours[at]);
        }
        for (int at = 1; at <= first_reach; at++) {
            if (detours[at] + least >= limit) {
                dear = true;
                continue;
            }
            for (int second = std::max(at + 1, from), end = std::min(reach(at), count - 1); second <= end; second++)
                add(detours[at] + detours[second], {at, second});
        }
    }

    Money detour(int at) const {
        const int before = instance.jobs[jobs[at - 1]].place, after = instance.jobs[jobs[at]].place;
        const Money there = kind.prices[way(instance, before, kind.start)], back = kind.prices[way(instance, kind.start, after)];
        const Money setup = instance.visit(kind, jobs[at], kind.start) - instance.visit(kind, jobs[at], before);
        return there + back - kind.prices[way(instance, before, after)] + setup;
    }
};

}  // namespace

Time departure(const Instance &instance, const Kind &kind, const std::vector<int> &jobs, int from, int to) {
    Time start = kind.shift.early;
    for (int n = from; n < to; n++) start = std::max(start, instance.jobs[jobs[n]].release);
    return start;
}

// Fewest reloads, then cheapest, then latest; more than the bag asks for only where a release or a light break may ask for it.
bool keeps_rules(const Instance &instance, const Kind &kind, const std::vector<int> &jobs, Cuts &cuts, Money limit) {
    cuts = UNCUT;
    if (static_cast<int64_t>(jobs.size()) > kind.most_tasks) return false;
    const Bags bags(instance, kind, jobs);
    bool held = bags.in_one(), dear = false;
    const Money room = limit < ANY_PRICE ? limit - price_of(instance, kind, jobs, UNCUT) : ANY_PRICE;
    if (held && (room <= 0 || Walk(instance, kind, jobs).keeps(UNCUT))) return room > 0;
    const int count = static_cast<int>(jobs.size());
    const bool more = kind.by_load || departure(instance, kind, jobs, 0, count) > kind.shift.early;
    for (int reloads = 1; reloads < kind.most_trips && (!held || more); reloads++) {
        const std::vector<Cuts> ways = bags.cuts(reloads, room, held, dear);
        Walk walk(instance, kind, jobs);
        for (const Cuts &way : ways) {
            if (!walk.keeps(way)) continue;
            cuts = way;
            return true;
        }
        if (dear) return false;  // what is too dear might keep the rules with so few reloads
    }
    return false;
}

Money price_of(const Instance &instance, const Kind &kind, const std::vector<int> &jobs, const Cuts &cuts) {
    if (jobs.empty()) return 0;
    Money sum = kind.fixed;
    int here = kind.start;
    for (size_t n = 0; n < jobs.size(); n++) {
        const int there = instance.jobs[jobs[n]].place;
        if (cut_before(cuts, static_cast<int>(n))) sum += kind.prices[way(instance, here, kind.start)], here = kind.start;
        sum += kind.prices[way(instance, here, there)] + instance.visit(kind, jobs[n], here);
        here = there;
    }
    return sum + kind.prices[way(instance, here, kind.end)];
}

}  // namespace sisr
