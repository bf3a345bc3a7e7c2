"""Papers that were wanted have come to the desk: taken in with number and date; and a date that was not written yet."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.custody import Holder
from app.domain.dossier import DossierState
from app.domain.errand import ErrandState
from app.models import AuditEvent, Message, Parcel
from app.queries.desks.papers import still_wanted
from app.services.desks.counting import count_papers
from app.unit_of_work import UnitOfWork
from tests.app.web.desks.conftest import TODAY, Place
from tests.app.web.desks.test_refusing import PAPERS, citizen_reads
from tests.factories import make_desk
from tests.factories.custody import accepted, collected, counting, make_road, next_dossier_code
from tests.factories.custody import at_desk as sealed_here

LATER = TODAY + timedelta(days=20)


def accept(place: Place, **given: str) -> Any:
    return place.client.post(f"/mot-cua/ho-so/{place.road.dossier.id}/tiep-nhan", data=given)


def told(session: Session, template: str) -> list[str]:
    return list(session.scalars(select(Message.body).where(Message.template == template)))


@pytest.fixture
def short(at_desk: Place, session: UnitOfWork) -> Place:
    """The desk's count found a paper missing; the dossier has its number."""
    parcel = sealed_here(session, at_desk.road)
    counts = {paper.line: paper.count for paper in parcel.papers} | {1: 0}
    count_papers(session, counting(at_desk.road, parcel, counts=counts))
    return at_desk


def test_a_dossier_whose_papers_have_come_to_the_desk_is_accepted(short: Place) -> None:
    assert accept(short, due_on=LATER.isoformat()).status_code == 303
    assert short.road.dossier.state == DossierState.ACCEPTED


def test_the_date_on_the_slip_is_taken_over_without_being_a_redating(short: Place, session: UnitOfWork) -> None:
    accept(short, due_on=LATER.isoformat())
    moves = session.scalars(select(AuditEvent).where(AuditEvent.action == "dossier.due_moved")).all()
    assert short.road.dossier.due_on == LATER
    assert [move.detail["redated"] for move in moves] == [False]


def test_the_citizen_is_told_of_the_number_and_the_new_date(short: Place, session: UnitOfWork) -> None:
    accept(short, due_on=LATER.isoformat())
    (message,) = told(session, "accepted_until")
    assert (short.road.dossier.code or "no number") in message


def test_the_citizens_page_tells_the_count_first_and_the_acceptance_after_it(short: Place) -> None:
    accept(short, due_on=LATER.isoformat())
    text = citizen_reads(short)
    assert text.index("Kiểm đếm thấy thiếu giấy tờ") < text.index("Hồ sơ được tiếp nhận, mã hồ sơ")


def test_a_dossier_asked_for_papers_reads_as_accepted_once_they_are_there(at_desk: Place) -> None:
    at_desk.client.post(f"/mot-cua/tu-choi/{at_desk.road.dossier.id}", data=PAPERS)
    accept(at_desk, dossier_code=next_dossier_code(), due_on=LATER.isoformat())
    text = citizen_reads(at_desk)
    assert text.index("đề nghị bổ sung") < text.index("Hồ sơ được tiếp nhận, mã hồ sơ")


def test_nothing_is_wanted_any_more_once_everything_is_there(short: Place, session: UnitOfWork) -> None:
    assert [paper.line for paper in still_wanted(session, short.road.dossier)] == [1]
    accept(short)
    assert still_wanted(session, short.road.dossier) == []


def test_who_said_that_everything_is_there_stays_in_the_audit(short: Place, session: UnitOfWork) -> None:
    accept(short)
    said = session.scalars(select(AuditEvent).where(AuditEvent.action == "dossier.papers_complete")).one()
    assert said.actor == f"staff:{short.clerk.id}"


def test_the_published_time_is_proposed_counted_from_today(short: Place, session: UnitOfWork) -> None:
    procedure = short.road.dossier.procedure
    procedure.time_value = 5
    session.flush()
    text = short.client.get(f"/mot-cua/ho-so/{short.road.dossier.id}").text
    assert "tính lại từ hôm nay" in unescape(text)
    assert 'id="due_on" name="due_on" type="date" value="20' in text


def test_said_twice_it_is_accepted_once(short: Place, session: UnitOfWork) -> None:
    assert [accept(short).status_code for _ in range(2)] == [303, 422]
    assert len(told(session, "accepted_until") + told(session, "accepted")) == 1


