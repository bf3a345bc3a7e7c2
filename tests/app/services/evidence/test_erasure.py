"""A person goes, the chain stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.domain.erasing import ErasePerson
from app.domain.errors import DomainError
from app.models import AuditEvent, CustodyEvidence, Message, Operation, OperationPayload, StoredFile
from app.queries.custody.verification import verify
from app.services.custody.digests import sign_day
from app.services.evidence.erasure import erase_person
from app.unit_of_work import UnitOfWork
from tests.factories import DAY, KEYS, make_errand, make_world
from tests.factories.custody import AT_THE_DOOR, Road, collected, delivered, make_road
from tests.factories.files import bring, make_operation, make_picture, make_use
from tests.factories.phone import make_device

LATER = AT_THE_DOOR + timedelta(days=40)
BASIS = "Đơn đề nghị xóa dữ liệu số 1"


def erase(session: UnitOfWork, road: Road, basis: str = BASIS) -> None:
    session.flush()
    erase_person(session, ErasePerson((road.request.applicant_id,), "staff:1", LATER, basis))
    session.flush()
    session.expire_all()


def test_custody_says_erased_and_not_broken(session: UnitOfWork) -> None:
    road = make_road(session)
    delivered(session, road)
    sign_day(session, road.world.office.id, DAY, LATER, KEYS)

    erase(session, road)

    report = verify(session, KEYS)
    assert report.clean
    assert {(event.event_no, event.facts) for event in report.erased} >= {(1, 1), (4, 1)}


def test_every_personal_column_is_empty(session: UnitOfWork) -> None:
    road = make_road(session)
    delivered(session, road)

    erase(session, road)

    applicant, place = road.request.applicant, road.request.place
    assert (applicant.name, applicant.phone, applicant.erased_at) == (None, None, LATER)
    assert (place.address, place.landmark, place.lon, place.lat) == (
        None,
        None,
        road.world.unit.lon,
        road.world.unit.lat,
    )
    assert session.scalars(select(Message.body).where(Message.body != "")).all() == []
    assert session.scalars(select(Message.recipient).where(Message.recipient.is_not(None))).all() == []
    facts = session.scalars(select(CustodyEvidence).where(CustodyEvidence.applicant_id == applicant.id)).all()
    assert facts
    assert {(fact.salt, fact.payload) for fact in facts} == {(None, None)}


def test_other_people_s_facts_stay(session: UnitOfWork) -> None:
    world = make_world(session)
    road, neighbour = make_road(session, world), make_road(session, world)
    delivered(session, road)
    collected(session, neighbour)

    erase(session, road)

    kept = select(CustodyEvidence.payload).where(CustodyEvidence.applicant_id == neighbour.request.applicant_id)
    assert session.scalars(kept).all() != []
    assert None not in session.scalars(kept).all()
    assert neighbour.request.applicant.name is not None


def test_the_audit_keeps_the_legal_basis_and_nothing_personal(session: UnitOfWork) -> None:
    road = make_road(session)
    delivered(session, road)

    erase(session, road)

    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "erase")).one()
    assert (event.actor, event.detail) == ("staff:1", {"legal_basis": BASIS})


def test_a_second_erasure_changes_nothing(session: UnitOfWork) -> None:
    road = make_road(session)
    delivered(session, road)
    erase(session, road)

    erase(session, road)

    assert len(session.scalars(select(AuditEvent).where(AuditEvent.action == "erase")).all()) == 1


def refused(session: UnitOfWork, road: Road, basis: str = BASIS) -> str:
    with pytest.raises(DomainError) as refusal:
        erase(session, road, basis)
    return refusal.value.code


def test_nobody_is_erased_while_papers_are_on_the_road(session: UnitOfWork) -> None:
    road = make_road(session)
    collected(session, road)

    assert refused(session, road) == "errands_open"


def test_an_erasure_names_its_legal_basis(session: UnitOfWork) -> None:
    road = make_road(session)
    delivered(session, road)

    assert refused(session, road, "  ") == "legal_basis_missing"


def test_photographs_and_what_phones_said_go_and_their_hashes_stay(session: UnitOfWork) -> None:
    road = make_road(session)
    delivered(session, road)
    device = make_device(session, road.world.courier)
    theirs = make_operation(session, device, errand_id=road.collection.id)
    strangers = make_operation(session, device, errand_id=make_errand(session).id)
    pictures = []
    for operation in (theirs, strangers):
        pictures.append(make_picture())
        make_use(session, pictures[-1].sha256, operation)
        bring(session, pictures[-1], device)
        session.add(OperationPayload(operation_id=operation.id, sealed=b"sealed"))

    erase(session, road)

    gone, kept = (session.get_one(StoredFile, picture.sha256) for picture in pictures)
    assert (gone.state, gone.body) == ("deleted", None)
    assert kept.state == "whole"
    jobs = session.execute(text("select args->>'sha256' from procrastinate_jobs where task_name = 'delete_file'"))
    assert [job[0] for job in jobs] == [gone.sha256]
    assert session.get(OperationPayload, theirs.id) is None
    assert session.get(OperationPayload, strangers.id) is not None
    assert session.get_one(Operation, theirs.id).hash == theirs.hash
