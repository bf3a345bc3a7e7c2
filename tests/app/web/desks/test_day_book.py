"""The office's book on the screen: even days are signed at the counter, others by the manager."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.identity import Role
from app.models import DayClose
from app.services.custody.incidents import open_incident
from app.services.desks.handover import hand_over
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import SignIn
from tests.app.web.desks.conftest import TODAY, Place
from tests.factories import NOW, make_courier, make_staff
from tests.factories.cash import make_receipt
from tests.factories.custody import AT_THE_DOOR, collected, handing, make_road
from tests.factories.phone import make_device

DATE = TODAY.isoformat()


def busy(session: UnitOfWork, place: Place) -> str:
    """An envelope came in today and lies in the safe; its code."""
    road = make_road(session, place.road.world)
    parcel = collected(session, road)
    since = AT_THE_DOOR + timedelta(days=3)
    hand_over(session, handing(road, [parcel], road.courier, road.safe, now=since))
    session.flush()
    return parcel.code


def sign(place: Place, holder: str | None = None, path: str = "", **given: str) -> tuple[int, str]:
    party = holder or f"office_safe:{place.road.world.office.id}"
    answer = place.client.post(f"/buu-cuc/so-ngay{path}", data={"party": party, "ngay": DATE, **given})
    return answer.status_code, answer.text


def test_an_even_day_is_shown_and_signed(at_counter: Place, session: UnitOfWork) -> None:
    busy(session, at_counter)
    page = at_counter.client.get("/buu-cuc/so-ngay").text
    assert "Ký sổ" in page
    assert at_counter.road.world.courier.name in page

    assert sign(at_counter)[0] == 303
    assert sign(at_counter, f"courier:{at_counter.road.world.courier.id}")[0] == 303

    rows = session.scalars(select(DayClose).order_by(DayClose.holder)).all()
    assert [(row.day, row.signed_by) for row in rows] == [(TODAY, f"staff:{at_counter.counter.id}")] * 2
    assert at_counter.client.get(f"/buu-cuc/so-ngay?ngay={DATE}").text.count("Đã ký lúc") == 2


def test_what_does_not_come_out_is_named_and_left_to_the_manager(
    at_counter: Place, session: UnitOfWork, sign_in: SignIn
) -> None:
    code = busy(session, at_counter)
    office = at_counter.road.world.office
    open_incident(session, kind="damaged", parcel_code=code, office_id=office.id, by="staff:1", now=NOW)
    page = at_counter.client.get("/buu-cuc/so-ngay").text
    assert code in page
    assert "trưởng bưu cục ký sổ này" in page
    status, said = sign(at_counter)
    assert (status, "trưởng bưu cục" in said) == (409, True)

    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=office))
    assert "Ký sổ khi còn chỗ chưa khớp" in at_counter.client.get("/buu-cuc/so-ngay").text
    assert sign(at_counter)[0] == 409  # without a reason
    assert sign(at_counter, close_reason="looked_into")[0] == 303
    assert "Chỗ chưa khớp đã có người đang tìm" in at_counter.client.get("/buu-cuc/so-ngay").text
    assert session.scalars(select(DayClose)).one().incidents[0]["parcel"] == code


def test_the_manager_opens_a_signed_book_again_and_the_page_tells_the_story(
    at_counter: Place, session: UnitOfWork, sign_in: SignIn
) -> None:
    busy(session, at_counter)
    sign(at_counter)
    assert "Mở lại sổ" not in at_counter.client.get("/buu-cuc/so-ngay").text
    assert sign(at_counter, path="/mo-lai", reopen_reason="late_facts")[0] == 409

    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=at_counter.road.world.office))
    assert sign(at_counter, path="/mo-lai")[0] == 409
    assert sign(at_counter, path="/mo-lai", reopen_reason="late_facts")[0] == 303
    page = at_counter.client.get("/buu-cuc/so-ngay").text
    assert "Dữ liệu đến sau khi ký" in page
    assert sign(at_counter)[0] == 303
    assert "Mở lại lúc" in at_counter.client.get("/buu-cuc/so-ngay").text


def test_money_is_not_told_before_it_has_been_counted(at_counter: Place, session: UnitOfWork) -> None:
    courier = at_counter.road.world.courier
    make_receipt(session, make_device(session, courier), AT_THE_DOOR + timedelta(days=3), 26_700)
    page = at_counter.client.get("/buu-cuc/so-ngay").text
    assert ("26.700" in page, "tiền chưa đếm xong" in page) == (False, True)


def test_what_comes_late_is_said_and_changes_no_signature(at_counter: Place, session: UnitOfWork) -> None:
    busy(session, at_counter)
    sign(at_counter)
    busy(session, at_counter)

    assert "Sau khi ký" in at_counter.client.get(f"/buu-cuc/so-ngay?ngay={DATE}").text
    assert session.scalars(select(DayClose)).one().balance["received"] == 1


def test_other_offices_books_are_closed_to_us(at_counter: Place, session: Session) -> None:
    stranger = make_courier(session)
    assert stranger.name not in at_counter.client.get("/buu-cuc/so-ngay").text
    assert sign(at_counter, f"courier:{stranger.id}")[0] == 409
    assert sign(at_counter, "desk:1")[0] == 409
    assert session.scalars(select(DayClose)).all() == []


def test_a_strange_day_is_today(at_counter: Place) -> None:
    for day in ("", "hôm nay", "2999-01-01"):
        assert f'name="ngay" value="{DATE}"' in at_counter.client.get(f"/buu-cuc/so-ngay?ngay={day}").text