def test_a_dossier_counted_before_it_had_a_number_is_taken_in_with_it(at_desk: Place, session: UnitOfWork) -> None:
    count_papers(session, counting(at_desk.road, sealed_here(session, at_desk.road), dossier_code=None, due_on=None))
    assert at_desk.road.dossier.state == DossierState.REGISTERED
    code = next_dossier_code()
    assert accept(at_desk, dossier_code=code, due_on=LATER.isoformat()).status_code == 303
    assert (at_desk.road.dossier.state, at_desk.road.dossier.code) == (DossierState.ACCEPTED, code)


def test_without_its_number_it_is_not_taken_in(at_desk: Place, session: UnitOfWork) -> None:
    count_papers(session, counting(at_desk.road, sealed_here(session, at_desk.road), dossier_code=None, due_on=None))
    answer = accept(at_desk)
    assert (answer.status_code, 'id="dossier_code-error"' in answer.text) == (422, True)


def test_a_sealed_envelope_is_counted_first(at_desk: Place, session: UnitOfWork) -> None:
    sealed_here(session, at_desk.road)
    answer = accept(at_desk, dossier_code=next_dossier_code())
    assert (answer.status_code, "đang trên đường hoặc chưa mở" in answer.text) == (422, True)


def test_an_envelope_with_the_courier_is_waited_for(at_desk: Place, session: UnitOfWork) -> None:
    collected(session, at_desk.road)
    assert accept(at_desk, dossier_code=next_dossier_code()).status_code == 422


def test_papers_that_were_lost_on_the_road_may_be_brought_anew(at_desk: Place, session: UnitOfWork) -> None:
    session.get_one(Parcel, collected(session, at_desk.road).id).holder = Holder.LOST
    at_desk.road.collection.state = ErrandState.DONE
    session.flush()
    assert accept(at_desk, dossier_code=next_dossier_code()).status_code == 303


def test_a_visit_that_nobody_has_begun_is_called_off(at_desk: Place, session: UnitOfWork) -> None:
    at_desk.client.post(f"/mot-cua/tu-choi/{at_desk.road.dossier.id}", data=PAPERS)
    assert accept(at_desk, dossier_code=next_dossier_code()).status_code == 303
    assert (at_desk.road.collection.state, at_desk.road.delivery.state) == (
        ErrandState.CANCELLED, ErrandState.REQUESTED,
    )  # fmt: skip


def test_while_the_courier_is_at_the_door_nothing_is_accepted(at_desk: Place, session: UnitOfWork) -> None:
    at_desk.road.collection.state = ErrandState.UNDER_WAY
    session.flush()
    answer = accept(at_desk, dossier_code=next_dossier_code())
    assert (answer.status_code, at_desk.road.dossier.state) == (422, DossierState.REGISTERED)


def test_a_date_that_nobody_has_written_is_written_and_told(at_desk: Place, session: UnitOfWork) -> None:
    count_papers(session, counting(at_desk.road, sealed_here(session, at_desk.road), due_on=None))
    data = {"due_on": LATER.isoformat()}
    assert at_desk.client.post(f"/mot-cua/ho-so/{at_desk.road.dossier.id}/ngay-hen", data=data).status_code == 303
    assert at_desk.road.dossier.due_on == LATER
    assert len(told(session, "accepted_until")) == 1


@pytest.mark.parametrize("days", [1, 300])
def test_a_date_that_lies_behind_is_refused_at_its_field(short: Place, days: int) -> None:
    answer = accept(short, due_on=(TODAY - timedelta(days=days)).isoformat())
    assert (answer.status_code, 'id="due_on-error"' in answer.text) == (422, True)


def test_a_date_that_stands_is_not_overwritten_here(at_desk: Place, session: UnitOfWork) -> None:
    accepted(session, at_desk.road)
    before = at_desk.road.dossier.due_on
    data = {"due_on": LATER.isoformat()}
    assert at_desk.client.post(f"/mot-cua/ho-so/{at_desk.road.dossier.id}/ngay-hen", data=data).status_code == 422
    assert at_desk.road.dossier.due_on == before


@pytest.mark.parametrize("way", ["tiep-nhan", "ngay-hen"])
def test_another_desks_dossier_is_not_found(at_desk: Place, session: UnitOfWork, way: str) -> None:
    strange = make_road(session, desk=make_desk(session)).dossier.id
    assert at_desk.client.get(f"/mot-cua/ho-so/{strange}").status_code == 404
    assert at_desk.client.post(f"/mot-cua/ho-so/{strange}/{way}").status_code == 404
