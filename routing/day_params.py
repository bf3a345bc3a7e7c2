"""How a day is planned: its time, its parts, its children, and what is said of it (docs/routing.md, "What was tried")."""

from dataclasses import dataclass
from typing import Annotated

from routing.param_ranges import (
    CheckedParams,
    Count,
    Dong,
    Iterations,
    Metres,
    PerStop,
    Seconds,
    SeveralStops,
    Share,
    Stops,
    WholeSeconds,
    Work,
)


@dataclass(frozen=True, slots=True)
class TimeParams(CheckedParams):
    """How the time of a plan is divided (``routing.time_budget``)."""

    home_stop: PerStop = 0.01
    """CPU time of search where none is given: 15 s of two cores for 3,000 stops at their own offices."""
    free_stop: PerStop = 0.02
    """The same under ``free``."""
    least: Seconds = 2.0
    """CPU time of search where none is given, at least."""
    within: Annotated[float, "", (1, 1_000)] = 8.0
    """Times the CPU time: the wall time in which it must be had where no deadline is given (six others a core: seven)."""
    early: Share = 0.75
    """Of the search: what comes after it tells whether the search has settled."""
    settled: Share = 0.001
    """Of the cost: what comes then brings no more than this where it has."""
    beginning: PerStop = 0.004
    """CPU time that the offices or regions get before clusters of routes are searched."""
    beginning_most: Share = 0.6
    """Of the time that is left: what the beginning may take where time is short."""
    beginning_least: PerStop = 0.0006
    """CPU time that the first routes take in any case."""
    beginning_awaited: PerStop = 0.0014
    """Wall time for which first routes are waited for, past the deadline too: killing their makers takes longer."""
    hurried_stops: Stops = 150
    """Inserted in this process, at most, when there is time for nothing else."""
    round: PerStop = 0.002
    """CPU time of each round of clusters: cut elsewhere each time, short ones bring more."""
    whole_round: PerStop = 0.012
    """CPU time of each round where all stops are one cluster."""
    round_least: PerStop = 0.001
    """CPU time below which a round only sets out."""
    rounds: Annotated[int, "", (0, 1_000)] = 2
    """Rounds of clusters where iterations count instead of time."""
    judging: PerStop = 0.0003
    """Kept back for reading and judging the day, of CPU and of the wall clock."""
    searched: Share = 0.5
    """Of the time: what is searched in any case, however long the judging takes."""


@dataclass(frozen=True, slots=True)
class ClusterParams(CheckedParams):
    """What is searched in one piece, and how a large day is cut (``routing.portfolio``, ``routing.clusters``)."""

    whole: Stops = 180
    """Searched in one piece: cutting brings nothing below."""
    sizes: SeveralStops = (150, 110, 200)
    """Size of a cluster, in turn."""
    one: Stops = 400
    """Up to so many everything is one cluster (measured on 300 and 360: 1 to 2 % better than cut)."""
    routes: Count = 12
    """Routes in a cluster, at least: where they are long, so many stops hold too few of them."""
    depot_routes: Count = 50
    """Fewer routes of one depot are one cluster: all of them are neighbours there."""
    still: Share = 0.0005
    """Of the cost: where a round brings less, the next ones look longer at larger clusters."""
    effort_most: Count = 4
    """So many times longer and larger at most."""
    region: Stops = 200
    """Size of a region from which a day in one piece starts (measured: 100 are worse)."""
    offices_from: Stops = 300
    """Above so many, stops without an office are given one first: too many for one search."""


@dataclass(frozen=True, slots=True)
class FleetParams(CheckedParams):
    """Doing without couriers: within an office (``engines.polish``), and among neighbours after the beginning."""

    share: Share = 0.4
    """Of what is left after the first search: attempts to take couriers away."""
    tries: Count = 3
    """Attempts that share the time for taking couriers away."""
    ripening: Iterations = 100
    """What a plan with one courier less gets before it is compared: raw, it says little about what it can become."""
    neighbours_share: Share = 0.75
    """Of the time after the beginning: offices do without couriers whom the neighbours' could stand in for."""
    cluster: Stops = 180
    """Size of a cluster around each such courier."""
    cluster_stop: PerStop = 0.008
    """CPU time of such a cluster."""
    attempts_share: Share = 0.85
    """Of the time of such a cluster: taking couriers away; the rest makes the routes better."""
    attempt_stop: PerStop = 0.005
    """CPU time that an attempt needs there."""


