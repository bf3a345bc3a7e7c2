"""What the engines are told about one part of a day (docs/routing.md, "What was tried", says what was measured)."""

from dataclasses import dataclass
from typing import Annotated

from routing.param_ranges import (
    CheckedParams,
    Count,
    Dong,
    Iterations,
    PerStop,
    Seconds,
    Share,
    Stops,
    Temperature,
    WholeSeconds,
    Work,
)


@dataclass(frozen=True, slots=True)
class PipelineParams(CheckedParams):
    """One part of a day through the engines (``engines.pipeline``)."""

    polish: Share = 0.95
    """Of the time: PyVRP's search, where everybody is served."""
    polish_wanting: Share = 0.6
    """Of the time: PyVRP's search, where somebody is left out."""
    sisr: Share = 0.98
    """Of the time: the compiled search, where it is built."""
    handed: Share = 0.5
    """Of it, where many leave one depot and nobody takes a break: PyVRP, which goes on from there."""
    handed_from: Stops = 150
    """From so many stops on (measured: offices to 80 gain nothing, days of several offices neither)."""
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
    pyvrp_cells: Count = 10_000
    """Up to so many thousand cells of its matrices PyVRP is asked where usual couriers give every vehicle one of its own (160 MB)."""
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
class EngineParams(CheckedParams):
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
class SisrParams(CheckedParams):
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
    told: Seconds = 0.1
    """Between two reports of better routes."""
    iterations: Count = 100
    """For each iteration that is asked for, where iterations count instead of time."""


@dataclass(frozen=True, slots=True)
class PhaseParams(CheckedParams):
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
class GroupParams(CheckedParams):
    """Groups of stops searched as one (``engines.aggregation``)."""

    near: WholeSeconds = 300
    """Driving between two stops of a group, at most."""
    longest: WholeSeconds = 3_600
    """From a group's first service to its last, at most; and never more than half of their window."""
    stops: Stops = 4
    """Size of a group, at most (measured: with 6 and more a courier too many is used now and then)."""


@dataclass(frozen=True, slots=True)
class PerturbationParams(CheckedParams):
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
