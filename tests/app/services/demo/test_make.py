"""A demonstration is made by the services of real errands: it is deterministic, whole, and nothing of it is sent."""

from __future__ import annotations

from collections import Counter
from datetime import time

import pytest
from sqlalchemy import func, or_, select, text

from app.clock import at
from app.domain.custody import Holder, Party
from app.domain.errand import ErrandKind, ErrandState
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.domain.parcel import ParcelPurpose
from app.domain.timetable import earliest_way
from app.domain.urgency import days_left, priority
from app.models import (
    Attempt,
    Courier,
    Desk,
    Dossier,
    Errand,
    HandoverCode,
    Message,
    Office,
    Parcel,
    Shift,
    Slot,
    StaffAccount,
)
from app.queries.custody.verification import verify
from app.queries.desks.rounds import all_rounds, timetable
from app.queries.reference.calendar import calendar
from app.services.demo.make import make_demo
from app.services.demo.plan import first_pilot
from app.services.demo.staff import sign_ins
from tests.app.services.demo.conftest import KEYS, ORDER, Demo
from tests.factories.sign_in import sign_in_staff

DAY = ORDER.day
ORDER_STARTS = time(7, 30)


def test_the_same_order_makes_the_same_demonstration(demo: Demo, another: Demo) -> None:
    assert demo[1] == another[1]


def test_the_day_has_as_many_errands_as_ordered_and_nothing_else(demo: Demo) -> None:
    database, report = demo
    with database.transaction() as session:
        rows = session.execute(select(Errand.kind, Errand.state).join(Slot).where(Slot.day == DAY)).all()

    kinds = Counter(row.kind for row in rows)
    assert len(rows) == report["errands"] == ORDER.errands
    assert {row.state for row in rows} == {ErrandState.SCHEDULED}
    assert (report["deliveries"], report["collections"]) == (kinds[ErrandKind.DELIVER], kinds[ErrandKind.COLLECT])


def test_results_are_due_when_the_times_of_their_procedures_say_and_some_press(demo: Demo) -> None:
    with demo[0].transaction() as session:
        due = [
            errand.dossiers[0].due_on
            for errand in session.scalars(
                select(Errand).join(Slot).where(Slot.day == DAY, Errand.kind == ErrandKind.DELIVER)
            )
            if errand.dossiers[0].procedure.time_value is not None
        ]
        left = [days_left(DAY, on, calendar(session)) for on in due]
    assert left
    assert None not in left
    assert {priority(one, 0) for one in left} >= {0, 5, 8}


def test_what_is_to_be_delivered_lies_sealed_in_the_safe_of_its_office_with_a_code(demo: Demo) -> None:
    with demo[0].transaction() as session:
        rows = session.execute(
            select(Parcel.holder, Parcel.holder_id, Parcel.purpose, Errand.office_id, Errand.proof, HandoverCode.mac)
            .join(Errand, Errand.id == Parcel.errand_id)
            .join(Slot, Slot.id == Errand.slot_id)
            .outerjoin(HandoverCode, HandoverCode.errand_id == Errand.id)
            .where(Slot.day == DAY, Errand.kind == ErrandKind.DELIVER)
        ).all()

    assert len(rows) == demo[1]["deliveries"]
    for row in rows:
        assert (row.holder, row.holder_id, row.purpose) == (
            Holder.OFFICE_SAFE,
            str(row.office_id),
            ParcelPurpose.RESULT,
        )
        assert (row.mac is None) == (row.proof.value == "id_check")


def test_yesterday_has_every_kind_of_ending(demo: Demo) -> None:
    yesterday = demo[1]["yesterday"]
    with demo[0].transaction() as session:
        outcomes = set(session.scalars(select(Attempt.outcome)))
        holders = set(session.scalars(select(Parcel.holder)))

    assert outcomes == {"DONE", "ABSENT"}
    assert yesterday["collected"] > yesterday["counted"] > 0
    assert yesterday["delivered"] > 0
    assert {Holder.CITIZEN, Holder.OFFICE_SAFE, Holder.DESK} <= holders


