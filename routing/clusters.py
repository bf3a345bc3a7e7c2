"""Cut a day into clusters of neighbouring routes, each time along other lines, and a large office into regions."""

from collections.abc import Mapping, Sequence

from routing.day_params import ClusterParams
from routing.decompose import OfficeId, Subproblem, part_of
from routing.model import may_serve
from routing.problem import Job, Point, Problem, Vehicle
from routing.projection import Projection, barycentre, pieces, squared_distance


def cut(
    scopes: Sequence[Subproblem],
    projections: Sequence[Projection],
    sequences: Mapping[int, Sequence[int]],
    params: ClusterParams,
    turn: int,
    effort: int,
) -> tuple[list[Subproblem], bool]:
    """Return the clusters of a round, ``effort`` times as large as others, and whether none of the scopes was cut."""
    one = [in_one_piece(scope.problem, sequences, params) for scope in scopes]
    size = params.sizes[turn % len(params.sizes)] * effort
    sizes = [len(scope.problem.jobs) if whole else size for scope, whole in zip(scopes, one, strict=True)]
    clusters = [
        by_routes(scope.problem, projection, sequences, stops, turn, params.routes)
        for scope, projection, stops in zip(scopes, projections, sizes, strict=True)
    ]
    return [part for parts in clusters for part in parts], all(one)


def in_one_piece(problem: Problem, sequences: Mapping[int, Sequence[int]], params: ClusterParams) -> bool:
    """Say whether cutting the routes at hand would only part neighbours: few stops, or few routes of one depot."""
    if len(problem.jobs) <= params.one:
        return True
    crew = [vehicle for vehicle in problem.vehicles if sequences.get(vehicle.id)]
    depots = {(vehicle.start, vehicle.start_index, vehicle.end, vehicle.end_index) for vehicle in crew}
    return len(depots) == 1 and len(crew) < params.depot_routes


