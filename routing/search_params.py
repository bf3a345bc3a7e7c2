"""Every number that the search is steered by, in one frozen value: made once, handed down, changed by nobody behind the back.

The defaults are what was measured (docs/routing.md, "What was tried"). ``python -m routing solve`` takes other values
from TOML or one by one (``routing.params_reader``). What is no choice of the search (units, limits of formats and of
input, the judge's own rules) is a constant of its module: ``tests/repository/test_search_params.py`` lists those.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Annotated, Any, get_type_hints

Share = Annotated[float, "part", (0, 1)]
Seconds = Annotated[float, "s", (0, 86_400)]
WholeSeconds = Annotated[int, "s", (0, 86_400)]
PerStop = Annotated[float, "s a stop", (1e-6, 60)]
Stops = Annotated[int, "stops", (1, 1_000_000)]
SeveralStops = Annotated[tuple[int, ...], "stops", (1, 1_000_000)]
Count = Annotated[int, "", (1, 1_000_000)]
Iterations = Annotated[int, "iterations", (0, 1_000_000)]
Work = Annotated[float, "CP-SAT's work", (0, 86_400)]
Temperature = Annotated[float, "mean ways", (1e-6, 1_000)]
Dong = Annotated[int, "đồng", (0, 1_000_000)]
Metres = Annotated[int, "m", (0, 10_000_000)]


class OutOfRange(ValueError):
    """A value that a parameter cannot have; the message names the field and says what it may be."""


class _Checked:
    """Refuses values out of the range that a field's type names; both ends belong to it."""

    __slots__ = ()

    def __post_init__(self) -> None:
        group: Any = type(self)  # a class is hashable, whatever its instances are
        for name, (_, least, most) in limits(group).items():
            value = getattr(self, name)
            values = value if isinstance(value, tuple) else (value,)
            if not values or not all(least <= one <= most for one in values):
                told = f"from {least:,} to {most:,}"
                raise OutOfRange(f"{name} must be {told}{', each' if isinstance(value, tuple) else ''}, not {value!r}")


@cache
def limits(group: Any) -> dict[str, tuple[str, float, float]]:
    """Return (unit, least, most) of each number of a group of parameters, by its name."""
    hints = get_type_hints(group, include_extras=True)
    annotated = {field.name: hints[field.name].__metadata__ for field in fields(group)}
    return {name: (unit, *bounds) for name, (unit, bounds) in annotated.items()}


@dataclass(frozen=True, slots=True)
class TimeParams(_Checked):
    """How the time of a plan is divided (``routing.time_budget``)."""

    home_stop: PerStop = 0.005
    """Wall time of search where none is given, on two cores: 15 s for 3,000 stops at their own offices."""
    free_stop: PerStop = 0.01
    """The same under ``free``."""
    least: Seconds = 1.0
    """Wall time of search where none is given, at least."""
    beginning: PerStop = 0.004
    """CPU time that the offices or regions get before clusters of routes are searched."""
    beginning_most: Share = 0.6
    """Of the time that is left: what the beginning may take where time is short."""
    beginning_least: PerStop = 0.0006
    """CPU time that the first routes take in any case."""
    beginning_awaited: PerStop = 0.0014
    """CPU time for which first routes are waited for, on a slow machine too: killing their makers takes longer."""
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
    """Wall time kept back for reading and judging the day."""
    searched: Share = 0.5
    """Of the time: what is searched in any case, however long the judging takes."""


@dataclass(frozen=True, slots=True)
class ClusterParams(_Checked):
    """What is searched in one piece, and how a large day is cut (``routing.portfolio``, ``routing.clusters``)."""

    whole: Stops = 180
    """Searched in one piece: cutting brings nothing below."""
    sizes: SeveralStops = (150, 110, 200)
    """Size of a cluster, in turn."""
    one: Stops = 400
    """Up to so many everything is one cluster (measured on 300 and 360: 1 to 2 % better than cut)."""
    still: Share = 0.0005
    """Of the cost: where a round brings less, the next ones look longer at larger clusters."""
    effort_most: Count = 4
    """So many times longer and larger at most."""
    region: Stops = 200
    """Size of a region from which a day in one piece starts (measured: 100 are worse)."""
    offices_from: Stops = 300
    """Above so many, stops without an office are given one first: too many for one search."""


@dataclass(frozen=True, slots=True)
class FleetParams(_Checked):
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
class OfficeParams(_Checked):
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
class BalanceParams(_Checked):
    """Evening out working hours, where it is asked for (``routing.balance``)."""

    share: Share = 1 / 3
    """Of the time of the plan: evening out."""
    rounds: Annotated[int, "", (1, 1_000)] = 6
    """Bounds that are tried for one office; each halves the range in which the cheapest lies."""
    narrow: WholeSeconds = 60
    """A range of bounds this narrow is settled."""


