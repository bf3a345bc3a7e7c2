// Annealing over ruin and recreate, doing without couriers, and several starts of which the best goes on.
#include "search.h"

#include <chrono>
#include <cmath>
#include <numeric>

namespace sisr {

constexpr int TELL = 256;               // iterations between two calls of whoever waits, where iterations count
constexpr int LOOK_AT_CLOCK = 32;       // iterations between two looks at the clock
constexpr double WARM = 0.3;            // of a temperature: where a search goes on, or how far it falls while some are left out
constexpr double ASK_SECONDS = 0.001;   // between two questions to whoever waits

double Budget::tick() {
    count++;
    if (most > 0) {
        if (count % TELL == 0) ask();
        return now = static_cast<double>(count) / static_cast<double>(most);
    }
    if (count % LOOK_AT_CLOCK == 1) {
        const double clock = std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
        if (clock - asked_at >= ASK_SECONDS) now = std::max(now, ask()), asked_at = clock;
    }
    return now;
}

Search::Search(const Instance &instance, const sisr_params &params, uint64_t seed)
    : instance(instance), params(params), random(seed), now(instance), best_tours(instance.fleet()), best_found(now.value),
      absences(instance.size(), 1), closed(instance.fleet()), since_best(instance.fleet(), 1), most_used(instance.fleet()),
      ruined(instance.fleet()), unused(instance.kinds.size(), NOBODY), far(instance.size()), size_of(instance.size()),
      open_for(instance.size()) {
    Money dearest = 1, fixed = 0;
    for (const Kind &kind : instance.kinds) {
        fixed = std::max(fixed, kind.fixed);
        for (int job = 0; job < instance.size(); job++) {
            const int place = instance.jobs[job].place;
            const Money out = kind.prices[static_cast<size_t>(kind.start) * instance.places + place];
            const Money home = kind.prices[static_cast<size_t>(place) * instance.places + kind.end];
            if (kind.allowed[job] && out < NO_WAY && home < NO_WAY) dearest = std::max(dearest, out + home + kind.visit[job]);
            far[job] = &kind == &instance.kinds[0] ? out + home : std::min(far[job], out + home);
        }
    }
    for (int job = 0; job < instance.size(); job++) {
        open_for[job] = instance.jobs[job].open();
        if (instance.jobs[job].hopeless && instance.jobs[job].mandatory()) hopeless += instance.jobs[job].weight;
        for (int d = 0; d < instance.dimensions; d++) size_of[job] += instance.jobs[job].delivery[d] + instance.jobs[job].pickup[d];
    }
    penalty = static_cast<double>(2 * dearest + fixed);
}

void Search::run(Budget &budget, const std::vector<std::vector<int>> &start) {
    const bool warm = std::any_of(start.begin(), start.end(), [](const auto &tour) { return !tour.empty(); });
    again = warm ? params.hot_again : params.hot * WARM;
    begin(start);
    const int starts = warm ? 1 : std::max(1, static_cast<int>(params.starts));
    std::vector<std::vector<int>> champion;
    Value champion_value;
    for (int n = 0; n < starts; n++) {
        if (n > 0) {
            begin({});
            since_best.assign(since_best.size(), 1);
            keep();
        }
        const double until = starts == 1 ? 1.0 : params.starts_share * (n + 1) / starts, from = budget.part();
        if (best_found.weight > hopeless) serve_all(budget, from + params.serve_share * (until - from));
        anneal(budget, from + params.first_share * (until - from), warm ? again : params.hot, params.cold);
        reduce_fleet(budget, budget.part() + params.fleet_share * (until - budget.part()));
        anneal(budget, until, again, params.cold);
        if (n == 0 || best_found < champion_value) champion = best_tours, champion_value = best_found;
    }
    if (starts == 1) return;
    best_tours = champion, best_found = champion_value;
    now.drive(best_tours);
    since_best.assign(since_best.size(), 0);
    anneal(budget, 1.0, again, params.cold);
}

void Search::begin(const std::vector<std::vector<int>> &start) {
    now.drive(start.empty() ? std::vector<std::vector<int>>(instance.fleet()) : start);
    recreate();
    keep_if_better();
    now.commit();
}

// Take what is cheaper, and what is dearer the less often the colder it is (Metropolis); the best is kept apart.
void Search::anneal(Budget &budget, double until, double hot, double cold) {
    back_to_best();
    const double scale = mean_arc(), from = budget.part();
    double temperature = hot * scale;
    for (int64_t n = 0;; n++) {
        const double part = budget.tick();
        if (part >= until) break;
        if (n % LOOK_AT_CLOCK == 0) temperature = hot * scale * std::pow(cold / hot, (part - from) / (until - from));
        const double before = energy(now.value);
        ruin();
        recreate();
        if (energy(now.value) < before - temperature * std::log(random.part() + 1e-300)) {
            for (int v : now.changes()) since_best[v] = 1;
            keep_if_better();
            now.commit();
        } else {
            now.undo();
        }
    }
    back_to_best();
}

// Serve everybody who is left out: what counts is how hard those are to serve who are left (sums of absences, section 4.3
// of the paper), not what the routes cost. Say whether everybody is served.
bool Search::serve_all(Budget &budget, double until) {
    const double from = budget.part(), scale = mean_arc();
    double temperature = again * scale;
    for (int64_t n = 0; now.value.weight > hopeless; n++) {
        const double part = budget.tick();
        if (part >= until) return false;
        if (n % LOOK_AT_CLOCK == 0)
            temperature = again * scale * std::pow(WARM, (part - from) / (until - from));
        const Value before = now.value;
        const int64_t hard_before = absences_of(now.was_absent());
        ruin();
        recreate();
        const int64_t hard = absences_of(now.absent);
        const bool easier = now.value.weight < before.weight || hard < hard_before;
        const bool cheaper = static_cast<double>(now.value.money - before.money) < -temperature * std::log(random.part() + 1e-300);
        for (int job : now.absent) absences[job]++;
        if (easier || (hard == hard_before && cheaper)) {
            for (int v : now.changes()) since_best[v] = 1;
            keep_if_better();
            now.commit();
        } else {
            now.undo();
        }
    }
    return true;
}

void Search::reduce_fleet(Budget &budget, double until) {
    back_to_best();
    if (best_found.weight > hopeless) return;
    while (budget.part() < until && now.used > 1) try_without_one(budget, until);
}

// Dissolve one of the routes whose stops were seldom left over, and make the others do; or, where a cheaper vehicle stands
// idle, take that one instead of it.
void Search::try_without_one(Budget &budget, double until) {
    std::vector<std::pair<int64_t, int>> routes;
    for (int v = 0; v < instance.fleet(); v++)
        if (!now.routes[v].empty()) routes.push_back({absences_of(now.routes[v].jobs), v});
    std::sort(routes.begin(), routes.end());
    const int vehicle = routes[random.below(std::min<int>(3, static_cast<int>(routes.size())))].second;
    const Money fixed = instance.kind(vehicle).fixed;
    const auto cheaper = [&](int v) { return now.routes[v].empty() && instance.kind(v).fixed < fixed; };
    bool instead = false;
    for (int v = 0; v < instance.fleet(); v++) instead |= cheaper(v);
    instead = instead && random.chance(0.5);
    most_used = now.used - !instead;
    const auto kept = best_tours;
    const Value value = best_found;
    now.take_out(vehicle, 0, now.routes[vehicle].size());
    for (int v = 0; instead && v < instance.fleet(); v++) closed[v] = now.routes[v].empty() && instance.kind(v).fixed >= fixed;
    if (!instead && random.chance(0.5)) {
        const int second = routes[random.below(static_cast<int>(routes.size()))].second;
        now.take_out(second, 0, now.routes[second].size());
    }
    recreate();
    for (int v : now.changes()) since_best[v] = 1;
    now.commit();
    const double left = until - budget.part();
    if (serve_all(budget, budget.part() + params.fleet_attempt * left)) {
        keep();
        // raw, it says little about what it can become
        if (!(best_found < value)) anneal(budget, budget.part() + params.ripening * left, again * WARM, params.cold);
    } else {
        budget.tick();
    }
    most_used = instance.fleet();
    closed.assign(closed.size(), 0);
    if (!(best_found < value)) best_tours = kept, best_found = value, since_best.assign(since_best.size(), 1);
    back_to_best();
}

double Search::mean_arc() const {
    Money sum = 0;
    int64_t arcs = 0;
    for (int v = 0; v < instance.fleet(); v++)
        if (!now.routes[v].empty()) sum += now.routes[v].cost - instance.kind(v).fixed, arcs += now.routes[v].size() + 1;
    return std::max(1.0, static_cast<double>(sum) / static_cast<double>(std::max<int64_t>(1, arcs)));
}

int64_t Search::absences_of(const std::vector<int> &jobs) const {
    int64_t sum = 0;
    for (int job : jobs)
        if (instance.jobs[job].mandatory() && !instance.jobs[job].hopeless) sum += absences[job] * instance.jobs[job].weight;
    return sum;
}

bool Search::keep_if_better() {
    if (!(now.value < best_found)) return false;
    keep();
    return true;
}

void Search::keep() {
    for (int v = 0; v < instance.fleet(); v++)
        if (since_best[v]) best_tours[v] = now.routes[v].jobs, since_best[v] = 0;
    best_found = now.value;
}

void Search::back_to_best() {
    now.drive(best_tours);
    since_best.assign(since_best.size(), 0);
}

}  // namespace sisr
