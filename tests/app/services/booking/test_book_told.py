"""A dossier of which only its agency told: its citizen may have the result brought, a stranger learns nothing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.commands import BookVisit
from app.domain.errand import ErrandKind
from app.domain.identity import parse_phone
from app.models import Dossier, Errand
from app.services.booking.book import book
from app.unit_of_work import UnitOfWork
from tests.factories import KEYS, World, make_dossier, make_errand, make_request, make_world, wish_for_result
from tests.factories.agency import make_agency


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


CODE, PHONE = "H21.65-261128-00077", "0900000123"


def told(session: Session, world: World, **given: Any) -> Dossier:
    """As an agency's software leaves it: state 4, with a name and a telephone, and nobody comes."""
    caller = make_agency(session, world.desk)
    request = make_request(session, unit=world.unit, partner_id=caller.partner_id)
    request.applicant.phone = PHONE
    row = {"procedure": world.procedure, "desk": world.desk, "code": CODE, "state": 4, "partner_id": caller.partner_id}
    return make_dossier(session, request, **(row | given))


def asking(world: World, phone: str = PHONE) -> BookVisit:
    return wish_for_result(world, CODE, phone=parse_phone(phone))


def test_who_knows_code_and_telephone_has_the_result_brought(session: UnitOfWork, world: World) -> None:
    dossier = told(session, world)
    before = dossier.request
    request = book(session, asking(world, "0900 000 123"), KEYS)
    session.expire_all()
    assert (dossier.request, dossier.state, dossier.code) == (request, 4, CODE)
    (errand,) = session.scalars(select(Errand).where(Errand.request_id == request.id))
    assert (errand.kind, errand.dossiers) == (ErrandKind.DELIVER, [dossier])
    assert (before.applicant.name, before.applicant.phone) == (None, None)  # said once is enough


def test_a_stranger_gets_the_dossier_of_nobody(session: UnitOfWork, world: World) -> None:
    """And is answered as for a code that nobody knows: see `test_entitlements`."""
    dossier = told(session, world)
    request = book(session, asking(world, "0900000999"), KEYS)
    session.expire_all()
    assert dossier.request != request
    assert [one.code for one in request.dossiers] == [None]


@pytest.mark.parametrize("given", [{"state": 10}, {"partner_id": None}], ids=["over", "booked with us"])
def test_nothing_else_is_taken_over(session: UnitOfWork, world: World, given: dict[str, Any]) -> None:
    dossier = told(session, world, **given)
    assert book(session, asking(world), KEYS) != dossier.request


def test_a_visit_that_stands_stays_with_who_has_it(session: UnitOfWork, world: World) -> None:
    dossier = told(session, world)
    make_errand(session, dossier.request, office=world.office, dossiers=[dossier], kind=ErrandKind.DELIVER)
    assert book(session, asking(world), KEYS) != dossier.request
