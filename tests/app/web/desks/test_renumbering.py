"""A dossier's number typed wrong at the desk: two people put it right, and both numbers stay."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from app.domain.identity import Role
from app.models import (
    AuditEvent,
    CarrierOrder,
    CustodyEvidence,
    Link,
    Message,
    OutboxMessage,
    Renumbering,
    StaffAccount,
)
from app.services.outbox import links, orders
from app.unit_of_work import UnitOfWork
from tests.app.web.desks.conftest import PASSWORD, Place
from tests.factories import NOW, make_desk, make_partner, make_staff
from tests.factories.custody import accepted, make_road, next_dossier_code
from tests.factories.links import make_link

REASON = "gõ nhầm một chữ số"


@pytest.fixture
def numbered(at_desk: Place, session: UnitOfWork) -> Place:
    accepted(session, at_desk.road)
    return at_desk


def renumber(place: Place, after: str, second: StaffAccount | None = None, /, **given: Any) -> Any:
    said = {
        "before": place.road.dossier.code,
        "dossier_code": after,
        "reason": REASON,
        "other_name": (second or place.counter).username,
        "other_password": PASSWORD,
    }
    return place.client.post(f"/mot-cua/ho-so/{place.road.dossier.id}/sua-ma", data=said | given)


def rows(session: Session) -> list[Renumbering]:
    return list(session.scalars(select(Renumbering).order_by(Renumbering.id)))


def test_both_numbers_both_people_and_the_reason_stay(numbered: Place, session: UnitOfWork) -> None:
    before, after = numbered.road.dossier.code, next_dossier_code()
    assert renumber(numbered, after).status_code == 303
    (row,) = rows(session)
    assert (row.before, row.after, numbered.road.dossier.code) == (before, after, after)
    assert (row.by, row.confirmed_by) == (f"staff:{numbered.clerk.id}", f"staff:{numbered.counter.id}")
    kept = session.scalars(select(CustodyEvidence).where(CustodyEvidence.commitment == row.commitment)).one()
    assert kept.payload == {"why": REASON}
    said = session.scalars(select(AuditEvent).where(AuditEvent.action == "dossier.renumbered")).one()
    assert said.detail == {"renumbering": row.id}


def test_the_row_is_never_changed(numbered: Place, session: UnitOfWork) -> None:
    renumber(numbered, next_dossier_code())
    (row,) = rows(session)
    row.before = "H21.65-220914-0011"
    with pytest.raises(ProgrammingError), session.begin_nested():
        session.flush()


def test_the_page_and_the_citizen_say_what_was_put_right(numbered: Place, session: UnitOfWork) -> None:
    before, after = numbered.road.dossier.code or "", next_dossier_code()
    renumber(numbered, after)
    page = unescape(numbered.client.get(f"/mot-cua/ho-so/{numbered.road.dossier.id}").text)
    assert f"{before} → {after}. Lý do: {REASON}" in page
    (body,) = session.scalars(select(Message.body).where(Message.template == "renumbered"))
    assert before in body
    assert after in body


def test_sent_twice_it_is_done_once(numbered: Place, session: UnitOfWork) -> None:
    before, after = numbered.road.dossier.code or "", next_dossier_code()
    assert [renumber(numbered, after, before=before).status_code for _ in range(2)] == [303, 303]
    assert len(rows(session)) == 1


def test_nobody_corrects_a_number_that_has_changed_meanwhile(numbered: Place, session: UnitOfWork) -> None:
    answer = renumber(numbered, next_dossier_code(), before=next_dossier_code())
    assert (answer.status_code, "Mã hồ sơ đã đổi" in unescape(answer.text), rows(session)) == (422, True, [])


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"dossier_code": "H21"}, "dossier_code"),
        ({"other_password": "sai mật khẩu rồi"}, "other_password"),
    ],
)
def test_a_fault_is_named_at_its_field(numbered: Place, session: UnitOfWork, given: dict[str, str], field: str) -> None:
    answer = renumber(numbered, next_dossier_code(), **given)
    assert (answer.status_code, f'id="{field}-error"' in answer.text, rows(session)) == (422, True, [])


def test_one_person_is_not_two(numbered: Place, session: UnitOfWork) -> None:
    answer = renumber(numbered, next_dossier_code(), numbered.clerk)
    assert (answer.status_code, 'id="other_name-error"' in answer.text, rows(session)) == (422, True, [])


def test_somebody_of_elsewhere_has_not_seen_the_slip(numbered: Place, session: UnitOfWork) -> None:
    stranger = make_staff(session, Role.DESK_CLERK, desk=make_desk(session))
    stranger.password_hash = numbered.clerk.password_hash
    session.flush()
    answer = renumber(numbered, next_dossier_code(), stranger)
    assert (answer.status_code, 'id="other_name-error"' in answer.text, rows(session)) == (422, True, [])


def test_a_number_that_an_agency_told_is_the_agencys(numbered: Place, session: UnitOfWork) -> None:
    numbered.road.dossier.partner_id = make_partner(session).id
    session.flush()
    answer = renumber(numbered, next_dossier_code())
    assert (answer.status_code, "phần mềm của cơ quan" in unescape(answer.text), rows(session)) == (422, True, [])


def test_what_was_told_under_the_wrong_number_is_told_again(numbered: Place, session: UnitOfWork) -> None:
    session.add(Link(name=links.ONE_STOP, enabled=True))
    links.forget(session)
    renumber(numbered, next_dossier_code())
    told = session.scalars(select(OutboxMessage.trigger).where(OutboxMessage.kind == "step")).all()
    assert [trigger.endswith(f":{rows(session)[0].id}") for trigger in told] == [True] * len(told)
    assert told


def test_an_order_named_by_mistake_keeps_its_name_and_nobodys_new_order_gets_it(
    numbered: Place, session: UnitOfWork
) -> None:
    make_link(session)
    links.forget(session)
    road = numbered.road
    orders.follow(session, road.collection, NOW)
    wrong = road.dossier.code
    renumber(numbered, next_dossier_code())
    other = make_road(session, road.world)
    other.dossier.code = wrong
    orders.follow(session, other.collection, NOW)
    numbers = session.scalars(select(CarrierOrder.number).order_by(CarrierOrder.number)).all()
    assert numbers == [f"{wrong}-TG01", f"{wrong}-TG02"]
