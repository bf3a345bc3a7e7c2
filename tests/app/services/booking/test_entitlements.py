"""A result that is asked for by its code alone: nobody's until desk or exchange says whose it is, and never a stranger's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.domain.commands import ApplicantGiven, DossierGiven
from app.domain.dossier import DossierState
from app.domain.entitlement import DecideEntitlement, DenialReason, EntitlementState, OwnerKnown, PlacedBy, ResultHere
from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.domain.identity import ApplicantKind, parse_phone
from app.domain.wording import tidy
from app.models import AuditEvent, Charge, Desk, Dossier, Entitlement, Errand, Message, ServiceRequest
from app.queries.attention import tasks
from app.queries.desks.entitlements import to_confirm, to_pack
from app.queries.tracking.timeline import timeline
from app.services.booking import entitlements
from app.services.booking.book import book
from app.services.booking.entitlements import decide, hear_owner, note_result, pass_on
from app.services.desks.results import result_ready
from app.services.reference.told_places import hear_places
from app.table_files import Line
from app.unit_of_work import UnitOfWork
from tests.factories import DAY, KEYS, NOW, World, make_desk, make_dossier, make_request, make_world, wish_for_result
from tests.factories.agency import make_agency
from tests.factories.counter import number
from tests.factories.custody import make_road, packing

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def world(session: Session) -> World:
    """The citizen's commune, whose desk has a prefix of its own."""
    world = make_world(session)
    world.desk.dossier_prefix = "H21.91.001"
    session.flush()
    return world


@pytest.fixture
def far(session: Session, world: World) -> Desk:
    """The desk of another commune, as Diên Hồng's is for Ia Krái."""
    return make_desk(session, dossier_prefix="H21.91.002")


def code_of(desk: Desk, serial: int | None = None) -> str:
    return f"{desk.dossier_prefix}-261120-{serial or number():05d}"


def ask(session: UnitOfWork, world: World, code: str, **given: Any) -> ServiceRequest:
    return book(session, wish_for_result(world, code, **given), KEYS)


def of(session: Session, request: ServiceRequest) -> Entitlement:
    return session.get_one(Entitlement, request.dossiers[0].id)


def delivery(session: Session, request: ServiceRequest) -> Errand:
    return session.scalars(select(Errand).where(Errand.request_id == request.id)).one()


def confirm(session: UnitOfWork, request: ServiceRequest, **given: Any) -> Entitlement:
    dossier = request.dossiers[0]
    command = DecideEntitlement(dossier.id, dossier.desk_id, "staff:1", LATER)
    return decide(session, replace(command, **given))


def refused(session: UnitOfWork, request: ServiceRequest, **given: Any) -> str:
    with pytest.raises(DomainError) as refusal:
        confirm(session, request, **given)
    return refusal.value.code


def story(session: Session, request: ServiceRequest) -> tuple[str, str, list[str]]:
    (one,) = timeline(session, request, NOW).stories
    return one.holder, one.next_actor, [step.key for step in one.steps]


# -- where the dossier is


def test_the_prefix_of_the_code_names_the_desk_wherever_the_home_is(
    session: UnitOfWork, world: World, far: Desk
) -> None:
    request = ask(session, world, code_of(far))
    (dossier,) = request.dossiers
    assert (dossier.desk, dossier.competent_desk, of(session, request).placed_by) == (far, far, PlacedBy.PREFIX)
    assert delivery(session, request).office == world.office


@pytest.mark.parametrize("prefix", ["000.00.002.91.H21", "H21.91.002.00", "H21.91.002.07"])
def test_older_forms_and_parts_of_a_unit_name_its_desk_too(
    session: UnitOfWork, world: World, far: Desk, prefix: str
) -> None:
    far.dossier_prefix = "H21.91"
    session.flush()
    written = "000.00.91.H21-200914-0011" if prefix.startswith("000") else f"{prefix}-261120-00001"
    assert ask(session, world, written).dossiers[0].desk == far


def test_a_code_that_names_no_desk_is_looked_for_by_the_citizens_own(session: UnitOfWork, world: World) -> None:
    request = ask(session, world, "H21.77-261120-00001")
    assert (request.dossiers[0].desk, of(session, request).placed_by) == (world.desk, PlacedBy.HOME)


def test_a_code_of_another_province_is_refused_with_what_happens_there(session: UnitOfWork, world: World) -> None:
    with pytest.raises(DomainError) as refusal:
        ask(session, world, "H99.01-261101-0001")
    assert (refusal.value.code, refusal.value.field) == ("dossier_of_other_province", "dossiers.0.code")
    assert session.scalars(select(ServiceRequest)).all() == []


