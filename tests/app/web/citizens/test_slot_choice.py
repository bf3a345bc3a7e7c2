"""When: half days first, the best one on top, and for every day that is missing the reason."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import Clock, at
from app.domain.slot import BOOKING_CLOSES
from app.models import CalendarDay, SlotHold
from app.web.session import WebContext, context, init_context
from tests.app.web.citizens.walk import PHONE, prove, walk_to_address, walk_to_slot
from tests.factories import DAY, TODAY, World, make_errand, make_place, make_request

PAGE = "/dat-lich/gio-hen"
CLOSES = at(TODAY, BOOKING_CLOSES)


def _at(flask_app: Flask, clock: Clock) -> None:
    with flask_app.app_context():
        here = context()
    init_context(flask_app, WebContext(here.settings, here.database, clock, here.keys))


def _choices(page: str) -> list[str]:
    return re.findall(r'name="slot" value="(\d+)"', page)


def test_the_page_names_the_commune_and_folds_the_short_intervals(
    client: FlaskClient, session: Session, world: World
) -> None:
    walk_to_slot(client, world)
    world.unit.kind = "ward"
    session.flush()
    page = client.get(PAGE).text
    before, shorter = page.split("<details", 1)
    assert world.unit.name in before
    assert len(_choices(before)) == 10
    assert len(_choices(shorter)) == 20
    assert "Chọn khoảng hai giờ" in shorter


def test_a_weekend_a_holiday_a_flood_and_a_full_day_are_each_told(
    client: FlaskClient, session: Session, world: World
) -> None:
    walk_to_slot(client, world)
    session.add(CalendarDay(day=DAY, unit_code=None, kind="holiday", name="Nghỉ bù"))
    session.add(CalendarDay(day=DAY + timedelta(days=1), unit_code=world.unit.code, kind="closed", name="nước lũ"))
    session.flush()
    page = client.get(PAGE).text
    assert "Thứ Ba, 1/12/2026: nghỉ, Nghỉ bù." in page
    assert "Thứ Tư, 2/12/2026: bưu tá không đến được (nước lũ)." in page
    assert "Thứ Bảy, 5/12/2026, Chủ Nhật, 6/12/2026: ngày nghỉ cuối tuần." in page
    for slot_id in _choices(page)[:2]:
        session.get_one(type(world.slot), int(slot_id)).capacity = 0
    session.flush()
    assert "Thứ Năm, 3/12/2026: đã kín chỗ." in client.get(PAGE).text


def test_after_the_cut_off_tomorrow_is_told_as_closed(flask_app: Flask, client: FlaskClient, world: World) -> None:
    _at(flask_app, Clock(fixed=CLOSES - timedelta(minutes=20)))
    walk_to_slot(client, world)
    _at(flask_app, Clock(fixed=CLOSES))
    assert "Thứ Ba, 1/12/2026: đã hết giờ đặt, vì khóa lúc 16:30 hôm trước." in client.get(PAGE).text


@pytest.mark.parametrize(("minutes", "told"), [(11, False), (1, True)])
def test_a_place_is_never_promised_beyond_the_minute_at_which_its_day_closes(
    flask_app: Flask, client: FlaskClient, session: Session, world: World, minutes: int, *, told: bool
) -> None:
    _at(flask_app, Clock(fixed=CLOSES - timedelta(minutes=20)))
    walk_to_slot(client, world)
    moment = CLOSES - timedelta(minutes=minutes)
    _at(flask_app, Clock(fixed=moment))
    assert ("Xin đặt xong trước 16:30" in client.get(PAGE).text) is told
    client.post(PAGE, data={"slot": str(world.slot.id)})
    hold = session.scalars(select(SlotHold)).one()
    assert hold.expires_at == min(moment + timedelta(minutes=10), CLOSES)


@pytest.mark.parametrize(("doors", "pinned", "best"), [(2, True, True), (1, True, False), (2, False, False)])
def test_the_half_day_on_which_the_courier_is_near_anyway_stands_first(
    client: FlaskClient, session: Session, world: World, doors: int, *, pinned: bool, best: bool
) -> None:
    """One door alone is told nobody: it would say whose. Without a pin nobody knows what is near."""
    home = world.unit.lon + 0.001, world.unit.lat
    for n in range(1, doors + 1):
        near = make_place(session, unit=world.unit, lon=home[0] + 0.002 * n, lat=home[1])
        make_errand(session, make_request(session, place=near), slot=world.slot, office=world.office)
    walk_to_address(client, world)
    pin = {"lon": str(home[0]), "lat": str(home[1])} if pinned else {}
    client.post("/dat-lich/dia-chi", data={"address": "Thôn 2", **pin})
    client.post("/dat-lich/nguoi-gui", data={"who": "person", "name": "Nguyễn Văn Thử", "discount": "none"})
    client.post("/dat-lich/lien-lac", data={"channel": "sms", "phone": PHONE, "language": "vi"})
    prove(client)
    page = client.get(PAGE).text
    assert ("bưu tá đã có lịch đến gần nhà ông/bà" in page) is best
    assert not best or _choices(page)[0] == str(world.slot.id)
    assert len(_choices(page)) == len(set(_choices(page)))
