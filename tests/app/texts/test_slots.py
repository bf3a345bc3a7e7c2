from datetime import date, time, timedelta

import pytest

from app.clock import at
from app.domain.slot import AFTERNOON, MORNING, TWO_HOURS, SlotTimes
from app.texts.slots import slot_label
from tests.factories import DAY


def label(times: SlotTimes, day: date = DAY) -> str:
    return slot_label(times.kind, at(day, times.start), at(day, times.end))


@pytest.mark.parametrize(
    ("times", "said"),
    [
        (MORNING, "Thứ Ba 01/12, buổi sáng (07:00–11:30)"),
        (AFTERNOON, "Thứ Ba 01/12, buổi chiều (13:00–17:00)"),
        (TWO_HOURS[1], "Thứ Ba 01/12, 09:00–11:00"),
    ],
)
def test_a_slot_is_a_day_and_a_part_of_it(times: SlotTimes, said: str) -> None:
    assert label(times) == said


def test_every_weekday_has_its_name() -> None:
    monday = date(2026, 11, 30)
    names = [label(MORNING, monday + timedelta(days=n)).split(" 0")[0].split(" 3")[0] for n in range(7)]
    assert names == ["Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật"]


def test_midnight_in_greenwich_is_morning_here() -> None:
    assert "buổi sáng" in slot_label(MORNING.kind, at(DAY, time(7)), at(DAY, time(11, 30)))
