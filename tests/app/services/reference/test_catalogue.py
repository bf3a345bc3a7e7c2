from datetime import date

import pytest

from app.domain.tariff import Direction, ZoneClass, price
from app.domain.working_days import Calendar
from app.services.reference.catalogue import read_calendar, read_centres, read_outcomes, read_pilots, read_tariff
from integrations.geocoding import units

TARIFF = read_tariff()
DAYS = read_calendar()
CALENDAR = Calendar(
    holidays=frozenset(day.day for day in DAYS if day.kind == "holiday"),
    working_saturdays=frozenset(day.day for day in DAYS if day.kind == "working"),
)


@pytest.mark.parametrize(
    ("direction", "zone", "grams", "dong"),
    [
        ("send", "same_zone", 45, 26_000),
        ("send", "same_province", 100, 30_000),
        ("return", "same_zone", 101, 27_000),
        ("return", "other_region", 500, 40_000),
        ("send", "same_zone", 501, 28_700),
        ("send", "other_region", 1_600, 56_900),
    ],
)
def test_the_applied_list_gives_its_prices(direction: str, zone: str, grams: int, dong: int) -> None:
    lower, _ = price(TARIFF.rates, Direction(direction), ZoneClass(zone), grams, date(2026, 12, 1))
    assert lower == dong


def test_every_price_has_a_legal_basis_and_a_date() -> None:
    assert len(TARIFF.rates) == 32
    assert all(rate.legal_basis and rate.valid_from == date(2026, 1, 1) for rate in TARIFF.rates)


def test_remitting_a_state_fee_costs_8000_a_dossier() -> None:
    assert [fee.price for fee in TARIFF.remittances] == [8_000]


@pytest.mark.parametrize(
    "day",
    [
        *("2026-01-01", "2026-02-16", "2026-02-17", "2026-02-20", "2026-04-27", "2026-04-30", "2026-05-01"),
        *(
            "2026-08-31",
            "2026-09-01",
            "2026-09-02",
            "2026-11-24",
            "2027-01-01",
            "2027-02-05",
            "2027-02-08",
            "2027-02-10",
        ),
        *("2027-02-11", "2027-04-16", "2027-04-30", "2027-05-03", "2027-09-02", "2027-09-03", "2027-11-24"),
    ],
)
def test_nobody_works_on_a_holiday(day: str) -> None:
    assert not CALENDAR.is_working(date.fromisoformat(day))


@pytest.mark.parametrize(
    "day", ["2026-01-10", "2026-08-22", "2026-02-13", "2026-02-23", "2026-12-01", "2027-02-04", "2027-02-12"]
)
def test_the_days_around_are_working_days(day: str) -> None:
    assert CALENDAR.is_working(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("day", "working_days", "then"),
    [("2026-08-28", 3, "2026-09-07"), ("2026-08-28", 1, "2026-09-03"), ("2026-08-21", 1, "2026-08-22")],
)
def test_time_limits_are_counted_over_a_swap_of_working_days(day: str, working_days: int, then: str) -> None:
    assert CALENDAR.add(date.fromisoformat(day), working_days) == date.fromisoformat(then)


def test_the_law_gives_at_least_eleven_holidays_a_year_on_working_days() -> None:
    for year in (2026, 2027):
        lost = [day for day in CALENDAR.holidays if day.year == year and day.weekday() < 5]
        assert len(lost) >= 11, year


def test_every_outcome_at_the_door_has_words_and_an_actor() -> None:
    outcomes = {row.code: row for row in read_outcomes()}
    expected = (
        "DONE ABSENT NO_CONTACT ADDR_WRONG NO_ACCESS PAPERS_MISSING PAPERS_WRONG NOT_ENTITLED MOVED REFUSED_ERROR "
        "REFUSED_OTHER FEE_UNPAID RESCHEDULED CANCELLED SEAL_BROKEN DESK_CLOSED NOT_READY VEHICLE WEATHER OUT_OF_TIME"
    )
    assert set(outcomes) == set(expected.split())
    assert {code for code, row in outcomes.items() if row.counts} == {"ABSENT", "NO_CONTACT", "REFUSED_OTHER"}
    assert outcomes["ABSENT"].evidence == ("gate_photo", "call")
    assert outcomes["SEAL_BROKEN"].evidence == ("two_photos",)
    assert {code for code, row in outcomes.items() if not row.next_actor} == {"DONE", "CANCELLED"}


def test_the_five_surveyed_places_open_first_and_all_are_open_on_the_demo_day() -> None:
    pilots = read_pilots()
    names = {unit.code: unit.short_name for unit in units()}
    first = {names[pilot.unit_code] for pilot in pilots if pilot.in_service_from == date(2026, 7, 1)}
    assert first == {"Ia Krái", "Mang Yang", "Pleiku", "Diên Hồng", "Hội Phú"}
    assert {pilot.unit_code for pilot in pilots} == set(names)
    assert max(pilot.in_service_from for pilot in pilots) <= date(2026, 11, 1)


def test_one_desk_sits_in_a_post_office_as_in_ia_to() -> None:
    assert [pilot.unit_code for pilot in read_pilots() if pilot.desk_at_office] == ["23776"]


def test_there_are_two_hubs_and_one_provincial_desk() -> None:
    assert [(centre.kind, centre.code) for centre in read_centres()] == [
        ("hub", "HUB-PLEIKU"),
        ("hub", "HUB-QUY-NHON"),
        ("desk", "MC-TINH"),
    ]
