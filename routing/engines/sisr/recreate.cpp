// Recreate: those without a route are put back one by one, each at its cheapest place; blinking overlooks some places.
#include <numeric>

#include "search.h"

namespace sisr {

// Orders of putting back, as in the paper (random, by size, far first, near first) and by windows (tight, early, late).
enum class Order { random = 4, size = 8, far = 10, near = 11, tight = 13, early = 15, late = 17 };

void Search::sort_absent() {
    auto &absent = now.absent;
    for (int n = static_cast<int>(absent.size()) - 1; n > 0; n--) std::swap(absent[n], absent[random.below(n + 1)]);
    const auto by = [&absent](auto key) {
        std::stable_sort(absent.begin(), absent.end(), [&key](int a, int b) { return key(a) < key(b); });
    };
    const int drawn = random.below(static_cast<int>(Order::late));
    const auto is = [drawn](Order order) { return drawn < static_cast<int>(order); };
    const auto &jobs = instance.jobs;
    if (is(Order::random)) {
    } else if (is(Order::size)) by([this](int job) { return -size_of[job]; });
    else if (is(Order::far)) by([this](int job) { return -far[job]; });
    else if (is(Order::near)) by([this](int job) { return far[job]; });
    else if (is(Order::tight)) by([this](int job) { return open_for[job]; });
    else if (is(Order::early)) by([&jobs](int job) { return jobs[job].windows.front().early; });
    else by([&jobs](int job) { return -jobs[job].windows.back().late; });
    std::stable_partition(absent.begin(), absent.end(), [&jobs](int job) { return jobs[job].mandatory(); });
}

void Search::recreate() {
    sort_absent();
    std::vector<int> waiting;
    waiting.swap(now.absent);
    for (int job : waiting) {
        const Job &stop = instance.jobs[job];
        const Place place = stop.hopeless ? Place{} : best_place(job);
        if (place.vehicle != NOBODY && (stop.mandatory() || place.growth <= stop.prize)) {
            now.insert(job, place.vehicle, place.after);
        } else {
            now.absent.push_back(job);
        }
    }
}

Search::Place Search::best_place(int job) {
    Place best;
    if (instance.size() <= 2 * params.neighbours) look_everywhere(job, best);
    else look_beside_neighbours(job, best);
    if (now.used < most_used) look_at_unused(job, best);
    return best;
}

bool Search::may_look(const Place &best, Money growth) { return growth < best.growth && !random.chance(params.blink); }

// Every place of every route: of a small office as quick as beside neighbours, two places each.
void Search::look_everywhere(int job, Place &best) {
    const size_t row = static_cast<size_t>(instance.jobs[job].place) * instance.places;
    for (int v = 0; v < instance.fleet(); v++) {
        const Route &route = now.routes[v];
        const Kind &kind = instance.kind(v);
        if (route.empty() || closed[v] || !kind.allowed[job]) continue;
        const int32_t *onto = kind.prices + row, *into = kind.prices_into + row, *places = route.places.data();
        for (int after = 0; after <= route.size(); after++) {
            Money growth = kind.visit[job] + into[places[after]] + onto[places[after + 1]] - route.arcs[after];
            if (growth >= best.growth && kind.work_price == 0) continue;
            if (kind.work_price) growth = route.growth(instance, kind, job, after);
            if (may_look(best, growth) && route.takes(instance, kind, job, after, growth, best.growth))
                best = {v, after, growth};
        }
    }
}

void Search::look_beside_neighbours(int job, Place &best) {
    const int place = instance.jobs[job].place;
    const auto &following = instance.following[job];
    const size_t count = std::min(following.size(), static_cast<size_t>(params.neighbours));
    const size_t row = static_cast<size_t>(place) * instance.places;
    for (size_t n = 0; n < count; n++) {
        const Stop &stop = now.stops[following[n]];
        if (stop.route == NOBODY || closed[stop.route]) continue;
        const Kind &kind = instance.kind(stop.route);
        if (!kind.allowed[job]) continue;
        const int32_t *onto = kind.prices + row, *into = kind.prices_into + row;
        const int here = instance.jobs[following[n]].place;
        const Money visit = kind.visit[job];
        const Money behind = visit + into[here] + onto[stop.after] - stop.arc_after;
        const Money ahead = visit + into[stop.before] + onto[here] - stop.arc_before;
        for (int side = 0; side < 2; side++) {
            const int after = stop.index + 1 - side;
            Money growth = side ? ahead : behind;
            if (growth >= best.growth && kind.work_price == 0) continue;
            if (kind.work_price) growth = now.routes[stop.route].growth(instance, kind, job, after);
            if (may_look(best, growth) && now.routes[stop.route].takes(instance, kind, job, after, growth, best.growth))
                best = {stop.route, after, growth};
        }
    }
}

// Of the vehicles of a kind that serve nothing, one is as good as another.
void Search::look_at_unused(int job, Place &best) {
    for (size_t k = 0; k < instance.kinds.size(); k++) {
        const Kind &kind = instance.kinds[k];
        if (!kind.allowed[job]) continue;
        const auto free = [this](int v) { return now.routes[v].empty() && !closed[v]; };
        if (unused[k] == NOBODY || !free(unused[k])) {
            const auto found = std::find_if(kind.members.begin(), kind.members.end(), free);
            unused[k] = found == kind.members.end() ? NOBODY : *found;
        }
        if (unused[k] == NOBODY) continue;
        const Route &route = now.routes[unused[k]];
        Money growth = route.growth(instance, kind, job, 0);
        if (may_look(best, growth) && route.takes(instance, kind, job, 0, growth, best.growth)) best = {unused[k], 0, growth};
    }
}

}  // namespace sisr
