"""On the desk's screen a dossier is refused, or more papers are asked for: read first as the citizen will read it."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.checklist import Mode
from app.domain.dossier import DossierState, RefusalState
from app.domain.errand import ErrandState
from app.models import CarrierOrder, Link, Message, Refusal
from app.services.desks import refusals
from app.services.outbox import links, orders
from app.unit_of_work import UnitOfWork
from tests.app.web.desks.conftest import Place
from tests.factories import NOW
from tests.factories.custody import accepted, collected, make_road, next_dossier_code

SAID = {"kind": "refuse", "reason": "Hồ sơ không thuộc thẩm quyền", "legal_basis": "Điều 6 Luật Thử", "step": "say"}
PAPERS = {**SAID, "kind": "papers", "reason": "Bản sao đã mờ", "papers": ["1"]}


def page_of(place: Place) -> str:
    return f"/mot-cua/tu-choi/{place.road.dossier.id}"


def said(session: Session, place: Place) -> Refusal:
    return session.scalars(select(Refusal).where(Refusal.dossier_id == place.road.dossier.id)).one()


def told(session: Session, template: str) -> list[str]:
    return list(session.scalars(select(Message.body).where(Message.template == template)))


def citizen_reads(place: Place) -> str:
    return unescape(place.client.get(f"/theo-doi/{place.road.request.tracking_token}").text)


def test_a_dossier_whose_courier_has_not_set_out_is_refused_at_once(at_desk: Place, session: UnitOfWork) -> None:
    answer = at_desk.client.post(page_of(at_desk), data=SAID)
    assert answer.status_code == 303
    assert (at_desk.road.dossier.state, at_desk.road.collection.state) == (DossierState.REFUSED, ErrandState.CANCELLED)


def test_a_refusal_on_the_screen_is_in_the_audit_by_the_clerks_account(at_desk: Place, session: UnitOfWork) -> None:
    at_desk.client.post(page_of(at_desk), data=SAID)
    refusal = said(session, at_desk)
    assert (refusal.by, refusal.partner_id) == (f"staff:{at_desk.clerk.id}", None)


def test_what_is_only_declared_in_the_form_is_no_paper_to_ask_for(at_desk: Place, session: UnitOfWork) -> None:
    line = at_desk.road.dossier.procedure.papers[0]
    line.mode = Mode.DECLARE
    session.flush()
    assert f'name="papers" value="{line.line}"' not in at_desk.client.get(page_of(at_desk)).text
    assert at_desk.client.post(page_of(at_desk), data={**PAPERS, "papers": [str(line.line)]}).status_code == 422


def test_what_the_citizen_will_read_is_shown_before_it_is_said(at_desk: Place, session: UnitOfWork) -> None:
    text = unescape(at_desk.client.post(page_of(at_desk), data={**SAID, "step": "look"}).text)
    at_desk.client.post(page_of(at_desk), data=SAID)
    (message,) = told(session, "refused")
    assert message.replace("{link}", "…") in text


def test_looking_at_the_words_says_nothing(at_desk: Place, session: UnitOfWork) -> None:
    at_desk.client.post(page_of(at_desk), data={**SAID, "step": "look"})
    assert session.scalars(select(Refusal)).all() == []


def test_the_citizens_page_gives_the_line_that_the_clerk_was_shown(at_desk: Place) -> None:
    look = unescape(at_desk.client.post(page_of(at_desk), data={**PAPERS, "step": "look"}).text)
    at_desk.client.post(page_of(at_desk), data=PAPERS)
    line = f"đề nghị bổ sung: {at_desk.road.dossier.procedure.papers[0].name}. Lý do: Bản sao đã mờ. Căn cứ: Điều 6 Luật Thử"
    assert (line in look, line in citizen_reads(at_desk)) == (True, True)


def test_a_refused_dossier_reads_its_reason_and_its_law(at_desk: Place) -> None:
    at_desk.client.post(page_of(at_desk), data=SAID)
    assert "Lý do: Hồ sơ không thuộc thẩm quyền. Căn cứ: Điều 6 Luật Thử" in citizen_reads(at_desk)


@pytest.mark.parametrize("left_out", ["kind", "reason", "legal_basis", "papers"])
def test_each_part_that_is_missing_is_asked_for_at_its_field(at_desk: Place, left_out: str) -> None:
    answer = at_desk.client.post(page_of(at_desk), data={**PAPERS, left_out: "", "step": "look"})
    assert (answer.status_code, f'href="#{left_out}"' in answer.text) == (422, True)


def test_papers_outside_the_published_list_are_not_asked_for(at_desk: Place, session: UnitOfWork) -> None:
    answer = at_desk.client.post(page_of(at_desk), data={**PAPERS, "papers": ["99"]})
    assert (answer.status_code, session.scalars(select(Refusal)).all()) == (422, [])


def test_papers_on_the_road_block_the_refusal_and_the_page_says_why(at_desk: Place, session: UnitOfWork) -> None:
    collected(session, at_desk.road)
    at_desk.client.post(page_of(at_desk), data=SAID)
    assert said(session, at_desk).state == RefusalState.BLOCKED
    assert "Bưu tá đã nhận và niêm phong giấy tờ của người dân" in at_desk.client.get(page_of(at_desk)).text


def test_more_papers_are_asked_for_after_the_envelope_was_counted_only(at_desk: Place, session: UnitOfWork) -> None:
    collected(session, at_desk.road)
    answer = at_desk.client.post(page_of(at_desk), data=PAPERS)
    assert (answer.status_code, "Xin mở và kiểm đếm trước" in answer.text) == (422, True)


def test_a_dossier_that_wants_papers_waits_and_keeps_its_visit(at_desk: Place, session: UnitOfWork) -> None:
    at_desk.client.post(page_of(at_desk), data=PAPERS)
    assert at_desk.road.dossier.state == DossierState.PAPERS_WANTED
    assert at_desk.road.collection.state is not ErrandState.CANCELLED
    assert len(told(session, "more_papers")) == 1


def test_papers_wanted_of_a_counted_dossier_are_the_citizens_turn(at_desk: Place, session: UnitOfWork) -> None:
    accepted(session, at_desk.road)
    at_desk.client.post(page_of(at_desk), data=PAPERS)
    assert "Ông/bà: bổ sung giấy tờ còn thiếu" in citizen_reads(at_desk)


def test_another_desks_dossier_is_not_found(at_desk: Place, session: UnitOfWork) -> None:
    strange = make_road(session).dossier.id
    assert at_desk.client.post(f"/mot-cua/tu-choi/{strange}", data=SAID).status_code == 404


def test_a_dossier_is_found_by_the_end_of_its_code(at_desk: Place, session: UnitOfWork) -> None:
    accepted(session, at_desk.road)
    code = at_desk.road.dossier.code or ""
    assert page_of(at_desk) in at_desk.client.get(f"/mot-cua/tu-choi/?ma={code[-6:]}").text


# -- where a carrier drives


@pytest.fixture
def carried(at_desk: Place, session: UnitOfWork) -> Place:
    session.add(Link(name="vnpost", enabled=True))
    session.flush()
    links.forget(session)
    road = at_desk.road
    road.dossier.code = next_dossier_code()
    road.collection.executed_by, road.collection.state = "carrier", ErrandState.SCHEDULED
    session.flush()
    orders.follow(session, road.collection, NOW)
    session.flush()
    orders.placed(session, order_of(session), None, None, NOW)
    session.flush()
    return at_desk


def order_of(session: Session) -> CarrierOrder:
    return session.scalars(select(CarrierOrder).order_by(CarrierOrder.attempt.desc()).limit(1)).one()


def test_until_the_carrier_answers_the_citizen_is_told_nothing(carried: Place, session: UnitOfWork) -> None:
    carried.client.post(page_of(carried), data=SAID)
    assert (said(session, carried).state, told(session, "refused")) == (RefusalState.REQUESTED, [])


def test_a_refusal_that_waits_stands_on_the_desks_list(carried: Place) -> None:
    carried.client.post(page_of(carried), data=SAID)
    assert "Đang chờ trả lời" in carried.client.get("/mot-cua/tu-choi/").text


def test_a_refusal_that_waits_is_withdrawn_and_the_dossier_goes_on(carried: Place, session: UnitOfWork) -> None:
    carried.client.post(page_of(carried), data=SAID)
    carried.client.post(f"{page_of(carried)}/thoi")
    assert said(session, carried).state == RefusalState.WITHDRAWN
    assert carried.road.dossier.state == DossierState.REGISTERED


def test_what_the_carrier_calls_off_after_a_withdrawal_is_ordered_anew(carried: Place, session: UnitOfWork) -> None:
    carried.client.post(page_of(carried), data=SAID)
    carried.client.post(f"{page_of(carried)}/thoi")
    order = order_of(session)
    orders.called_off(order, NOW + timedelta(minutes=5), done=True)
    refusals.answered(session, order, NOW + timedelta(minutes=5))
    session.flush()
    assert (order_of(session).attempt, order_of(session).state) == (2, "wanted")


def test_a_decided_refusal_is_not_withdrawn(at_desk: Place, session: UnitOfWork) -> None:
    at_desk.client.post(page_of(at_desk), data=SAID)
    assert at_desk.client.post(f"{page_of(at_desk)}/thoi").status_code == 409
    assert said(session, at_desk).state == RefusalState.REFUSED
