"""What a courier's phone reported alone is answered on the page of the other side."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.custody import Act, EventKind, Holder, Party
from app.models import Courier, CustodyConfirmation, CustodyEvent, Incident, Parcel, StaffAccount
from app.services.custody import chains
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import SignIn
from tests.app.web.desks.conftest import PASSWORD, Place, password_hash
from tests.factories import make_courier
from tests.factories.custody import AT_THE_DOOR, collected, make_road, next_operation

AN_HOUR_LATER = AT_THE_DOOR + timedelta(hours=1)


def reported(session: UnitOfWork, place: Place, taker: Party | None = None) -> tuple[Parcel, CustodyEvent]:
    road = make_road(session, place.road.world)
    parcel = collected(session, road)
    act = Act(
        EventKind.HANDED_OVER,
        road.courier,
        taker or road.safe,
        occurred_at=AN_HOUR_LATER,
        now=AN_HOUR_LATER,
        by=road.by_courier,
        operation_id=next_operation(),
        late=True,
    )
    event = chains.append(session, parcel, act)
    session.flush()
    return parcel, event


def test_what_a_courier_gave_is_confirmed_by_scanning_it(at_counter: Place, session: UnitOfWork) -> None:
    (here, event), (left, _) = (reported(session, at_counter) for _ in range(2))
    assert "Bưu tá báo đã giao/nhận" in at_counter.client.get("/buu-cuc/").text
    page = at_counter.client.get("/buu-cuc/xac-nhan").text
    assert 'data-awaited="2"' in page
    assert here.code not in page

    answer = at_counter.client.post("/buu-cuc/xac-nhan/quet", data={"codes": here.code})

    assert answer.status_code == 303
    assert session.scalars(select(CustodyConfirmation.event_id)).all() == [event.id]
    assert f"Còn 1 phong bì chưa quét: {left.code}" in at_counter.client.get("/buu-cuc/").text


def test_an_envelope_that_nobody_told_of_is_not_confirmed(at_counter: Place, session: UnitOfWork) -> None:
    parcel = collected(session, make_road(session, at_counter.road.world))
    reported(session, at_counter)
    answer = at_counter.client.post("/buu-cuc/xac-nhan/quet", data={"codes": parcel.code})
    assert (answer.status_code, 'id="codes-error"' in answer.text) == (422, True)


def test_what_a_courier_took_is_confirmed_by_its_number(at_counter: Place, session: UnitOfWork) -> None:
    road = at_counter.road
    for _ in range(2):
        parcel, event = reported(session, at_counter)
        session.add(CustodyConfirmation(event_id=event.id, by="staff:1", at=AN_HOUR_LATER, agreed=True))
        taken = Act(
            EventKind.HANDED_OVER, road.safe, road.courier, occurred_at=AN_HOUR_LATER, now=AN_HOUR_LATER,
            by=road.by_courier, operation_id=next_operation(), late=True,
        )  # fmt: skip
        chains.append(session, parcel, taken)
    session.flush()
    given = {"party": f"courier:{road.world.courier.id}"}

    wrong = at_counter.client.post("/buu-cuc/xac-nhan/dem", data={**given, "count": "3"})
    assert (wrong.status_code, 'id="count-error"' in wrong.text) == (422, True)
    right = at_counter.client.post("/buu-cuc/xac-nhan/dem", data={**given, "count": "2"})
    assert right.status_code == 303
    assert "Bưu tá báo đã giao/nhận" not in at_counter.client.get("/buu-cuc/").text


def test_an_envelope_nobody_sees_becomes_an_incident(at_counter: Place, session: UnitOfWork) -> None:
    parcel, event = reported(session, at_counter)
    path = f"/buu-cuc/xac-nhan/{event.id}/khong-thay"
    assert parcel.code in at_counter.client.get(path).text

    assert at_counter.client.post(path, data={"note": "Tủ không có"}).status_code == 303

    incident = session.scalars(select(Incident)).one()
    assert (incident.parcel_code, incident.note) == (parcel.code, "Tủ không có")
    assert at_counter.client.get(path).status_code == 404  # answered: nothing waits any more


def test_the_desk_answers_for_itself(at_desk: Place, session: UnitOfWork) -> None:
    parcel, event = reported(session, at_desk, at_desk.road.desk)
    assert parcel.code in at_desk.client.get("/mot-cua/").text

    assert at_desk.client.post("/mot-cua/xac-nhan", data={"events": str(event.id)}).status_code == 303

    assert session.scalars(select(CustodyConfirmation.by)).one() == f"staff:{at_desk.clerk.id}"


def test_the_desk_has_no_say_about_the_safe(at_desk: Place, session: UnitOfWork) -> None:
    _, event = reported(session, at_desk)
    assert f"/xac-nhan/{event.id}" not in at_desk.client.get("/mot-cua/").text

    assert at_desk.client.post("/mot-cua/xac-nhan", data={"events": str(event.id)}).status_code == 403
    assert at_desk.client.get(f"/mot-cua/xac-nhan/{event.id}/khong-thay").status_code == 404


def second_courier(session: Session, place: Place) -> tuple[Courier, StaffAccount]:
    second = make_courier(session, office=place.road.world.office)
    account = session.get_one(StaffAccount, second.staff_account_id)
    account.password_hash = password_hash()
    session.flush()
    return second, account


def test_between_two_couriers_the_second_signs_at_the_counter(at_counter: Place, session: UnitOfWork) -> None:
    second, account = second_courier(session, at_counter)
    _, event = reported(session, at_counter, Party(Holder.COURIER, str(second.id)))
    path = f"/buu-cuc/xac-nhan/{event.id}/ben-kia"
    assert path in at_counter.client.get("/buu-cuc/").text
    assert second.name in at_counter.client.get(path).text

    refused = at_counter.client.post(path, data={"other_name": at_counter.courier.username, "other_password": PASSWORD})
    assert (refused.status_code, 'id="other_name-error"' in refused.text) == (422, True)
    assert session.scalars(select(CustodyConfirmation)).all() == []

    signed = at_counter.client.post(path, data={"other_name": account.username, "other_password": PASSWORD})
    assert signed.status_code == 303
    assert session.scalars(select(CustodyConfirmation.by)).one() == f"staff:{account.id}"


def test_another_office_s_hand_over_is_not_found(at_counter: Place, session: UnitOfWork, sign_in: SignIn) -> None:
    _, event = reported(session, at_counter)
    sign_in(make_road(session).world.counter)

    assert at_counter.client.get(f"/buu-cuc/xac-nhan/{event.id}/khong-thay").status_code == 404
    assert at_counter.client.post(f"/buu-cuc/xac-nhan/{event.id}/khong-thay").status_code == 403