@dataclass(frozen=True, slots=True)
class OfficeParams(CheckedParams):
    """Giving stops to offices by CP-SAT (``routing.assign.offices``)."""

    share: Share = 0.15
    """Of the time of the plan: CP-SAT."""
    stop: PerStop = 0.01
    """CPU time of the plan from which on offices are given also to stops that have one."""
    asked: Count = 10
    """Offices nearest by air whose distance to a stop is looked up."""
    nearest: Count = 4
    """Offices considered for a stop, beside its own."""
    tour: Share = 0.3
    """Of the ride to the office and back: what a stop costs in a tour shared with others (offices of 10 to 80 stops)."""
    open_shift: WholeSeconds = 36_000
    """What a courier with an open shift counts for."""
    work: Work = 2.0
    """Where CP-SAT stops, on every machine alike (about seconds)."""


@dataclass(frozen=True, slots=True)
class BalanceParams(CheckedParams):
    """Evening out working hours, where it is asked for (``routing.balance``)."""

    share: Share = 1 / 3
    """Of the time of the plan: evening out."""
    rounds: Annotated[int, "", (1, 1_000)] = 6
    """Bounds that are tried for one office; each halves the range in which the cheapest lies."""
    narrow: WholeSeconds = 60
    """A range of bounds this narrow is settled."""


@dataclass(frozen=True, slots=True)
class ExplainParams(CheckedParams):
    """Reasons for stops left out, and the change that would let them in (``routing.explain``, ``routing.relax``)."""

    nearby: Stops = 120
    """So many in the routes that are looked at: 300 take a quarter of a second for each stop left out."""
    places: Count = 40
    """Cheapest places looked at for the reason."""
    relaxed_places: Count = 60
    """Cheapest places looked at for one amount of a change."""
    longest: WholeSeconds = 14_400
    """By so much a window or a shift is widened at most: beyond, it is another promise, not a wider one."""
    farthest: Metres = 200_000
    """By so much a bound on distance is lifted at most."""
    offices: Count = 3
    """Nearest other offices that are asked."""
    proving: Seconds = 2.0
    """Time for explanations from which on CP-SAT proves changes, too: loading it takes half of one."""
    proved: Stops = 12
    """Length of a route, the new stop included, that CP-SAT may put in any order."""
    proof_work: Work = 1.0
    """What CP-SAT may do for one route (about seconds)."""


@dataclass(frozen=True, slots=True)
class ReplanParams(CheckedParams):
    """A day that has begun (``routing.replan``)."""

    change: Dong = 5_000
    """What polishing must save for each stop that gets another courier or another place in the order [assumption]."""
    out: Count = 4
    """Standing stops taken out at once while polishing, at most."""


@dataclass(frozen=True, slots=True)
class ProcessParams(CheckedParams):
    """Solver children: how long they are waited for (``routing.pool``, ``routing.child``)."""

    grace: Seconds = 0.2
    """Past the deadline of all, after which busy children are killed."""
    patience: Seconds = 2.0
    """CPU time past its share after which a child is killed before that: replacing it costs about as much."""
    patience_share: Share = 0.25
    """Of its share, past it, after which it is killed, where that is longer."""
    cold_start: Seconds = 30.0
    """Within which a new child must be ready, however busy the machine."""
    stillborn: Count = 4
    """Children that may die before they were ready, until the pool gives up and leaves the work to insertion."""
    last_grace: Seconds = 4.0
    """After its limit at which a child ends itself; the parent, if alive, was faster."""
    least: Seconds = 0.02
    """What a child gets for a part, however little is left."""
