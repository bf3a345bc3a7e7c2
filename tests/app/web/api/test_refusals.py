"""Refusing a dossier calls its pickup off first; papers that are on the road or still sealed stand in the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.domain.custody import Holder
from app.domain.errand import ErrandKind, ErrandState
from app.models import AuditEvent, Charge, Dossier, DossierStep, Errand, Message, Parcel, Refusal
from app.services.desks.counting import count_papers
from app.services.desks.handover import hand_over
from app.services.visits.collection import collect, collect_late
from app.unit_of_work import UnitOfWork
from tests.app.web.api.agency_line import AgencyLine, faults, said
from tests.factories import World, make_desk, make_dossier
from tests.factories.agency import dossier_told, make_agency
from tests.factories.custody import AT_THE_DOOR, Road, collecting, counting, handing

REASON = "Không thuộc thẩm quyền"


@pytest.fixture
def code(agency: AgencyLine, world: World) -> str:
    return str(said(agency.post("/dossiers", dossier_told(world)))["code"])


def refuse(agency: AgencyLine, code: str, call: str | None = None, **given: Any) -> TestResponse:
    return agency.post("/refusals", {"dossier_code": code, "reason": REASON, "by": "Cán bộ Thử"} | given, call)


def road(session: Session, world: World) -> Road:
    """The dossier as told, for the people who carry its papers."""
    dossier = session.scalars(select(Dossier)).one()
    errands = {errand.kind: errand for errand in session.scalars(select(Errand))}
    return Road(world, dossier.request, dossier, errands[ErrandKind.COLLECT], errands[ErrandKind.DELIVER])


def parcel_at(session: UnitOfWork, on: Road, holder: Holder) -> Parcel:
    """The sealed papers, brought as far as to this holder."""
    parcel = collect(session, collecting(on))
    if holder in {Holder.OFFICE_SAFE, Holder.DESK}:
        hand_over(session, handing(on, [parcel], on.courier, on.safe))
    if holder is Holder.DESK:
        hand_over(session, handing(on, [parcel], on.safe, on.desk, now=AT_THE_DOOR + timedelta(hours=5)))
    session.flush()
    return parcel


def blocked(answer: TestResponse) -> str:
    """Why not, as a code; the sentence says the way out."""
    assert (answer.status_code, said(answer)["code"]) == (409, "refusal_blocked"), answer.text
    assert faults(answer) == {"dossier_code": "refusal_blocked"}
    assert "Chưa từ chối được hồ sơ này." in said(answer)["detail"]
    assert "Xin" in said(answer)["detail"]
    return str(said(answer)["reason"])


# -- we can decide


def test_a_dossier_whose_visit_is_only_promised_is_refused_at_once(
    agency: AgencyLine, session: Session, code: str
) -> None:
    answer = refuse(agency, code)
    assert (answer.status_code, said(answer)["state"]) == (200, "refused"), answer.text
    shown = said(agency.get(f"/dossiers/{code}"))
    assert shown["state"] == 3
    assert {one["state"] for one in shown["errands"]} == {"cancelled"}
    assert session.scalars(select(Charge)).all() == []


def test_the_step_is_ours_and_is_told_on(agency: AgencyLine, session: Session, code: str) -> None:
    refuse(agency, code)
    steps = session.scalars(select(DossierStep).order_by(DossierStep.id)).all()
    assert [(step.state, step.told_by_them) for step in steps] == [(1, True), (3, False)]


def test_the_citizen_is_told_why(agency: AgencyLine, session: Session, world: World, code: str) -> None:
    refuse(agency, code)
    message = session.scalars(select(Message).where(Message.template == "refused")).one()
    assert REASON in message.body
    assert world.desk.name in message.body


def test_the_audit_says_who_asked_and_how_it_ended(agency: AgencyLine, session: Session, code: str) -> None:
    refuse(agency, code)
    events = session.scalars(select(AuditEvent).where(AuditEvent.action.like("refus%"))).all()
    assert [event.action for event in events] == ["refusal.asked", "refusal.refused"]
    assert REASON not in str([event.detail for event in events])
    assert "Cán bộ" not in str([event.detail for event in events])


def test_a_courier_who_set_out_is_called_back(agency: AgencyLine, session: Session, world: World, code: str) -> None:
    road(session, world).collection.state = ErrandState.PLANNED
    session.flush()
    assert refuse(agency, code).status_code == 200


def test_a_visit_that_failed_is_not_tried_again(agency: AgencyLine, session: Session, world: World, code: str) -> None:
    road(session, world).collection.state = ErrandState.FAILED
    session.flush()
    assert refuse(agency, code).status_code == 200
    assert road(session, world).collection.state is ErrandState.CANCELLED


def test_papers_that_the_desk_has_counted_are_the_desk_s_to_decide(
    agency: AgencyLine, session: UnitOfWork, world: World, code: str
) -> None:
    on = road(session, world)
    count_papers(session, counting(on, parcel_at(session, on, Holder.DESK), dossier_code=code))
    assert refuse(agency, code).status_code == 200


def test_a_household_s_visit_goes_on_for_its_other_dossiers(
    agency: AgencyLine, session: Session, world: World, code: str
) -> None:
    on = road(session, world)
    other = make_dossier(session, on.request, procedure=world.procedure, desk=world.desk)
    on.collection.dossiers.append(other)
    session.flush()
    assert refuse(agency, code).status_code == 200
    collection = session.scalars(select(Errand).where(Errand.kind == ErrandKind.COLLECT)).one()
    assert (collection.state, [one.id for one in collection.dossiers]) == (ErrandState.SCHEDULED, [other.id])


# -- the papers are on the road


@pytest.mark.parametrize(
    ("holder", "reason"),
    [
        (Holder.COURIER, "courier_holds_papers"),
        (Holder.OFFICE_SAFE, "office_holds_papers"),
        (Holder.DESK, "papers_at_desk"),
    ],
)
def test_papers_in_other_hands_or_still_sealed_stand_in_the_way(
    agency: AgencyLine, session: UnitOfWork, world: World, code: str, holder: Holder, reason: str
) -> None:
    parcel_at(session, road(session, world), holder)
    assert blocked(refuse(agency, code)) == reason
    assert said(agency.get(f"/dossiers/{code}"))["state"] == 1
    refusal = session.scalars(select(Refusal)).one()
    assert (refusal.state, refusal.blocked_by) == ("refusal_blocked", reason)


@pytest.mark.parametrize(
    ("holder", "reason"),
    [(Holder.BAG, "papers_in_bag"), (Holder.CARRIER, "carrier_holds_papers"), (Holder.LOST, "papers_lost")],
)
def test_every_holder_has_its_reason(
    agency: AgencyLine, session: UnitOfWork, world: World, code: str, holder: Holder, reason: str
) -> None:
    parcel_at(session, road(session, world), Holder.OFFICE_SAFE).holder = holder
    session.flush()
    assert blocked(refuse(agency, code)) == reason


def test_a_courier_at_the_door_is_waited_for(agency: AgencyLine, session: Session, world: World, code: str) -> None:
    road(session, world).collection.state = ErrandState.UNDER_WAY
    session.flush()
    assert blocked(refuse(agency, code)) == "courier_at_door"


@pytest.mark.parametrize("state", [7, 8, 9, 10])
def test_a_dossier_that_ended_is_not_refused(agency: AgencyLine, code: str, state: int) -> None:
    agency.post(f"/dossiers/{code}/states", {"state": state, "at": "2026-11-29T09:00:00+07:00"})
    assert blocked(refuse(agency, code)) == "dossier_ended"


def test_what_was_blocked_may_be_asked_again(agency: AgencyLine, session: UnitOfWork, world: World, code: str) -> None:
    on = road(session, world)
    parcel = parcel_at(session, on, Holder.DESK)
    blocked(refuse(agency, code))
    count_papers(session, counting(on, parcel, dossier_code=code))
    assert refuse(agency, code).status_code == 200


def test_a_blocked_refusal_is_answered_the_same_to_the_same_call(
    agency: AgencyLine, session: UnitOfWork, world: World, code: str
) -> None:
    parcel_at(session, road(session, world), Holder.COURIER)
    assert [blocked(refuse(agency, code, "the same call")) for _ in range(2)] == ["courier_holds_papers"] * 2
    assert len(session.scalars(select(Refusal)).all()) == 1


# -- twice, and too late


def test_refusing_twice_is_one_refusal(agency: AgencyLine, session: Session, code: str) -> None:
    first, second = refuse(agency, code), refuse(agency, code, reason="Lý do khác")
    assert (second.status_code, said(second)) == (200, said(first))
    assert len(session.scalars(select(Refusal)).all()) == 1
    assert len(session.scalars(select(Message).where(Message.template == "refused")).all()) == 1


def test_a_refusal_is_looked_at_by_who_asked(agency: AgencyLine, session: Session, code: str) -> None:
    told = said(refuse(agency, code))
    assert said(agency.get(f"/refusals/{told['id']}")) == told
    make_agency(session, make_desk(session), "another agency's key")
    assert AgencyLine(agency.client, "another agency's key").get(f"/refusals/{told['id']}").status_code == 404


def test_papers_collected_after_the_refusal_are_kept_and_looked_at(
    agency: AgencyLine, session: UnitOfWork, world: World, code: str
) -> None:
    refuse(agency, code)
    on = road(session, world)
    parcel, reviews = collect_late(session, collecting(on))
    assert parcel.holder is Holder.COURIER
    assert "errand_step_refused" in [review.code for review in reviews]


# -- every field


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"dossier_code": "H21.65-261128-99999"}, 404, "dossier_code"),
        ({"dossier_code": "12"}, 404, "dossier_code"),
        ({"dossier_code": 12}, 422, "dossier_code"),
        ({"reason": " "}, 422, "reason"),
        ({"reason": "x" * 201}, 422, "reason"),
        ({"by": ""}, 422, "by"),
        ({"other": 1}, 422, "other"),
    ],
)
def test_bad_input_is_answered_with_the_field(
    agency: AgencyLine, session: Session, code: str, wrong: dict[str, Any], status: int, field: str
) -> None:
    answer = refuse(agency, code, **wrong)
    assert (answer.status_code, list(faults(answer))) == (status, [field])
    assert session.scalars(select(Refusal)).all() == []


def test_another_desk_can_t_refuse(agency: AgencyLine, session: Session, code: str) -> None:
    make_agency(session, make_desk(session), "another agency's key")
    assert refuse(AgencyLine(agency.client, "another agency's key"), code).status_code == 404
