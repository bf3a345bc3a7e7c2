"""Booking on the bundled reference data: what the product promises on its first day."""

from dataclasses import replace
from datetime import date, time

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import at
from app.domain.commands import ApplicantGiven, BookVisit, DossierGiven, PlaceGiven
from app.domain.errand import RequestKind
from app.domain.errors import DomainError
from app.domain.identity import ApplicantKind, Channel, PhoneProof, parse_phone
from app.domain.wording import tidy
from app.models import Charge, Desk, Procedure, Unit
from app.queries.reference.units import office_of
from app.services.booking import slots
from app.services.booking.book import book
from app.texts import explain
from app.unit_of_work import UnitOfWork
from tests.factories import KEYS, make_courier
from tests.factories.counter import number

NOW = at(date(2026, 11, 30), time(9))


@pytest.fixture
def pilot(reference: Session) -> Unit:
    unit = reference.scalars(select(Unit).where(Unit.in_service_from <= NOW.date()).order_by(Unit.code)).first()
    assert unit is not None
    make_courier(reference, office=office_of(reference, unit.code))
    return unit


def command(session: UnitOfWork, unit: Unit, code: str, cases: tuple[str, ...] = ()) -> BookVisit:
    choices = slots.open_slots(session, unit.code, NOW)
    return BookVisit(
        kind=RequestKind.SEND_AND_RECEIVE,
        applicant=ApplicantGiven(ApplicantKind.PERSON, tidy("Nguyễn Văn Thử"), parse_phone(f"0900{number():06d}")),
        place=PlaceGiven(unit.code, tidy(f"Làng Thử {number()}")),
        dossiers=(DossierGiven(code, cases),),
        slot_id=choices[-1].id if choices else None,
        channel=Channel.SMS,
        language="vi",
        consent=True,
        now=NOW,
        by="citizen:web",
        phone_proof=PhoneProof.CODE,
    )


def current(session: Session) -> list[Procedure]:
    return list(session.scalars(select(Procedure).where(Procedure.current).order_by(Procedure.code)))


def test_every_procedure_the_post_carries_can_be_booked_for_each_of_its_cases(
    reference: UnitOfWork, pilot: Unit
) -> None:
    carried = [procedure for procedure in current(reference) if procedure.carried]
    assert len(carried) >= 10
    for procedure in carried:
        cases = tuple(option["key"] for question in procedure.cases for option in question["options"][:1])
        request = book(reference, command(reference, pilot, procedure.code, cases), KEYS)
        charged = reference.scalars(select(Charge.id).where(Charge.request_id == request.id)).all()
        assert len(charged) >= 3, procedure.name


def test_every_other_procedure_says_where_to_go_instead(reference: UnitOfWork, pilot: Unit) -> None:
    refused = [procedure for procedure in current(reference) if not procedure.carried]
    assert len(refused) >= 5
    for procedure in refused:
        with pytest.raises(DomainError) as refusal:
            book(reference, command(reference, pilot, procedure.code), KEYS)
        assert refusal.value.code in {"procedure_not_carried", "person_needed"}, procedure.name
        assert len(explain(refusal.value)) > 60


def test_a_commune_without_a_date_names_its_own_desk(reference: UnitOfWork, pilot: Unit) -> None:
    closed = reference.scalars(select(Unit).where(Unit.code != pilot.code).order_by(Unit.code)).first()
    assert closed is not None
    closed.in_service_from = None
    own = reference.scalars(select(Desk).where(Desk.unit_code == closed.code)).first()
    assert own is not None
    wanted = command(reference, pilot, "1.001193", ("giay_chung_sinh",))
    with pytest.raises(DomainError) as refusal:
        book(reference, replace(wanted, place=PlaceGiven(closed.code, tidy("Làng Thử")), kind=RequestKind.RECEIVE, slot_id=None,
                                dossiers=(DossierGiven("1.001193", (), "H21.65-260914-0011"),)), KEYS)  # fmt: skip
    assert refusal.value.code == "unit_not_in_service"
    assert own.name in explain(refusal.value)