def test_custody_is_whole_and_both_days_are_signed(demo: Demo) -> None:
    with demo[0].transaction() as session:
        report = verify(session, KEYS)

    assert report.clean
    assert report.digests >= 2
    assert report.events > report.parcels


def test_nothing_of_the_past_is_sent_again(demo: Demo) -> None:
    with demo[0].transaction() as session:
        states = set(session.scalars(select(Message.state)))
        jobs = session.scalar(text("select count(*) from procrastinate_jobs"))
        latest = session.scalar(select(func.max(Message.created_at)))

    assert states <= {"sent", "not_wanted"}
    assert jobs == 0
    assert latest is not None
    assert latest < at(DAY, ORDER_STARTS)


def test_couriers_are_hired_and_at_work(demo: Demo) -> None:
    with demo[0].transaction() as session:
        couriers = session.scalar(select(func.count()).select_from(Courier))
        at_work = session.scalar(select(func.count()).select_from(Shift).where(Shift.day == DAY, Shift.works))

    assert couriers == demo[1]["couriers"]
    assert at_work is not None
    assert at_work >= demo[1]["offices"]


def test_every_role_can_sign_in_with_the_demo_password(demo: Demo) -> None:
    with demo[0].transaction() as session:
        accounts = sign_ins(session, first_pilot(session))
        found = [sign_in_staff(session, one.username, ORDER.password, at(DAY, ORDER_STARTS)) for one in accounts]

    assert {one.role for one in found if isinstance(one, StaffAccount)} == set(Role)


def test_two_people_work_at_the_provincial_centre_and_at_each_hub(demo: Demo) -> None:
    with demo[0].transaction() as session:
        listed = [one.username for one in sign_ins(session, first_pilot(session))]
        theirs = select(StaffAccount).where(StaffAccount.username.in_(listed))
        placed = theirs.outerjoin(StaffAccount.office).outerjoin(StaffAccount.desk)
        there = session.scalars(placed.where(or_(Office.kind == "hub", Desk.level == "province"))).all()
        hubs = session.scalar(select(func.count()).select_from(Office).where(Office.kind == "hub")) or 0

    assert hubs
    assert sorted(Counter((one.office_id, one.desk_id) for one in there).values()) == [2] * (hubs + 1)


def test_a_second_demonstration_is_refused(demo: Demo) -> None:
    with pytest.raises(DomainError) as refused:
        make_demo(demo[0], ORDER, KEYS)
    assert refused.value.code == "demo_made_already"


def test_vans_bring_a_result_of_any_desk_to_any_home_within_two_working_days(demo: Demo) -> None:
    with demo[0].transaction() as session:
        now = at(DAY, time(9))
        rounds = {row.id: timetable(row) for row in all_rounds(session)}
        offices = session.scalars(select(Office).where(Office.kind == "commune").order_by(Office.code)).all()
        west, east = offices[0], offices[-1]
        working = calendar(session)
        for origin, door in ((west, east), (east, west), (offices[1], west)):
            legs = earliest_way(rounds, {}, {_safe(origin)}, {_safe(door)}, now, working)
            assert legs, (origin.name, door.name)
            assert legs[-1].trip.arrives_at <= at(working.add(DAY, 2), time(17))


def test_every_desk_of_a_commune_has_the_prefix_of_its_codes(demo: Demo) -> None:
    with demo[0].transaction() as session:
        desks = session.scalars(select(Desk).where(Desk.level == "commune")).all()
        assert all(desk.dossier_prefix == f"H21.{desk.unit_code[:2]}.{desk.unit_code[2:]}" for desk in desks)
        codes = session.scalars(select(Dossier.code).where(Dossier.code.is_not(None)).limit(20)).all()
        assert codes, "results were confirmed by their desks"


def _safe(office: Office) -> Party:
    return Party(Holder.OFFICE_SAFE, str(office.id))
