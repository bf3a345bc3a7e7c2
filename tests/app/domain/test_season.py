"""Seasons of hard roads: which months they cover, and what nobody may say of them."""

import pytest

from app.domain.errors import DomainError
from app.domain.season import RoadSeasonTold, check_season, covers, factor_of, percent


def test_a_season_may_pass_the_new_year() -> None:
    assert [month for month in range(1, 13) if covers(9, 11, month)] == [9, 10, 11]
    assert [month for month in range(1, 13) if covers(11, 2, month)] == [1, 2, 11, 12]
    assert [month for month in range(1, 13) if covers(5, 5, month)] == [5]


def test_the_slowest_of_several_holds_and_other_months_are_as_usual() -> None:
    seasons = [(9, 12, 1.3), (11, 11, 1.8)]
    assert [factor_of(seasons, month) for month in (8, 9, 11)] == [1.0, 1.3, 1.8]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (RoadSeasonTold("21607", 0, 12, 1.4, "mưa"), "season_months"),
        (RoadSeasonTold("21607", 9, 13, 1.4, "mưa"), "season_months"),
        (RoadSeasonTold("21607", 9, 12, 1.0, "mưa"), "season_factor"),
        (RoadSeasonTold("21607", 9, 12, 5.1, "mưa"), "season_factor"),
        (RoadSeasonTold("21607", 9, 12, 1.4, ""), "season_reason_missing"),
    ],
)
def test_what_is_no_season_is_named(told: RoadSeasonTold, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        check_season(told)
    assert refused.value.code == code


def test_per_cents_are_whole() -> None:
    assert (percent(1.4), percent(5.0)) == (40, 400)
