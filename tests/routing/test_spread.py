"""How far rides stray is learned by the part of the day and the unit, and nothing is claimed that was not driven."""

from routing.calibrate import Leg, fit
from routing.spread import LEAST, TravelSpread, fit_spread, from_json, to_json

MORNING, EVENING = 8 * 3600, 16 * 3600


def rides(unit: str, ended: int, late: int, count: int = 50) -> list[Leg]:
    """A kilometre in four minutes; three in ten take longer."""
    return [Leg(unit, 1000.0, 240.0 + (late if n % 10 >= 7 else 0), ended=ended) for n in range(count)]


def test_one_ride_in_five_strays_further() -> None:
    legs = [*rides("a", MORNING, 90), *rides("a", EVENING, 30)]
    learned = fit_spread(legs, fit(legs))
    assert (learned.late("a", MORNING), learned.late("a", EVENING)) == (90, 30)
    assert learned.late("another", MORNING) == 90


def test_a_unit_with_few_rides_is_drawn_towards_the_province() -> None:
    legs = [*rides("a", MORNING, 100, 200), *rides("b", MORNING, 300, 10)]
    learned = fit_spread(legs, fit(legs))
    assert 100 < learned.late("b", MORNING) < 300


def test_too_few_rides_and_parts_of_the_day_without_any_teach_nothing() -> None:
    legs = rides("a", MORNING, 90, LEAST - 1)
    assert fit_spread(legs, fit(legs)).late("a", MORNING) == 0
    more = rides("a", MORNING, 90)
    assert fit_spread(more, fit(more)).late("a", EVENING) == 0
    assert TravelSpread().late("a", MORNING) == 0


def test_rides_of_which_nobody_knows_when_they_ended_teach_nothing() -> None:
    legs = [Leg("a", 1000.0, 240.0 + n) for n in range(100)]
    assert fit_spread(legs, fit(legs)) == TravelSpread()


def test_rides_that_are_never_late_leave_no_margin() -> None:
    legs = rides("a", MORNING, -60)
    assert fit_spread(legs, fit(legs)).late("a", MORNING) == 0


def test_what_was_learned_survives_its_json_and_an_older_row_knows_nothing() -> None:
    legs = rides("a", MORNING, 90)
    learned = fit_spread(legs, fit(legs))
    assert from_json(to_json(learned)) == learned
    assert from_json(None) == TravelSpread()
