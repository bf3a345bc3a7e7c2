"""A place closes when nothing is under way there; then nothing new comes to it, and its history stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.closing import Unfinished
from app.domain.commands import AskForPlan, SaveRound
from app.domain.custody import Holder, Party
from app.domain.dossier import DossierState, parse_dossier_code
from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.domain.headed_table import RowAnswer, RowVerdict
from app.domain.identity import Role
from app.domain.timetable import Call, Timetable
from app.models import AuditEvent, Bag, Desk, Dossier, Office, Partner, PlanOffice, Shift, Slot, Transfer, WaitingResult
from app.queries.custody.one_person import who_may_stand_alone
from app.queries.desks import neighbours, rounds
from app.queries.desks.entitlements import other_desks
from app.queries.planning import board, plan_map
from app.queries.reference import areas, serving
from app.queries.reference.prefixes import named_by
from app.queries.reference.units import desks_of, has_office, office_beside, office_of
from app.services.booking import slots
from app.services.desks.rounds import save_round
from app.services.planning import asking, loading, timetable
from app.services.reference.closing import close_place, reopen_place
from app.services.reference.told_places import HEADINGS, find_place, hear_places, tell_place
from app.services.staff import accounts, shifts
from app.table_files import table_of
from app.texts import explain
from app.unit_of_work import UnitOfWork
from tests.factories import (
    DAY,
    NOW,
    make_courier,
    make_desk,
    make_dossier,
    make_errand,
    make_office,
    make_slot,
    make_staff,
    make_unit,
)
from tests.factories.cash import make_receipt
from tests.factories.phone import make_device
from tests.factories.planning import make_parcel, make_plan, make_planning
from tests.factories.transfers import make_round

BY = "staff:1"


@dataclass(frozen=True, slots=True)
class Places:
    office: Office
    desk: Desk
    hub: Office
    heir: Desk


@pytest.fixture
def places(session: UnitOfWork) -> Places:
    unit, other = make_unit(session), make_unit(session)
    return Places(
        office=make_office(session, unit=unit, phone="0269111222"),
        desk=make_desk(session, unit=unit, dossier_prefix="H21.98"),
        hub=make_office(session, unit=other, kind="hub"),
        heir=make_desk(session, unit=other),
    )


def close_office(session: UnitOfWork, places: Places) -> None:
    close_place(session, places.office, None, BY, NOW)


def refused(session: UnitOfWork, place: Office | Desk, heir: Desk | None = None) -> dict[Unfinished, int]:
    with pytest.raises(DomainError) as refusal:
        close_place(session, place, heir, BY, NOW)
    assert refusal.value.code == "place_busy"
    assert place.closed_at is None
    said = explain(refusal.value)
    assert place.name in said
    assert "%(" not in said
    left = refusal.value.params["left"]
    assert isinstance(left, list)
    return {one.what: one.count for one in left}


def a_dossier(session: UnitOfWork, desk: Desk, decides: Desk, **given: Any) -> Dossier:
    return make_dossier(session, desk=desk, competent_desk=decides, competent_desk_id=decides.id, **given)


def a_bag(session: UnitOfWork, to: Party) -> None:
    session.add(
        Bag(
            code="TUI-1", from_holder=Holder.OFFICE_SAFE, from_id="0", to_holder=to.holder, to_id=to.id, seal_number="S1",
            operation_id="1", closed_at=NOW, closed_by=BY,
        )
    )  # fmt: skip
    session.flush()


def a_published_plan(session: UnitOfWork, office: Office) -> None:
    plan = make_plan(session, DAY + timedelta(days=7))
    session.get_one(PlanOffice, (plan.id, office.id)).published = True
    session.flush()


def a_transfer(session: UnitOfWork, places: Places) -> None:
    dossier = a_dossier(session, places.heir, places.heir)
    session.add(
        Transfer(
            dossier=dossier,
            kind="result_back",
            from_desk=places.heir,
            to_desk=places.desk,
            state="wanted",
            wanted_at=NOW,
        )
    )
    session.flush()


def an_agency(session: UnitOfWork, desk: Desk) -> None:
    session.add(Partner(name="Cơ quan thử", key_hash="x", desk_id=desk.id))
    session.flush()


UnderWay = Callable[[UnitOfWork, Places], object]
AT_THE_OFFICE: dict[Unfinished, UnderWay] = {
    Unfinished.PAPERS: lambda session, places: make_parcel(
        session,
        make_errand(session, state=ErrandState.DONE),
        holder=Holder.OFFICE_SAFE,
        holder_id=str(places.office.id),
    ),
    Unfinished.BAGS: lambda session, places: a_bag(session, Party(Holder.OFFICE_SAFE, str(places.office.id))),
    Unfinished.VISITS: lambda session, places: make_errand(session, office=places.office),
    Unfinished.PLANS: lambda session, places: a_published_plan(session, places.office),
    Unfinished.PEOPLE: lambda session, places: make_staff(session, Role.COUNTER, office=places.office),
    Unfinished.ROUNDS: lambda session, places: make_round(
        session,
        (Party(Holder.OFFICE_SAFE, str(places.office.id)), "07:00"),
        (Party(Holder.DESK, str(places.heir.id)), "08:00"),
    ),
}
AT_THE_DESK: dict[Unfinished, UnderWay] = {
    Unfinished.PAPERS: lambda session, places: make_parcel(
        session, make_errand(session), holder=Holder.DESK, holder_id=str(places.desk.id)
    ),
    Unfinished.BAGS: lambda session, places: a_bag(session, Party(Holder.DESK, str(places.desk.id))),
    Unfinished.PEOPLE: lambda session, places: make_staff(session, Role.DESK_CLERK, desk=places.desk),
    Unfinished.TRANSFERS: a_transfer,
    Unfinished.KEYS: lambda session, places: an_agency(session, places.desk),
    Unfinished.DOSSIERS: lambda session, places: a_dossier(session, places.desk, places.heir),
}


@pytest.mark.parametrize("what", AT_THE_OFFICE)
def test_an_office_with_something_under_way_is_not_closed_and_says_what(
    session: UnitOfWork, places: Places, what: Unfinished
) -> None:
    AT_THE_OFFICE[what](session, places)
    assert refused(session, places.office) == {what: 1}


def test_money_that_is_not_handed_in_keeps_an_office_open(session: UnitOfWork, places: Places) -> None:
    left = make_courier(session, office=places.office, active=False)
    assert left.staff_account is not None
    left.staff_account.active = False
    make_receipt(session, make_device(session, left), NOW, postage=26_000)
    assert refused(session, places.office) == {Unfinished.CASH: 26_000}


@pytest.mark.parametrize("what", AT_THE_DESK)
def test_a_desk_with_something_under_way_is_not_closed_and_says_what(
    session: UnitOfWork, places: Places, what: Unfinished
) -> None:
    AT_THE_DESK[what](session, places)
    heir = None if what is Unfinished.DOSSIERS else places.heir
    assert refused(session, places.desk, heir) == {what: 1}


def test_everything_that_is_in_the_way_is_said_at_once(session: UnitOfWork, places: Places) -> None:
    for what in (Unfinished.VISITS, Unfinished.PEOPLE):
        AT_THE_OFFICE[what](session, places)
    assert refused(session, places.office) == {Unfinished.VISITS: 1, Unfinished.PEOPLE: 1}


def an_office_is_offered(session: UnitOfWork, places: Places) -> dict[str, bool]:
    """Every question that leads to new work at an office → is this one among its answers?"""
    office, unit, hub_id = places.office, places.office.unit, places.hub.id
    if not session.scalars(select(Slot).where(Slot.unit_code == unit.code)).first():
        make_slot(session, unit)
    plan = make_plan(session, DAY + timedelta(days=30))
    (served,) = serving.served(session, [unit.code], DAY)
    near = neighbours.offices_beside(session, places.desk.id)
    beside = office_beside(session, places.desk)
    areas_of_all = areas.grounds(session)
    return {
        "serves its unit": has_office(session, unit.code),
        "served": served.office is office and served.in_service,
        "bookable": bool(slots.open_slots(session, unit.code, NOW)),
        "around": office in serving.around(session, unit),
        "beside the desk": beside is not None and beside.id != hub_id,
        "neighbours": office.id in near,
        "areas": unit.code in areas_of_all,
        "map of a phone": str(office.id)
        in {one["properties"]["office"] for one in areas.neighbourhood(session, office)},
        "map of a plan": str(office.id) in {one["id"] for one in plan_map.plan_map(session, plan)["offices"]},
        "to be planned": office in board.commune_offices(session),
        "units to close for a day": unit in board.units_served(session),
        "every office's plan": office.id in loading.offices_of(session, make_planning(session)),
        "where bags and vans go": office.code in rounds.place_codes(session),
        "who works": office in {one.office for one in shifts.staff_day(session, DAY)},
    }


def test_a_closed_office_is_offered_nowhere_and_everywhere_again_once_it_is_open(
    session: UnitOfWork, places: Places
) -> None:
    assert all(an_office_is_offered(session, places).values()), an_office_is_offered(session, places)
    close_office(session, places)
    hidden = an_office_is_offered(session, places)
    assert not any(hidden.values()), hidden
    reopen_place(session, places.office, BY, NOW)
    assert all(an_office_is_offered(session, places).values())


def test_couriers_of_a_closed_office_get_no_shifts_and_no_routes(session: UnitOfWork, places: Places) -> None:
    courier = make_courier(session, office=places.office)
    places.office.closed_at = NOW
    session.flush()
    shifts.ensure_shifts(session, DAY)
    assert session.scalars(select(Shift).where(Shift.courier_id == courier.id)).first() is None
    assert courier not in who_may_stand_alone(session, None)
    errand = make_errand(session, office=places.office)
    assert errand.slot is not None
    assert places.office.id not in timetable._with_work(session, errand.slot.day)


def test_nothing_new_is_made_at_a_closed_place(session: UnitOfWork, places: Places) -> None:
    close_office(session, places)
    close_place(session, places.desk, places.heir, BY, NOW)
    with pytest.raises(DomainError, match="no_office"):
        office_of(session, places.office.unit_code)
    with pytest.raises(DomainError, match="place_closed"):
        accounts.office_by_code(session, places.office.code)
    with pytest.raises(DomainError, match="place_closed"):
        accounts.desk_by_code(session, places.desk.code)
    with pytest.raises(DomainError, match="unknown_offices"):
        asking.ask_for_plan(session, AskForPlan(DAY, by=BY, now=NOW, office_ids=(places.office.id,)))
    van = Timetable(
        frozenset({1}),
        (
            Call(Party(Holder.OFFICE_SAFE, str(places.hub.id)), time(7)),
            Call(Party(Holder.DESK, str(places.desk.id)), time(8)),
        ),
    )
    with pytest.raises(DomainError, match="call_place_unknown"):
        save_round(session, SaveRound(None, "TX-9", "Tuyến", van, active=True, by=BY, now=NOW))


def test_what_a_desk_has_not_decided_goes_to_the_one_that_takes_over(session: UnitOfWork, places: Places) -> None:
    desk, heir = places.desk, places.heir
    received = a_dossier(session, desk, places.heir)
    decides = a_dossier(session, desk, desk)
    decided = a_dossier(session, desk, desk, state=DossierState.RESULT_RETURNED)
    session.add(WaitingResult(code="H21.98-261201-0001", desk=desk, noted_at=NOW, noted_by=BY))
    session.flush()
    close_place(session, desk, heir, BY, NOW)
    session.expire_all()
    for dossier in (received, decides):
        assert (dossier.desk_id, dossier.competent_desk_id) == (heir.id, heir.id)
    assert decided.desk_id == desk.id  # whoever decided it did
    assert session.scalars(select(WaitingResult.desk_id)).one() == heir.id
    assert named_by(session, parse_dossier_code("H21.98-261201-0001")).desk is heir
    assert desks_of(session, desk.unit_code).own is heir
    (served,) = serving.served(session, [desk.unit_code], DAY)
    assert served.desk is heir
    assert desk not in other_desks(session, heir.id)
    assert desk.id not in neighbours.desks_beside(session, places.office.id)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "place.closed")).one()
    assert event.detail == {"taken_over_by": heir.code, "moved": 2}


def test_who_took_over_hands_on_what_it_took(session: UnitOfWork, places: Places) -> None:
    third = make_desk(session)
    close_place(session, places.desk, places.heir, BY, NOW)
    assert refused(session, places.heir) == {Unfinished.DOSSIERS: 1}
    close_place(session, places.heir, third, BY, NOW)
    session.expire_all()
    assert places.desk.taken_over_by is third


def test_only_another_open_desk_takes_over(session: UnitOfWork, places: Places) -> None:
    shut = make_desk(session, closed_at=NOW)
    for place, heir in ((places.desk, places.desk), (places.desk, shut), (places.office, places.heir)):
        with pytest.raises(DomainError, match="heir_refused"):
            close_place(session, place, heir, BY, NOW)


def test_a_new_office_may_stand_where_one_has_closed_which_then_stays_closed(
    session: UnitOfWork, places: Places
) -> None:
    close_office(session, places)
    unit = places.office.unit_code
    head = "Mã;Loại;Mã xã;Tên;Kinh độ;Vĩ độ"
    (answer,) = hear(session, f"BC-MOI;bưu cục;{unit};Bưu cục Mới;{places.office.lon};{places.office.lat}", head=head)
    assert answer.verdict is RowVerdict.NEW
    assert office_of(session, unit).code == "BC-MOI"
    with pytest.raises(DomainError, match="place_taken"):
        tell_place(session, places.office.code, {"state": "open"}, BY, NOW)


def hear(session: UnitOfWork, *rows: str, head: str) -> list[RowAnswer]:
    lines = table_of("\n".join([head, *rows]), len(HEADINGS.columns), HEADINGS.is_heading)
    return hear_places(session, lines, BY, NOW)


def test_a_file_closes_and_opens_and_one_without_the_column_does_neither(session: UnitOfWork, places: Places) -> None:
    a_dossier(session, places.desk, places.desk)
    head = "Mã;Trạng thái;Nơi tiếp nhận thay"
    busy, unknown, missing, closed, blank = hear(
        session,
        f"{places.desk.code};đã đóng;",
        f"{places.hub.code};nghỉ;",
        "KHONG-CO;đã đóng;",
        f"{places.office.code};Đã  đóng;",
        f"{places.heir.code};;",
        head=head,
    )
    assert [one.error and (one.error.code, one.error.field) for one in (busy, unknown, missing)] == [
        ("place_busy", "state"), ("place_state_unknown", "state"), ("place_not_there_to_close", "state"),
    ]  # fmt: skip
    assert (closed.verdict, closed.fields) == (RowVerdict.CLOSED, ("state",))
    assert blank.verdict is RowVerdict.SAME
    assert places.office.closed_at == NOW
    (again,) = hear(session, f"{places.desk.code};closed;{places.heir.code}", head=head)
    assert again.verdict is RowVerdict.CLOSED
    (named,) = hear(session, f"{places.desk.code};Bộ phận một cửa Khác", head="Mã;Tên")
    assert named.verdict is RowVerdict.CHANGED
    assert places.desk.closed_at == NOW
    (opened,) = hear(session, f"{places.desk.code};đang mở;", head=head)
    assert (opened.verdict, opened.fields) == (RowVerdict.CHANGED, ("state",))
    desk = session.scalars(select(Desk).where(Desk.code == places.desk.code)).one()
    assert desk.closed_at is None
    assert desk.taken_over_by_id is None


def test_a_rehearsal_says_the_same_and_closes_nothing(session: UnitOfWork, places: Places) -> None:
    savepoint = session.begin_nested()
    (answer,) = hear(session, f"{places.office.code};đã đóng", head="Mã;Trạng thái")
    savepoint.rollback()
    session.expire_all()
    assert answer.verdict is RowVerdict.CLOSED
    place = find_place(session, places.office.code)
    assert place is not None
    assert place.closed_at is None