def test_where_no_desk_told_its_prefix_no_code_is_called_another_provinces(session: UnitOfWork, world: World) -> None:
    world.desk.dossier_prefix = None
    session.flush()
    assert ask(session, world, "H99.01-261101-0001").dossiers[0].desk == world.desk


def test_postage_is_reckoned_from_the_desk_that_the_code_names(session: UnitOfWork, world: World, far: Desk) -> None:
    far.unit.zone = "Vùng khác"
    session.flush()
    near, away = (ask(session, world, code_of(desk)) for desk in (world.desk, far))
    prices = [
        session.scalars(select(Charge.amount).where(Charge.request_id == request.id)).one() for request in (near, away)
    ]
    assert prices == sorted(prices, key=lambda price: price or 0)
    assert prices[0] != prices[1]


# -- nothing is said that nobody knows


def test_until_somebody_confirmed_it_the_page_names_no_holder(session: UnitOfWork, world: World, far: Desk) -> None:
    holder, next_actor, steps = story(session, ask(session, world, code_of(far)))
    assert "chưa xác nhận" in holder
    assert far.name not in holder
    assert next_actor.startswith(far.name)
    assert steps[:2] == ["booked", "confirmed"]


def test_once_confirmed_the_desk_has_it(session: UnitOfWork, world: World, far: Desk) -> None:
    request = ask(session, world, code := code_of(far))
    confirm(session, request)
    session.expire_all()
    holder, next_actor, _steps = story(session, request)
    (dossier,) = request.dossiers
    assert (dossier.code, dossier.state) == (code, DossierState.IN_PROCESS)
    assert (holder, next_actor) == (f"{far.name} đang giữ hồ sơ.", f"{far.name}: giải quyết hồ sơ.")


def test_nothing_is_packed_for_who_is_not_confirmed(session: UnitOfWork, world: World, far: Desk) -> None:
    request = ask(session, world, code := code_of(far))
    road = make_road(session, world)
    command = packing(road, dossier=code, desk_id=far.id, now=LATER)
    with pytest.raises(DomainError) as refusal:
        result_ready(session, command)
    assert refusal.value.code == "dossier_to_confirm"
    confirm(session, request)
    assert result_ready(session, command).errand_id == delivery(session, request).id


# -- strangers


def test_two_who_ask_for_one_code_come_to_the_desk_and_neither_page_knows_of_the_other(
    session: UnitOfWork, world: World, far: Desk
) -> None:
    code = code_of(far)
    first, second = ask(session, world, code), ask(session, world, code)
    assert story(session, first) == story(session, second)
    assert [one.rivals for one in to_confirm(session, far.id)] == [1, 1]
    confirm(session, second)
    session.expire_all()
    assert (of(session, first).state, of(session, first).reason) == ("denied", "for_somebody_else")
    assert delivery(session, first).state is ErrandState.CANCELLED
    assert second.dossiers[0].code == code


def test_every_denial_reads_the_same_and_leads_to_the_desk(session: UnitOfWork, world: World, far: Desk) -> None:
    """Whether a code exists, is handed over, or is somebody else's: who only typed it learns nothing."""
    said = set()
    for reason in (DenialReason.HANDED_OVER, DenialReason.NO_SUCH_DOSSIER, DenialReason.NOT_THE_OWNER):
        request = ask(session, world, code_of(far))
        confirm(session, request, reason=reason)
        session.expire_all()
        holder, next_actor, steps = story(session, request)
        body = session.scalars(
            select(Message.body).where(Message.request_id == request.id, Message.template == "not_confirmed")
        ).one()
        said.add((holder, next_actor, tuple(steps), body.replace(request.reference, "")))
        assert session.scalars(select(Charge).where(Charge.request_id == request.id)).all() == []
    ((_holder, next_actor, _steps, body),) = said
    assert far.name in next_actor
    assert far.name in body


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    told: list[str] = []

    def note(*call: Any) -> None:
        told.append(call[2])

    event.listen(session.connection(), "before_cursor_execute", note)
    yield told
    event.remove(session.connection(), "before_cursor_execute", note)


