"""Who is believed about whose a result is: the agency, the exchange, the desk that has it, and a file of places."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.commands import ApplicantGiven, DossierGiven
from app.domain.dossier import DossierState
from app.domain.entitlement import EntitlementState, OwnerKnown, PlacedBy, ResultHere
from app.domain.errors import DomainError
from app.domain.identity import ApplicantKind, Channel, PhoneProof, parse_phone
from app.domain.wording import tidy
from app.models import Charge, Desk, Dossier
from app.queries.attention import tasks
from app.queries.desks.entitlements import to_confirm
from app.services.booking import entitlements
from app.services.booking.entitlements import hear_owner, note_result
from app.services.reference.told_places import hear_places
from app.table_files import Line
from app.unit_of_work import UnitOfWork
from tests.app.services.booking.entitled import LATER, ask, code_of, confirm, delivery, far, of, world
from tests.factories import DAY, NOW, World, make_dossier, make_request
from tests.factories.agency import make_agency
from tests.factories.counter import number

__all__ = ["far", "world"]  # fixtures


def agency_told(session: UnitOfWork, world: World, far: Desk, code: str, phone: str | None) -> Dossier:
    caller = make_agency(session, far, f"key {number()}")
    request = make_request(session, unit=world.unit, partner_id=caller.partner_id)
    request.applicant.phone = phone
    row = {"procedure": world.procedure, "desk": far, "code": code, "state": 4, "partner_id": caller.partner_id}
    return make_dossier(session, request, **row)


def test_the_telephone_that_the_agency_has_on_file_proves_who_asked_before_it_told(
    session: UnitOfWork, world: World, far: Desk
) -> None:
    phone = parse_phone("0900123123")
    stranger = ask(session, world, code := code_of(far))
    request = ask(session, world, code, phone=phone)
    told = agency_told(session, world, far, code, phone)
    entitlements.hear_agency(session, told, "partner:1", LATER)
    session.expire_all()
    assert (told.request, delivery(session, request).dossiers) == (request, [told])
    assert of(session, stranger).state == EntitlementState.DENIED


HELPED = {"channel": Channel.HELPER, "helper_name": tidy("Người Giúp Thử"), "helper_phone": parse_phone("0900777888")}


@pytest.mark.parametrize("told_first", [True, False])
@pytest.mark.parametrize("phone", ["0900123123", None])
def test_a_telephone_typed_beside_a_helpers_proves_nothing_to_the_agency(
    session: UnitOfWork, world: World, far: Desk, phone: str | None, told_first: bool
) -> None:
    """Only the helper's was tried: whoever knows the owner's number would get the owner's result. None is nobody's."""
    code = code_of(far)
    if told_first:
        agency_told(session, world, far, code, phone)
    request = ask(session, world, code, phone=parse_phone(phone) if phone else None, **HELPED)
    if not told_first:
        told = agency_told(session, world, far, code, phone)
        entitlements.hear_agency(session, told, "partner:1", LATER)
    session.expire_all()
    assert of(session, request).state == EntitlementState.TO_CONFIRM


@pytest.mark.parametrize("untried", ["a helper's beside it", "booked before numbers were proved"])
def test_a_telephone_that_nobody_tried_proves_nothing_to_the_exchange(
    session: UnitOfWork, world: World, far: Desk, untried: str
) -> None:
    given = HELPED if untried.startswith("a helper") else {}
    request = ask(session, world, code_of(far), phone=parse_phone("0900555666"), **given)
    if not given:
        request.phone_proof = PhoneProof.NONE
    assert hear_owner(session, request.dossiers[0].id, ON_FILE, None, LATER) == "known"
    assert of(session, request).state == EntitlementState.TO_CONFIRM


def test_a_dossier_that_agency_and_citizen_told_becomes_one_when_the_desk_confirms(
    session: UnitOfWork, world: World, far: Desk
) -> None:
    request = ask(session, world, code := code_of(far))
    told = agency_told(session, world, far, code, "0900999000")
    confirm(session, request)
    session.expire_all()
    assert (request.dossiers, told.state) == ([told], DossierState.IN_PROCESS)
    assert session.scalars(select(Charge.dossier_id)).all() == [told.id]


NAME = "Rơ Châm Thử"
ON_FILE = OwnerKnown(NAME, "064090000123", "+84 900 555 666")


@pytest.mark.parametrize(
    ("name", "last4", "phone", "answer", "seen"),
    [
        (NAME, "0123", "0900111222", "proved", "same"),
        ("rơ  châm thử", "0123", "0900111222", "proved", "same"),
        ("Người Khác Thử", None, "0900555666", "proved", "same"),
        ("Ro Châm Thư", "0123", "0900111222", "known", "accents_differ"),
        (NAME, "9999", "0900111222", "known", "other"),
        (NAME, None, "0900111222", "known", "other"),
        ("Người Khác Thử", "0123", "0900111222", "known", "other"),
    ],
)
def test_the_exchange_proves_by_the_telephone_on_file_or_by_name_and_last_digits(
    session: UnitOfWork, world: World, far: Desk, name: str, last4: str | None, phone: str, answer: str, seen: str
) -> None:
    code = code_of(far)
    applicant = ApplicantGiven(ApplicantKind.PERSON, tidy(name), parse_phone(phone))
    given = (DossierGiven(world.procedure.code, code=code, owner_id_last4=last4),)
    request = ask(session, world, code, applicant=applicant, dossiers=given)
    assert hear_owner(session, request.dossiers[0].id, ON_FILE, None, LATER) == answer
    one = of(session, request)
    assert (one.seen, one.owner_id_last4) == (seen, None if answer == "proved" else last4)
    assert bool(to_confirm(session, far.id)) is (answer != "proved")  # else somebody looks


def test_the_exchange_overrules_the_prefix_and_a_desk_that_has_the_paper_overrules_both(
    session: UnitOfWork, world: World, far: Desk
) -> None:
    request = ask(session, world, code_of(world.desk))
    other = OwnerKnown("Người Khác Thử", "064090009999", "")
    (dossier,) = request.dossiers
    assert hear_owner(session, dossier.id, other, far.dossier_prefix, LATER) == "known"
    assert (dossier.desk, of(session, request).placed_by) == (far, PlacedBy.EXCHANGE)
    note_result(session, ResultHere(of(session, request).asked_code, world.desk.id, "staff:1", LATER))
    hear_owner(session, dossier.id, other, far.dossier_prefix, LATER)
    assert dossier.desk == world.desk


@pytest.mark.parametrize("last4", ["12", "12345", "12a4", "١٢٣٤"])
def test_last_digits_are_four_digits(session: UnitOfWork, world: World, far: Desk, last4: str) -> None:
    given = (DossierGiven(world.procedure.code, code=code_of(far), owner_id_last4=last4),)
    with pytest.raises(DomainError) as refusal:
        ask(session, world, "", dossiers=given)
    assert (refusal.value.code, refusal.value.field) == ("last4_malformed", "dossiers.0.owner_id_last4")


def test_a_desk_that_says_nothing_for_two_days_is_called_by_the_coordinators(
    session: UnitOfWork, world: World, far: Desk
) -> None:
    request = ask(session, world, code_of(far))

    def waiting(days: int) -> list[str]:
        moment = NOW + timedelta(days=days)
        return [task.reference for task in tasks(session, DAY, moment) if task.kind == "to_confirm"]

    assert (waiting(1), waiting(3)) == ([], [request.reference])
    confirm(session, request)
    assert waiting(3) == []


def test_the_operators_file_of_places_names_the_prefix_of_one_desk(session: Session, world: World, far: Desk) -> None:
    def told(prefix: str) -> str:
        lines = [Line(1, ("mã", "tiền tố mã hồ sơ")), Line(2, (far.code, prefix))]
        (answer,) = hear_places(session, lines, "staff:1", NOW)
        return str(answer.verdict.value)

    assert (told("H21.91.005"), far.dossier_prefix) == ("changed", "H21.91.005")
    assert (told("H21.91.001"), told("xã"), far.dossier_prefix) == ("wrong", "wrong", "H21.91.005")
