// One courier's route with its states: whether one more stop fits anywhere is known without walking the route.
//
// For every stop and every number of breaks taken by then, `depart` holds the earliest moment of leaving it and `due` the
// latest one from which the rest of the route is kept. A courier who leaves earlier can do whatever one who leaves later
// can, so these two are all there is to know (the same search as routing/timing.py, forwards and backwards).
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "instance.h"

namespace sisr {

using States = std::array<Time, MOST_BREAKS + 1>;  // by the number of breaks taken

class Route {
  public:
    std::vector<int> jobs;         // in order
    std::vector<int32_t> places;   // of stop 0 (the start), 1 … n (the jobs), n + 1 (the end)
    std::vector<int32_t> arcs;     // price of the way from each stop to the next
    Money cost = 0;                // with fixed costs and visits; 0 for an empty route

    bool empty() const { return jobs.empty(); }
    int size() const { return static_cast<int>(jobs.size()); }
    // Serve these jobs in this order.
    void drive(const Instance &instance, const Kind &kind, const std::vector<int> &order);
    // Put other jobs where `length` of them stand from `first` on.
    void replace(const Instance &instance, const Kind &kind, int first, int length, const int *by, int count);
    // What the route costs more with the job after so many others.
    Money growth(const Instance &instance, const Kind &kind, int job, int after) const;
    // Say whether it keeps every rule with the job after so many others; the route itself must keep them.
    bool takes(const Instance &instance, const Kind &kind, int job, int after) const;

  private:
    std::vector<States> depart, due;
    std::vector<int32_t> load, most_before, most_after;  // [stop][dimension] on leaving it; the most up to it, and from it on
    int64_t travel = 0, metres = 0;
    Time start = 0;

    bool fits_in_time(const Instance &instance, const Kind &kind, int job, int after) const;
    void update_loads(const Instance &instance);
    void update_depart(const Instance &instance, const Kind &kind, int first, int last);
    void update_due(const Instance &instance, const Kind &kind, int first, int last);
    uint32_t may_rest(const Instance &instance, const Kind &kind, int stop) const;
    static bool alike(const Kind &kind, const States &one, const States &other);
};

// Say whether a vehicle of this kind keeps every rule on these jobs in this order, walking the whole route.
bool keeps_rules(const Instance &instance, const Kind &kind, const std::vector<int> &jobs);

// Price of a route in the instance's money.
Money price_of(const Instance &instance, const Kind &kind, const std::vector<int> &jobs);

}  // namespace sisr