def test_a_stranger_who_counts_codes_up_is_answered_alike_by_the_same_statements(
    session: UnitOfWork, world: World, far: Desk
) -> None:
    """Unknown, told by its agency, under way here, asked for by others, entered by its desk, at its end: all one answer."""
    caller = make_agency(session, far)
    unknown, told, under_way, asked, entered, ended = (code_of(far) for _ in range(6))
    agencys = make_request(session, unit=world.unit, partner_id=caller.partner_id)
    row = {"procedure": world.procedure, "desk": far, "partner_id": caller.partner_id}
    make_dossier(session, agencys, code=told, state=4, **row)
    make_dossier(session, agencys, code=ended, state=10, **row)
    make_road(session, world, code=under_way)
    ask(session, world, asked)
    note_result(session, ResultHere(entered, far.id, "staff:1", NOW))
    session.flush()
    ask(session, world, code_of(far))  # what is read once a process is read
    answers, said = [], set()
    for code in (unknown, told, under_way, asked, entered, ended):
        session.flush()
        session.expire_all()
        with statements(session) as asked_of_it:
            request = ask(session, world, code)
        answers.append(asked_of_it)
        said.add((story(session, request)[:2], request.dossiers[0].code, request.kind))
    assert len(said) == 1
    assert all(answer == answers[0] for answer in answers)


# -- the desk's word


def test_only_the_desk_that_is_asked_may_say_whose_it_is(session: UnitOfWork, world: World, far: Desk) -> None:
    request = ask(session, world, code_of(far))
    assert refused(session, request, desk_id=world.desk.id) == "not_found"


def test_what_was_decided_stays_and_is_answered_twice_alike(session: UnitOfWork, world: World, far: Desk) -> None:
    request = ask(session, world, code_of(far))
    assert confirm(session, request).state == confirm(session, request).state == EntitlementState.PROVED
    assert refused(session, request, reason=DenialReason.HANDED_OVER) == "entitlement_decided"
    assert len(session.scalars(select(AuditEvent).where(AuditEvent.action == "entitlement.proved")).all()) == 1


def test_a_desk_that_does_not_have_it_passes_it_on(session: UnitOfWork, world: World, far: Desk) -> None:
    request = ask(session, world, "H21.77-261120-00001")
    (dossier,) = request.dossiers
    pass_on(session, DecideEntitlement(dossier.id, world.desk.id, "staff:1", LATER), far)
    assert [one.dossier for one in to_confirm(session, far.id)] == [dossier]
    assert to_confirm(session, world.desk.id) == []


def test_a_result_confirmed_for_one_is_not_confirmed_for_another_who_asks_later(
    session: UnitOfWork, world: World, far: Desk
) -> None:
    code = code_of(far)
    confirm(session, ask(session, world, code))
    late = ask(session, world, code)
    assert refused(session, late) == "dossier_confirmed_before"
    assert confirm(session, late, reason=DenialReason.NOT_THE_OWNER).state == EntitlementState.DENIED


def test_a_denied_dossier_leaves_the_households_other_one_its_visit(
    session: UnitOfWork, world: World, far: Desk
) -> None:
    given = tuple(DossierGiven(world.procedure.code, code=code_of(far)) for _ in range(2))
    request = ask(session, world, "", dossiers=given)
    first, second = request.dossiers
    decide(session, DecideEntitlement(first.id, far.id, "staff:1", LATER, DenialReason.NOT_THE_OWNER))
    decide(session, DecideEntitlement(second.id, far.id, "staff:1", LATER))
    session.expire_all()
    errand = delivery(session, request)
    assert (errand.state, errand.dossiers) == (ErrandState.REQUESTED, [second])
    assert {charge.dossier_id for charge in session.scalars(select(Charge))} == {second.id}


# -- entered before anybody asks


def test_a_result_that_its_desk_entered_first_is_its_to_confirm_and_then_to_pack(
    session: UnitOfWork, world: World, far: Desk
) -> None:
    """Whatever the prefix says: the paper lies where it was entered."""
    code = code_of(world.desk)
    assert note_result(session, ResultHere(code, far.id, "staff:1", NOW)) is False
    request = ask(session, world, code)
    ((waiting),) = to_confirm(session, far.id)
    assert (waiting.here, waiting.entitlement.placed_by) == (True, PlacedBy.DESK)
    assert to_pack(session, far.id) == []
    confirm(session, request)
    session.expire_all()
    assert to_pack(session, far.id) == request.dossiers
    road = make_road(session, world)
    result_ready(session, packing(road, dossier=code, desk_id=far.id, now=LATER))
    assert to_pack(session, far.id) == []


def test_who_asked_before_the_desk_entered_it_becomes_that_desks_to_confirm(
    session: UnitOfWork, world: World, far: Desk
) -> None:
    request = ask(session, world, code := "H21.77-261120-00001")
    assert note_result(session, ResultHere(code, far.id, "staff:1", NOW)) is True
    assert [one.dossier for one in to_confirm(session, far.id)] == list(request.dossiers)


# -- the agency's and the exchange's word


def agency_told(session: UnitOfWork, world: World, far: Desk, code: str, phone: str) -> Dossier:
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
