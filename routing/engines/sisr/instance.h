// What is searched: the arrays that routing/engines/sisr/instance.py makes of a Model, and what is derived from them once.
//
// Money is in the instance's own unit (a whole part of a dong), so that a route's price is exact; time is in seconds.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace sisr {

using Time = int64_t;
using Money = int64_t;

constexpr Time NEVER = int64_t{1} << 50;      // later than any time of a problem (HORIZON is 2^40)
constexpr int32_t NO_WAY = int32_t{1} << 30;  // a ride this long says that there is none (UNREACHABLE in the matrices)
constexpr int MOST_BREAKS = 4;                // a route is searched with its breaks as states: more are refused beforehand
constexpr int MOST_TRIPS = 3;                  // a bag is filled twice again at most (routing/validate.py)
constexpr int NOBODY = -1;                    // the route of a job that is left out

struct Window {
    Time early, late;
};

// As Python hands it over (ctypes.Structure of the same name and order); see `_FIELDS` in library.py.
extern "C" struct sisr_problem {
    int32_t jobs, vehicles, kinds, places, dimensions, breaks;
    const int32_t *seconds, *metres, *prices;  // [matrix][from][to]
    const int32_t *place;                      // [job]
    const int32_t *first_window;               // [job + 1] into `windows`
    const int64_t *windows;                    // (early, late)
    const int32_t *delivery, *pickup;          // [job][dimension]
    const int64_t *prize;                      // [job] money lost by leaving it out; -1: it must be served
    const int32_t *weight;                     // [job] what leaving a mandatory one out weighs (priority + 1)
    const int64_t *release;                    // [job] earliest departure of the route that carries its delivery; -NEVER: any
    const int32_t *kind;                       // [vehicle]
    const int32_t *seconds_of, *prices_of;     // [kind] number of its matrix; that of `metres` is the one of `seconds`
    const int32_t *start, *end;                // [kind] place
    const int64_t *shift;                      // [kind] (early, late)
    const int64_t *fixed, *work_price;         // [kind] money when used; money for a second of setup (service is in `visit`)
    const int64_t *limits;                     // [kind] (tasks, travel s, metres, duration s); NEVER: none
    const int32_t *capacity;                   // [kind][dimension]
    const int64_t *trips;                      // [kind] (most of them, seconds at the office between two)
    const int32_t *first_break;                // [kind + 1] into the breaks
    const int64_t *break_service;              // [break]
    const int32_t *first_break_window;         // [break + 1] into `break_windows`
    const int64_t *break_windows;
    const int32_t *break_load;                 // [break][dimension] most on board; -1: any
    const uint8_t *allowed;                    // [kind][job]
    const int32_t *setup, *service;            // [kind][job] seconds
    const int64_t *visit;                      // [kind][job] money for the visit itself: onward leg, stranger, service
};

struct Job {
    int place;
    std::vector<Window> windows;
    const int32_t *delivery, *pickup;
    Money prize;
    int weight;
    Time release;
    bool hopeless = false;  // no vehicle could serve it even alone
    bool mandatory() const { return prize < 0; }
    Time open() const {
        Time sum = 0;
        for (const Window &window : windows) sum += window.late - window.early;
        return sum;
    }
};

struct Break {
    Time service;
    std::vector<Window> windows;
    const int32_t *most_load;
    bool by_load = false;
};

// A kind of vehicle: all of one kind are the same to every job.
struct Kind {
    int start, end;
    Window shift;
    Money fixed, work_price;
    int64_t most_tasks, most_travel, most_metres, most_duration;
    const int32_t *capacity;
    int most_trips;
    Time reload;
    std::vector<Break> breaks;
    const int32_t *seconds, *metres, *prices;
    const int32_t *prices_into;  // the same prices, [to][from]
    const uint8_t *allowed;
    const int32_t *setup, *service;
    const int64_t *visit;
    bool whole_route = false;  // a rule binds the route as a whole (its duration, breaks by load): no test in O(1)
    bool by_load = false;      // some break asks for a bag that is not too full
    bool reload_takes_time = false;  // nobody is sooner anywhere by way of the office: a tour too long in one trip is so in several
    bool far_bound = false;    // the sum of its rides or metres is bound
    std::vector<int> members;
};

// The first second at or after `now` inside a window.
inline Time first_start(const std::vector<Window> &windows, Time now) {
    for (const Window &window : windows)
        if (now <= window.late) return std::max(now, window.early);
    return NEVER;
}

// The latest arrival from which service starts by `begin`; -NEVER where there is none.
inline Time last_arrival(const std::vector<Window> &windows, Time begin) {
    for (size_t n = windows.size(); n-- > 0;)
        if (windows[n].early <= begin) return std::min(windows[n].late, begin);
    return -NEVER;
}

class Instance {
  public:
    explicit Instance(const sisr_problem &given);

    int places, dimensions;
    std::vector<Job> jobs;
    std::vector<Kind> kinds;
    std::vector<int> kind_of;  // [vehicle]
    std::vector<std::vector<int>> near;       // for each job the others, nearest first: strings are taken out from there
    std::vector<std::vector<int>> following;  // for each job those it may well stand beside, windows included

    int size() const { return static_cast<int>(jobs.size()); }
    int fleet() const { return static_cast<int>(kind_of.size()); }
    const Kind &kind(int vehicle) const { return kinds[kind_of[vehicle]]; }
    Time work(const Kind &kind, int job, int before) const {
        return kind.service[job] + (before == jobs[job].place ? 0 : kind.setup[job]);
    }
    // Money for a visit from the place before, the way apart.
    Money visit(const Kind &kind, int job, int before) const {
        return kind.visit[job] + (before == jobs[job].place ? 0 : kind.work_price * kind.setup[job]);
    }

  private:
    std::vector<std::vector<int32_t>> transposed;
    double second_price = 0;  // money for a second of riding, on average
    bool reload_takes_time(const Kind &kind) const;
    void find_near();
    int64_t way(int from, int to) const;
    int64_t lost(int from, int to) const;
};

}  // namespace sisr
