// All routes while they are changed, and the jobs that stand in none; a change is undone by its routes.
#pragma once

#include <vector>

#include "instance.h"
#include "route.h"

namespace sisr {

// Where a job stands, and what lies around it: all that pricing a place beside it needs.
struct Stop {
    int route = NOBODY, index = 0;
    int32_t before = 0, after = 0, arc_before = 0, arc_after = 0;  // places and prices of the ways
};

// What is minimised: first the weight of mandatory jobs left out, then money.
struct Value {
    int64_t weight = 0;
    Money money = 0;
    bool operator<(const Value &other) const { return weight != other.weight ? weight < other.weight : money < other.money; }
};

class Solution {
  public:
    explicit Solution(const Instance &instance);

    const Instance &instance;
    std::vector<Route> routes;  // [vehicle]
    std::vector<Stop> stops;    // [job]
    std::vector<int> absent;
    Value value;
    int used = 0;  // vehicles that serve something

    // Take everybody out and drive these routes: those that keep the rules.
    void drive(const std::vector<std::vector<int>> &tours);
    void insert(int job, int vehicle, int after);
    // Take out the jobs `from` … `from + length - 1` of a route but those of the piece kept inside.
    void take_out(int vehicle, int from, int length, int kept_from = 0, int kept = 0);
    // Let two vehicles change their routes; a route that its new courier may not or can't drive is taken out.
    void exchange(int one, int other);

    void commit();  // what was changed stands
    void undo();    // back to the last `commit`
    const std::vector<int> &changes() const { return touched; }  // vehicles changed since the last `commit`
    const std::vector<int> &was_absent() const { return saved_absent; }

  private:
    std::vector<Route> saved;
    std::vector<char> changed;
    std::vector<int> touched, saved_absent;
    Value saved_value;
    int saved_used = 0;

    void touch(int vehicle);
    void renew(int vehicle, Money before);  // after its jobs changed
    void place_stops(int vehicle);
    void leave_out(int job);
};

}  // namespace sisr
