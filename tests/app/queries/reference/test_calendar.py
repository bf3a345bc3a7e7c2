from datetime import date

from sqlalchemy.orm import Session

from app.models import CalendarDay
from app.queries.reference.calendar import calendar
from tests.factories import make_unit

FLOODED, TET, SATURDAY = date(2026, 12, 1), date(2027, 2, 8), date(2026, 12, 5)


def test_holidays_working_saturdays_and_floods_are_told_apart(session: Session) -> None:
    unit = make_unit(session)
    session.add_all(
        [
            CalendarDay(day=TET, kind="holiday", name="Tết"),
            CalendarDay(day=SATURDAY, kind="working", name="Làm bù"),
            CalendarDay(day=FLOODED, unit_code=unit.code, kind="closed", name="Lũ"),
        ]
    )
    session.flush()
    found = calendar(session)
    assert not found.is_working(TET)
    assert found.is_working(SATURDAY)
    assert not found.is_open(unit.code, FLOODED)
    assert found.is_open("other", FLOODED)
    assert found.names == {TET: "Tết", SATURDAY: "Làm bù"}


def test_a_day_closed_everywhere_is_a_holiday(session: Session) -> None:
    session.add(CalendarDay(day=FLOODED, kind="closed", name="Bão"))
    session.flush()
    assert not calendar(session).is_working(FLOODED)


def test_new_years_day_is_free(reference: Session) -> None:
    assert not calendar(reference).is_working(date(2027, 1, 1))
