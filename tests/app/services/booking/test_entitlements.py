"""A result that is asked for by its code alone: nobody's until desk or exchange says whose it is, and never a stranger's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.commands import CancelErrand, DossierGiven
from app.domain.dossier import DossierState
from app.domain.entitlement import DecideEntitlement, DenialReason, EntitlementState, OwnerKnown, PlacedBy, ResultHere
from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.models import AuditEvent, Charge, Desk, Message, ServiceRequest
from app.queries.attention import tasks
from app.queries.desks.entitlements import to_confirm, to_pack
from app.queries.tracking.entitled import desks_told
from app.queries.tracking.timeline import timeline
from app.services.booking import errands
from app.services.booking.entitlements import decide, hear_owner, note_result, pass_on, to_ask
from app.services.desks.results import result_ready
from app.unit_of_work import UnitOfWork
from tests.app.services.booking.entitled import LATER, ask, code_of, confirm, delivery, far, of, refused, story, world
from tests.app.statements import statements
from tests.factories import DAY, NOW, World, make_dossier, make_request
from tests.factories.agency import make_agency
from tests.factories.custody import make_road, packing

__all__ = ["far", "world"]  # fixtures


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
    assert (prices[0] or 0) < (prices[1] or 0)


# -- nothing is said that nobody knows


def test_until_somebody_confirmed_it_the_page_names_no_holder(session: UnitOfWork, world: World, far: Desk) -> None:
    holder, next_actor, steps = story(session, ask(session, world, code_of(far)))
    assert "chưa xác nhận" in holder
    assert far.name not in holder
    assert next_actor.startswith(f"Nơi có thẩm quyền theo mã hồ sơ ({far.name})")
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


def as_read(session: Session, request: ServiceRequest) -> tuple[str, ...]:
    """All that page and API tell of it."""
    (one,) = timeline(session, request, NOW).stories
    steps = [f"{step.key} {step.text}" for step in one.steps]
    told = (one.code, one.desk, one.due_on, request.dossiers[0].code, *desks_told(session, request).values())
    return (one.holder, one.next_actor, *steps, *map(str, told))


def test_a_stranger_who_counts_codes_up_is_answered_alike_by_the_same_statements(
    session: UnitOfWork, world: World, far: Desk
) -> None:
    """Unknown, told by its agency, under way here, asked for by others, entered by its desk or another, at its end: one answer."""
    caller = make_agency(session, far)
    unknown, told, under_way, asked, entered, elsewhere, ended = (code_of(far) for _ in range(7))
    agencys = make_request(session, unit=world.unit, partner_id=caller.partner_id)
    row = {"procedure": world.procedure, "desk": far, "partner_id": caller.partner_id}
    make_dossier(session, agencys, code=told, state=4, **row)
    make_dossier(session, agencys, code=ended, state=10, **row)
    make_road(session, world, code=under_way)
    ask(session, world, asked)
    note_result(session, ResultHere(entered, far.id, "staff:1", NOW))
    note_result(session, ResultHere(elsewhere, world.desk.id, "staff:1", NOW))
    session.flush()
    ask(session, world, code_of(far))  # what is read once a process is read
    answers, said = [], set()
    for code in (unknown, told, under_way, asked, entered, elsewhere, ended):
        session.flush()
        session.expire_all()
        with statements(session) as asked_of_it:
            request = ask(session, world, code)
            read = as_read(session, request)
        answers.append(asked_of_it)
        said.add((tuple(part.replace(code, "").replace(request.reference, "") for part in read), request.kind))
    assert len(said) == 1
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize("found_by", ["its paper", "the exchange", "the desk that was asked"])
def test_where_it_was_found_is_read_by_nobody_before_it_is_confirmed(
    session: UnitOfWork, world: World, far: Desk, found_by: str
) -> None:
    """Nor afterwards by who is denied it: another desk's name tells that the code stands for something."""
    request = ask(session, world, code := code_of(world.desk))
    (dossier,) = request.dossiers
    before = as_read(session, request)
    if found_by == "its paper":
        note_result(session, ResultHere(code, far.id, "staff:1", LATER))
    elif found_by == "the exchange":
        hear_owner(session, dossier.id, OwnerKnown("Người Khác Thử", "064090009999", ""), far.dossier_prefix, LATER)
    else:
        pass_on(session, DecideEntitlement(dossier.id, world.desk.id, "staff:1", LATER), far)
    session.flush()
    session.expire_all()
    assert dossier.desk == far
    assert as_read(session, request) == before
    confirm(session, request, reason=DenialReason.NOT_THE_OWNER)
    session.expire_all()
    body = session.scalars(select(Message.body).where(Message.template == "not_confirmed")).one()
    assert far.name not in " ".join((body, *as_read(session, request)))
    assert world.desk.name in body


def test_once_confirmed_the_desk_that_has_it_is_named(session: UnitOfWork, world: World, far: Desk) -> None:
    request = ask(session, world, code := code_of(world.desk))
    note_result(session, ResultHere(code, far.id, "staff:1", LATER))
    confirm(session, request)
    session.expire_all()
    assert list(desks_told(session, request).values()) == [far.name]


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


def call_off(session: UnitOfWork, request: ServiceRequest) -> None:
    errands.cancel(session, CancelErrand(delivery(session, request).id, "citizen:web", LATER))
    session.flush()


def test_a_request_that_was_called_off_wins_nothing_and_denies_nobody(
    session: UnitOfWork, world: World, far: Desk
) -> None:
    """The household asked twice and called the first off: nobody is asked about that one any more."""
    code = code_of(far)
    first, second = ask(session, world, code), ask(session, world, code)
    call_off(session, first)
    (dossier,) = first.dossiers
    owner = OwnerKnown("Ai Cũng Được", "064090000123", first.applicant.phone or "")
    assert hear_owner(session, dossier.id, owner, None, LATER) == "known"
    assert [told for told, _code in to_ask(session, LATER, 9)] == [second.dossiers[0].id]
    assert [one.dossier for one in to_confirm(session, far.id)] == list(second.dossiers)
    late = [task.reference for task in tasks(session, DAY, NOW + timedelta(days=3)) if task.kind == "to_confirm"]
    assert late == [second.reference]
    assert refused(session, first) == "entitlement_called_off"
    confirm(session, second)
    session.expire_all()
    assert (of(session, first).state, second.dossiers[0].code) == ("to_confirm", code)


def test_who_called_a_confirmed_visit_off_may_ask_again(session: UnitOfWork, world: World, far: Desk) -> None:
    code = code_of(far)
    before = ask(session, world, code)
    confirm(session, before)
    again = ask(session, world, code)
    assert refused(session, again) == "dossier_confirmed_before"  # and says: have the other one called off
    call_off(session, before)
    assert confirm(session, again).state == EntitlementState.PROVED
    session.expire_all()
    assert (before.dossiers[0].code, before.dossiers[0].state) == (None, DossierState.REGISTERED)
    assert (again.dossiers[0].code, again.dossiers[0].state) == (code, DossierState.IN_PROCESS)


def test_a_result_that_is_packed_stays_with_its_request_and_nothing_else_is_promised(
    session: UnitOfWork, world: World, far: Desk
) -> None:
    code = code_of(far)
    confirm(session, ask(session, world, code))
    result_ready(session, packing(make_road(session, world), dossier=code, desk_id=far.id, now=LATER))
    again = ask(session, world, code)
    assert refused(session, again) == "dossier_with_earlier"
    assert confirm(session, again, reason=DenialReason.NOT_THE_OWNER).state == EntitlementState.DENIED


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