def by_routes(
    problem: Problem,
    projection: Projection,
    sequences: Mapping[int, Sequence[int]],
    size: int,
    turn: int,
    least: int = 1,
) -> list[Subproblem]:
    """Return clusters of routes whose barycentres are neighbours, of about ``size`` stops each, ``least`` routes at least.

    Every vehicle and every job is in one cluster: couriers who stay at home where their office's routes are, a job
    that nobody serves where a courier of its office, or else the nearest one, drives.
    """
    crew = [vehicle for vehicle in problem.vehicles if sequences.get(vehicle.id)]
    if not crew:
        return [Subproblem(problem)] if problem.jobs else []
    centres = [barycentre(projection.job_points[job] for job in sequences[vehicle.id]) for vehicle in crew]
    weights = [len(sequences[vehicle.id]) for vehicle in crew]
    count = max(1, min(round(sum(weights) / size), len(crew) // least))
    groups = pieces(centres, weights, count, turn)
    teams = [[crew[member] for member in group] for group in groups]
    heads = [barycentre(centres[member] for member in group) for group in groups]
    _add_idle(problem, projection, sequences, teams, heads)
    errands = _errands(problem, projection, sequences, teams, heads)
    return [part_of(problem, team, jobs, sequences) for team, jobs in zip(teams, errands, strict=True) if jobs]


def around_spare(
    problem: Problem, projection: Projection, sequences: Mapping[int, Sequence[int]], size: int, tried: set[int]
) -> list[Subproblem]:
    """Return clusters that share no route, each of about ``size`` stops around one whose courier the others there may
    stand in for, short ones first. ``tried`` are the vehicles that had their turn; those that have it now are added.
    """
    jobs = {job.id: job for job in problem.jobs}
    free = {vehicle.id: vehicle for vehicle in problem.vehicles if sequences.get(vehicle.id)}
    centres = {v: barycentre(projection.job_points[job] for job in sequences[v]) for v in free}
    parts = []
    for spare in sorted(free.values(), key=lambda vehicle: (len(sequences[vehicle.id]), vehicle.id)):
        if spare.id in tried or spare.id not in free:
            continue
        team = [spare]
        held = len(sequences[spare.id])
        for other in sorted(
            free.values(), key=lambda one: (squared_distance(centres[one.id], centres[spare.id]), one.id)
        ):
            if other is not spare and held < size:
                team.append(other)
                held += len(sequences[other.id])
        errands = [jobs[job] for vehicle in team for job in sequences[vehicle.id]]
        own = errands[: len(sequences[spare.id])]
        if all(any(may_serve(problem, other, job) for other in team[1:]) for job in own):
            tried.add(spare.id)
            parts.append(part_of(problem, team, errands, sequences))
            for vehicle in team:
                del free[vehicle.id]
    return parts


def _add_idle(
    problem: Problem,
    projection: Projection,
    sequences: Mapping[int, Sequence[int]],
    teams: Sequence[list[Vehicle]],
    heads: Sequence[Point],
) -> None:
    """Deal the idle couriers of each office to the clusters that its routes are in, or to the nearest."""
    driven: dict[OfficeId, list[int]] = {}
    for number, team in enumerate(teams):
        for office in dict.fromkeys(vehicle.office for vehicle in team):
            driven.setdefault(office, []).append(number)
    dealt: dict[OfficeId, int] = {}
    for vehicle in problem.vehicles:
        if sequences.get(vehicle.id):
            continue
        choice = driven.get(vehicle.office)
        if not choice:
            choice = driven[vehicle.office] = [
                _nearest(heads, projection.vehicle_points[vehicle.id], range(len(heads)))
            ]
        turn = dealt.get(vehicle.office, 0)
        dealt[vehicle.office] = turn + 1
        teams[choice[turn % len(choice)]].append(vehicle)


def _errands(
    problem: Problem,
    projection: Projection,
    sequences: Mapping[int, Sequence[int]],
    teams: Sequence[Sequence[Vehicle]],
    heads: Sequence[Point],
) -> list[list[Job]]:
    team_of = {job: n for n, team in enumerate(teams) for v in team for job in sequences.get(v.id, ())}
    at_home: dict[OfficeId, list[int]] = {}
    for number, team in enumerate(teams):
        for office in {vehicle.office for vehicle in team}:
            at_home.setdefault(office, []).append(number)
    errands: list[list[Job]] = [[] for _ in teams]
    for job in problem.jobs:
        choice = [team_of[job.id]] if job.id in team_of else at_home.get(job.office, range(len(teams)))
        errands[_nearest(heads, projection.job_points[job.id], choice)].append(job)
    return errands


def _nearest(heads: Sequence[Point], point: Point, choice: Sequence[int]) -> int:
    return min(choice, key=lambda number: (squared_distance(heads[number], point), number))


def by_region(problem: Problem, projection: Projection, size: int, turn: int = 0) -> list[Subproblem]:
    """Cut a day that nothing else cuts into regions of about ``size`` stops, each with its share of couriers."""
    places = [projection.job_points[job.id] for job in problem.jobs]
    count = min(max(1, round(len(places) / size)), len(problem.vehicles))
    groups = pieces(places, [1] * len(places), count, turn)
    heads = [barycentre(places[member] for member in group) for group in groups]
    teams: list[list[Vehicle]] = [[] for _ in groups]
    quota = [len(problem.vehicles) * len(group) / max(1, len(places)) for group in groups]
    for vehicle in problem.vehicles:
        short = [n for n, team in enumerate(teams) if len(team) + 1 <= quota[n]]
        seat = projection.vehicle_points[vehicle.id]
        wanting = max(range(len(teams)), key=lambda n: quota[n] - len(teams[n]))
        teams[_nearest(heads, seat, short) if short else wanting].append(vehicle)
    return [
        part_of(problem, team, [problem.jobs[member] for member in group], {})
        for team, group in zip(teams, groups, strict=True)
        if team
    ]