@dataclass(frozen=True, slots=True)
class PipelineParams(_Checked):
    """One part of a day through the engines (``engines.pipeline``)."""

    polish: Share = 0.95
    """Of the time: PyVRP's search, where everybody is served."""
    polish_wanting: Share = 0.6
    """Of the time: PyVRP's search, where somebody is left out."""
    sisr: Share = 0.98
    """Of the time: the compiled search, where it is built."""
    least: Seconds = 0.005
    """Below, the first plan stands: building the search's instance takes longer."""
    all_orders: PerStop = 0.004
    """From so much time on insertion tries all its orders before it improves the best."""
    nothing_from: Stops = 10
    """From so many the search may begin without insertion's routes."""
    nothing_stop: PerStop = 0.005
    """And with so much time: insertion takes a tenth of the half second that an office gets."""
    cold_ortools: Stops = 200
    """Up to so many OR-Tools' own construction beats a start from insertion (measured: 2 to 8 %)."""
    ortools_least: Seconds = 0.03
    """Below, OR-Tools' model is not even built."""
    ortools_wanting: Share = 0.7
    """Of the time: OR-Tools, where somebody is left out."""
    insertion_wanting: Share = 0.5
    """Of the time: insertion after it."""
    vroom: Share = 0.25
    """Of the time: VROOM's construction, at most."""
    vroom_most: Seconds = 2.0
    """Beyond, its start is not worth the wait, however long the search."""
    vroom_small: Stops = 40
    """Up to so many its construction takes ``vroom_small_pair`` × stops², above ``vroom_pair`` × stops² (measured)."""
    vroom_small_pair: Seconds = 1e-4
    """See ``vroom_small``: with less time it is not asked, for no limit bounds its construction."""
    vroom_pair: Seconds = 2.2e-4
    """The same for larger parts."""


@dataclass(frozen=True, slots=True)
class EngineParams(_Checked):
    """What each engine is told: insertion, PyVRP, OR-Tools."""

    ruin: Count = 12
    """Stops taken out at once, at most: larger holes cost more time than they give (offices of 10 to 80 stops)."""
    one_order: Stops = 200
    """Above so many only one order of insertion is tried: the first plan must come soon."""
    one_order_quick: Stops = 60
    """The same, where a search follows that needs the time more."""
    patience: Iterations = 500
    """Without a better plan after which PyVRP's search of a part is done."""
    patience_stop: Iterations = 60
    """And so many more for each stop (measured: the tail brings < 0.05 %)."""
    exact_loads: Stops = 80
    """Up to so many OR-Tools ties the start load to the deliveries exactly; beyond, that costs 25 × in time."""
    neighbourhood_ms: Annotated[int, "ms", (1, 86_400_000)] = 50
    """For each large neighbourhood of OR-Tools."""


@dataclass(frozen=True, slots=True)
class SisrParams(_Checked):
    """The compiled search, ruin and recreate (``engines.sisr``, docs/search.md). Temperatures are parts of a mean way's price."""

    removed: Annotated[float, "stops", (1, 1_000)] = 10
    """Taken out at once, on average."""
    longest: Annotated[float, "stops", (1, 1_000)] = 15
    """Length of a string, at most."""
    split: Share = 0.5
    """Of the strings: those that leave a piece of theirs standing, and by how much it grows."""
    hand_over: Share = 0.03
    """Of the ruins: those that begin with giving a whole route to another kind of vehicle."""
    blink: Share = 0.01
    """Of the places: those overlooked."""
    hot: Temperature = 1.0
    """Temperature at the beginning."""
    cold: Temperature = 0.01
    """And at the end."""
    hot_again: Temperature = 0.1
    """Where it begins with a plan: a round of clusters is too short to come back from more."""
    starts: Count = 3
    """Searches from nothing, of which the best goes on."""
    starts_share: Share = 0.65
    """Of the time: those searches."""
    serve_share: Share = 0.4
    """Of the time of each: serving everybody, where somebody is left out."""
    first_share: Share = 0.6
    """Of the time of each: what comes before couriers are taken away."""
    fleet_share: Share = 0.4
    """Of what is then left of it: taking couriers away."""
    fleet_attempt: Share = 0.34
    """Of that: one attempt, at most."""
    ripening: Share = 0.1
    """Of that: what a plan with one courier less gets before it is compared."""
    neighbours: Count = 50
    """Stops beside which a place is looked for."""
    told: Seconds = 0.5
    """Between two reports of better routes."""
    iterations: Count = 100
    """For each iteration that is asked for, where iterations count instead of time."""


