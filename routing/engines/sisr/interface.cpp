// What Python calls (routing/engines/sisr/library.py). The arrays of a problem stay Python's and must outlive the engine.
#include <memory>

#include "search.h"

using namespace sisr;

struct sisr_engine {
    explicit sisr_engine(const sisr_problem &problem) : instance(problem) {}
    Instance instance;
    std::unique_ptr<Search> search;
};

#pragma GCC visibility push(default)
extern "C" {

// Of the structures and functions below: another number than Python's is another library.
int32_t sisr_version() { return 2; }

sisr_engine *sisr_new(const sisr_problem *problem) { return new sisr_engine(*problem); }

void sisr_delete(sisr_engine *engine) { delete engine; }

// Search by `iterations`, or (where they are 0) until `spent` says 1; `lengths` and `jobs` are the routes to begin with.
// Returns the iterations.
int64_t sisr_search(sisr_engine *engine, const sisr_params *params, uint64_t seed, int64_t iterations, double (*spent)(),
                    const int32_t *lengths, const int32_t *jobs) {
    std::vector<std::vector<int>> start;
    for (int v = 0; v < engine->instance.fleet(); jobs += lengths[v++]) start.emplace_back(jobs, jobs + lengths[v]);
    Budget budget(iterations, spent);
    engine->search = std::make_unique<Search>(engine->instance, *params, seed);
    engine->search->run(budget, start);
    return budget.iterations();
}

// Write the best routes found so far: how long each is, and the jobs of all in a row. May be called by `spent`.
void sisr_best(const sisr_engine *engine, int32_t *lengths, int32_t *jobs) {
    for (const auto &tour : engine->search->best()) {
        *lengths++ = static_cast<int32_t>(tour.size());
        jobs = std::copy(tour.begin(), tour.end(), jobs);
    }
}

// Weight left out and money of the best so far.
void sisr_value(const sisr_engine *engine, int64_t *value) {
    value[0] = engine->search->best_value().weight, value[1] = engine->search->best_value().money;
}

// For tests and for who doubts: does a vehicle keep the rules on these jobs, and what do they cost? -1: it does not.
int64_t sisr_judge(const sisr_engine *engine, int32_t vehicle, const int32_t *jobs, int32_t count) {
    const std::vector<int> tour(jobs, jobs + count);
    const Kind &kind = engine->instance.kind(vehicle);
    Cuts cuts;
    return keeps_rules(engine->instance, kind, tour, cuts) ? price_of(engine->instance, kind, tour, cuts) : -1;
}

// The same of a route that keeps the rules, with one more job after so many of it, by its states; what it costs more.
int32_t sisr_takes(const sisr_engine *engine, int32_t vehicle, const int32_t *jobs, int32_t count, int32_t job, int32_t after,
                   int64_t *growth) {
    const Kind &kind = engine->instance.kind(vehicle);
    Route route;
    route.drive(engine->instance, kind, {jobs, jobs + count});
    *growth = route.growth(engine->instance, kind, job, after);
    return route.takes(engine->instance, kind, job, after, *growth, ANY_PRICE);
}
}
#pragma GCC visibility pop
