// The search: slack induction by string removals (Christiaens and Vanden Berghe 2020), with what docs/search.md adds to it.
#pragma once

#include <functional>
#include <vector>

#include "instance.h"
#include "random.h"
#include "solution.h"

namespace sisr {

// As Python hands it over: routing/engine_params.py:SisrParams says what each is for, in the same order.
extern "C" struct sisr_params {
    double removed, longest, split, hand_over, blink;
    double hot, cold, hot_again;
    double starts, starts_share, serve_share, first_share, fleet_share, fleet_attempt, ripening;
    double neighbours;
};

// Which part of the budget is spent: by time, as told by whoever waits, or by iterations.
class Budget {
  public:
    using Spent = std::function<double()>;
    Budget(int64_t iterations, Spent spent) : most(iterations), ask(std::move(spent)) {}
    // Count an iteration and return the part spent so far; 1 or more: stop.
    double tick();
    double part() const { return now; }
    int64_t iterations() const { return count; }

  private:
    int64_t most, count = 0;
    Spent ask;
    double now = 0, asked_at = 0;
};

class Search {
  public:
    Search(const Instance &instance, const sisr_params &params, uint64_t seed);
    // Search until the budget is spent, from these routes or (where there are none) from nothing.
    void run(Budget &budget, const std::vector<std::vector<int>> &start);

    const std::vector<std::vector<int>> &best() const { return best_tours; }
    const Value &best_value() const { return best_found; }

  private:
    const Instance &instance;
    const sisr_params params;
    Random random;
    Solution now;
    std::vector<std::vector<int>> best_tours;
    Value best_found;
    std::vector<int64_t> absences;   // [job] how often it found no place: who is hard to serve
    std::vector<char> closed;        // [vehicle] nothing may be put there
    std::vector<char> since_best;    // [vehicle] changed since the best was kept
    int most_used;                   // vehicles that may be used
    double again = 0;                // temperature of what goes on from a plan
    int64_t hopeless = 0;            // weight of jobs that nobody can serve
    double penalty;                  // money for a unit of weight left out, while annealing

    // ruin.cpp
    void ruin();
    void remove_strings(int seed);
    void remove_string(int vehicle, int index, int length);
    void hand_over(int job);
    std::vector<uint32_t> ruined;  // [vehicle] the ruin that took something out of it last
    uint32_t ruin_number = 0;

    // recreate.cpp
    void recreate();
    void sort_absent();
    struct Place {
        int vehicle = NOBODY, after = 0;
        Money growth = NEVER * 1024;
    };
    Place best_place(int job);
    void look_everywhere(int job, Place &best);
    void look_beside_neighbours(int job, Place &best);
    void look_at_unused(int job, Place &best);
    bool may_look(const Place &best, Money growth);
    std::vector<int> unused;            // [kind] a vehicle that serves nothing, where one was last seen
    std::vector<Money> far;             // [job] there and back from the nearest start
    std::vector<int64_t> size_of, open_for;  // [job] room in the bag, time its windows are open

    // search.cpp
    void begin(const std::vector<std::vector<int>> &start);
    void anneal(Budget &budget, double until, double hot, double cold);
    bool serve_all(Budget &budget, double until);
    void reduce_fleet(Budget &budget, double until);
    void try_without_one(Budget &budget, double until);
    double mean_arc() const;
    double energy(const Value &value) const { return static_cast<double>(value.money) + penalty * static_cast<double>(value.weight); }
    int64_t absences_of(const std::vector<int> &jobs) const;
    bool keep_if_better();
    void keep();
    void back_to_best();
    void dissolve(int vehicle);
};

}  // namespace sisr
