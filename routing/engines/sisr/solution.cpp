#include "solution.h"

namespace sisr {

Solution::Solution(const Instance &instance)
    : instance(instance), routes(instance.fleet()), stops(instance.size()), saved(instance.fleet()), changed(instance.fleet()) {
    for (int v = 0; v < instance.fleet(); v++) routes[v].drive(instance, instance.kind(v), {});
    for (int job = 0; job < instance.size(); job++) leave_out(job);
    commit();
}

void Solution::drive(const std::vector<std::vector<int>> &tours) {
    for (int v = 0; v < instance.fleet(); v++) take_out(v, 0, routes[v].size());
    std::vector<char> driven(instance.size());
    for (int v = 0; v < instance.fleet(); v++) {
        if (tours[v].empty() || !keeps_rules(instance, instance.kind(v), tours[v])) continue;
        touch(v);
        used++;
        for (int job : tours[v]) {
            driven[job] = 1;
            const Job &stop = instance.jobs[job];
            if (stop.mandatory()) value.weight -= stop.weight;
            else value.money -= stop.prize;
        }
        const Money before = routes[v].cost;
        routes[v].drive(instance, instance.kind(v), tours[v]);
        renew(v, before);
    }
    std::vector<int> left;
    for (int job : absent)
        if (!driven[job]) left.push_back(job);
    absent.swap(left);
    commit();
}

void Solution::touch(int vehicle) {
    if (changed[vehicle]) return;
    changed[vehicle] = 1;
    touched.push_back(vehicle);
    std::swap(routes[vehicle], saved[vehicle]);
    routes[vehicle] = saved[vehicle];
}

void Solution::renew(int vehicle, Money before) {
    value.money += routes[vehicle].cost - before;
    place_stops(vehicle);
}

void Solution::place_stops(int vehicle) {
    const Route &route = routes[vehicle];
    for (int n = 0; n < route.size(); n++)
        stops[route.jobs[n]] = {vehicle, n, route.places[n], route.places[n + 2], route.arcs[n], route.arcs[n + 1]};
}

void Solution::leave_out(int job) {
    stops[job].route = NOBODY;
    absent.push_back(job);
    const Job &stop = instance.jobs[job];
    if (stop.mandatory()) value.weight += stop.weight;
    else value.money += stop.prize;
}

void Solution::insert(int job, int vehicle, int after) {
    touch(vehicle);
    Route &route = routes[vehicle];
    const Money before = route.cost;
    used += route.empty();
    const Job &stop = instance.jobs[job];
    if (stop.mandatory()) value.weight -= stop.weight;
    else value.money -= stop.prize;
    route.replace(instance, instance.kind(vehicle), after, 0, &job, 1);
    renew(vehicle, before);
}

void Solution::take_out(int vehicle, int from, int length, int kept_from, int kept) {
    if (length == 0) return;
    touch(vehicle);
    Route &route = routes[vehicle];
    const Money before = route.cost;
    for (int n = from; n < from + length; n++)
        if (n < kept_from || n >= kept_from + kept) leave_out(route.jobs[n]);
    const std::vector<int> rest(route.jobs.begin() + kept_from, route.jobs.begin() + kept_from + kept);
    route.replace(instance, instance.kind(vehicle), from, length, rest.data(), kept);
    used -= route.empty();
    renew(vehicle, before);
}

void Solution::exchange(int one, int other) {
    touch(one), touch(other);
    const std::vector<int> jobs[] = {routes[other].jobs, routes[one].jobs};
    const int vehicles[] = {one, other};
    for (int side : {0, 1}) {
        Route &route = routes[vehicles[side]];
        const Kind &kind = instance.kind(vehicles[side]);
        const Money before = route.cost;
        route.drive(instance, kind, jobs[side]);
        renew(vehicles[side], before);
    }
    for (int vehicle : vehicles)
        if (!routes[vehicle].empty() && !keeps_rules(instance, instance.kind(vehicle), routes[vehicle].jobs))
            take_out(vehicle, 0, routes[vehicle].size());
}

void Solution::commit() {
    for (int v : touched) changed[v] = 0;
    touched.clear();
    saved_absent = absent;
    saved_value = value;
    saved_used = used;
}

void Solution::undo() {
    for (int v : touched) std::swap(routes[v], saved[v]), changed[v] = 0;
    for (int v : touched) place_stops(v);
    touched.clear();
    absent = saved_absent;
    for (int job : absent) stops[job].route = NOBODY;
    value = saved_value;
    used = saved_used;
}

}  // namespace sisr