@dataclass(frozen=True, slots=True)
class PhaseParams(_Checked):
    """The phases in which ``auto`` uses PyVRP (``engines.polish``)."""

    first: Share = 0.4
    """Of the time: the search before couriers are taken away."""
    first_groups: Share = 0.3
    """Of a search from nothing: over groups of stops."""
    again_groups: Share = 0.3
    """Of what is left after couriers were taken away: over groups of stops."""
    groups_worth: Share = 0.7
    """Groups are searched where there are at most so many for each stop."""
    perturbed: Share = 0.6
    """Of the last search: perturbation."""
    perturbed_stops: Stops = 100
    """Up to so many: with more each perturbation takes too long."""
    searched: Share = 0.9
    """Of a long search: what comes before CP-SAT chooses among the routes seen."""
    choice_from: Seconds = 5.0
    """What must be left for that to be worth it."""
    choice: Share = 0.5
    """Of what is then left: CP-SAT, at most."""
    look: Count = 5
    """Every so many iterations the routes are kept."""
    seen: Count = 3_000
    """Routes kept, at most."""
    choice_columns: Count = 3_000
    """Routes to choose from, at most: beyond, the proof takes longer than the choice brings."""
    choice_work: Work = 3.0
    """After which the choice stands as it is (so many seconds, too, where time counts)."""


@dataclass(frozen=True, slots=True)
class GroupParams(_Checked):
    """Groups of stops searched as one (``engines.aggregation``)."""

    near: WholeSeconds = 300
    """Driving between two stops of a group, at most."""
    longest: WholeSeconds = 3_600
    """From a group's first service to its last, at most; and never more than half of their window."""
    stops: Stops = 4
    """Size of a group, at most (measured: with 6 and more a courier too many is used now and then)."""


@dataclass(frozen=True, slots=True)
class PerturbationParams(_Checked):
    """Larger steps than a search of single stops takes (``engines.perturbation``)."""

    neighbours: Count = 20
    """Places considered around each stop (measured: with PyVRP's 50 half as many perturbations, and dearer plans)."""
    piece: Annotated[int, "stops", (2, 1_000_000)] = 10
    """Length of a piece that goes elsewhere, at most."""
    late: Dong = 5
    """What a second late costs on the way down."""
    heavy: Dong = 2
    """What a unit too much in the bag costs on the way down."""
    iterations: Annotated[int, "iterations", (1, 1_000_000)] = 5
    """Those of the search that stand for one perturbation, where iterations are counted."""


@dataclass(frozen=True, slots=True)
class ExplainParams(_Checked):
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
class ReplanParams(_Checked):
    """A day that has begun (``routing.replan``)."""

    change: Dong = 5_000
    """What polishing must save for each stop that gets another courier or another place in the order [assumption]."""
    out: Count = 4
    """Standing stops taken out at once while polishing, at most."""


@dataclass(frozen=True, slots=True)
class ProcessParams(_Checked):
    """Solver children: how long they are waited for (``routing.pool``, ``routing.child``)."""

    grace: Seconds = 0.2
    """Past the deadline of all, after which busy children are killed."""
    patience: Seconds = 2.0
    """Past its own share after which a child is killed before that: replacing it costs about as much."""
    patience_share: Share = 0.25
    """Of the time that is left in all after which it is killed, where that is longer."""
    cold_start: Seconds = 30.0
    """Within which a new child must be ready, however busy the machine."""
    stillborn: Count = 4
    """Children that may die before they were ready, until the pool gives up and leaves the work to insertion."""
    last_grace: Seconds = 4.0
    """After its limit at which a child ends itself; the parent, if alive, was faster."""
    least: Seconds = 0.02
    """What a child gets for a part, however little is left."""


@dataclass(frozen=True, slots=True)
class SearchParams:
    """All parameters of the search, in groups by what they steer."""

    time: TimeParams = TimeParams()
    clusters: ClusterParams = ClusterParams()
    fleet: FleetParams = FleetParams()
    offices: OfficeParams = OfficeParams()
    balance: BalanceParams = BalanceParams()
    pipeline: PipelineParams = PipelineParams()
    engines: EngineParams = EngineParams()
    sisr: SisrParams = SisrParams()
    phases: PhaseParams = PhaseParams()
    groups: GroupParams = GroupParams()
    perturbation: PerturbationParams = PerturbationParams()
    explain: ExplainParams = ExplainParams()
    replan: ReplanParams = ReplanParams()
    processes: ProcessParams = ProcessParams()

    def named(self) -> Iterator[tuple[str, Any]]:
        """Yield every parameter with its value, as ``group.name``."""
        for group in fields(self):
            held = getattr(self, group.name)
            if is_dataclass(held):
                yield from ((f"{group.name}.{field.name}", getattr(held, field.name)) for field in fields(held))
