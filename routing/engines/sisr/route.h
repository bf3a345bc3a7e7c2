// One courier's route with its states: whether one more stop fits anywhere is known without walking the route.
//
// For every stop and every number of breaks taken by then, `depart` holds the earliest moment of leaving it and `due` the
// latest one from which the rest of the route is kept. A courier who leaves earlier can do whatever one who leaves later
// can, so these two are all there is to know (the same search as routing/timing.py, forwards and backwards).
#pragma once

#include <algorithm>
#include <vector>

#include "states.h"
#include "walk.h"

namespace sisr {

class Route {
  public:
    std::vector<int> jobs;         // in order
    std::vector<int32_t> places;   // of stop 0 (the start), 1 … n (the jobs), n + 1 (the end)
    std::vector<int32_t> arcs;     // price of the way from each stop to the next
    Money cost = 0;                // with fixed costs and visits; 0 for an empty route
    Cuts cuts = UNCUT;             // where it is cut into trips

    bool empty() const { return jobs.empty(); }
    int size() const { return static_cast<int>(jobs.size()); }
    // Serve these jobs in this order.
    void drive(const Instance &instance, const Kind &kind, const std::vector<int> &order);
    // Put other jobs where `length` of them stand from `first` on.
    void replace(const Instance &instance, const Kind &kind, int first, int length, const int *by, int count);
    // What the route costs more with the job after so many others.
    Money growth(const Instance &instance, const Kind &kind, int job, int after) const;
    // Say whether it keeps every rule with the job after so many others; the route itself must keep them. Where it is cut
    // into trips then, `growth` is what that really costs more, and it has to be less than `limit`.
    bool takes(const Instance &instance, const Kind &kind, int job, int after, Money &growth, Money limit) const;

  private:
    std::vector<States> depart, due;
    std::vector<int32_t> load, most_before, most_after;  // [stop][dimension] on leaving it; the most up to it, and from it on
    bool whole = true, late = false;  // it is one trip; something of it is released after the shift began
    int64_t travel = 0, metres = 0;
    Time start = 0;

    bool takes_uncut(const Instance &instance, const Kind &kind, int job, int after) const;
    bool fits_in_time(const Instance &instance, const Kind &kind, int job, int after) const;
    bool cut_into_trips(const Instance &instance, const Kind &kind);
    void update_loads(const Instance &instance);
    void update_depart(const Instance &instance, const Kind &kind, int first, int last);
    void update_due(const Instance &instance, const Kind &kind, int first, int last);
    uint32_t may_rest(const Instance &instance, const Kind &kind, int stop) const;
    static bool alike(const Kind &kind, const States &one, const States &other);
};

}  // namespace sisr
