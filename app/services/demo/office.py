"""One office of the demonstration and what its people say when they book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from app.clock import local_day
from app.config import Keys
from app.domain.commands import ApplicantGiven, BookVisit, DossierGiven, PlaceGiven
from app.domain.due_date import DueTold
from app.domain.entitlement import DecideEntitlement
from app.domain.errand import ProofKind, RequestKind
from app.domain.identity import Channel, PhoneProof
from app.domain.tariff import Discount
from app.domain.transfer import due_day
from app.domain.wording import tidy
from app.domain.working_days import Calendar
from app.models import Procedure, ServiceRequest, Unit
from app.queries.reference.calendar import calendar
from app.queries.reference.shapes import elsewhere
from app.services.booking.book import book
from app.services.booking.entitlements import decide
from app.services.demo import people
from app.services.demo.demand import Door
from app.services.demo.staff import DemoStaff
from app.services.desks import due_dates
from app.texts.documents import WORKING_DAY
from app.unit_of_work import UnitOfWork

BACK_TOO: Final = 0.5  # of those who send, ask for the result at home as well
ACTS: Final = ("before", "yesterday", "day")
HELPED, BY_VOICE, IN_ENGLISH, BY_PAPERS, HALF_PRICE = 0.08, 0.07, 0.02, 0.1, 0.03
READY_EARLY: Final = (
    0,
    1,
    1,
    2,
    2,
    3,
    4,
    5,
    8,
    12,
)  # days before a result is due, of those that its procedure has [assumption]
LOOKED_UP_IN: Final = timedelta(minutes=10)  # by the clerk who confirms
LANDMARKS: Final = ("", "", "gần nhà văn hóa thôn", "cạnh trường tiểu học", "sau chợ", "đối diện trạm y tế")
FORMER_NAME_SHARE, PINNED = 0.3, 0.7


@dataclass(slots=True)
class DemoOffice:
    """One office whose errands are made, and the serial numbers that make each act its own."""

    work: UnitOfWork
    keys: Keys
    random: Random
    unit: Unit
    staff: DemoStaff
    procedures: Sequence[Procedure]
    former_names: Sequence[str]
    act: str = "day"
    serial: int = 0

    def next(self) -> int:
        self.serial += 1
        return self.serial

    def operation(self) -> str:
        return f"demo-{self.unit.code}-{self.act}-{self.next():05d}"

    def seal(self) -> str:
        return f"TN{self.unit.code}{self.act[0].upper()}{self.next():06d}"

    def dossier_code(self, day: date) -> str:
        """`H21.35.123-261124-00042`: the unit's own prefix, the day it was taken in, a serial of this office."""
        return f"H21.{self.unit.code[:2]}.{self.unit.code[2:]}-{day:%y%m%d}-{ACTS.index(self.act)}{self.next():04d}"

    def procedure(self, *, simple: bool) -> Procedure:
        """`simple`: its result is given without taking originals back."""
        fit = [one for one in self.procedures if not (simple and one.originals_due)]
        return self.random.choice(fit)


def book_sending(demo_office: DemoOffice, door: Door, slot_id: int, now: datetime) -> ServiceRequest:
    kind = RequestKind.SEND_AND_RECEIVE if demo_office.random.random() < BACK_TOO else RequestKind.SEND
    procedure = demo_office.procedure(simple=False)
    given = DossierGiven(procedure.code, cases_of(procedure, demo_office.random))
    return book(demo_office.work, _booking(demo_office, door, kind, given, slot_id, now), demo_office.keys)


def book_receiving(demo_office: DemoOffice, door: Door, now: datetime) -> ServiceRequest:
    """A result is asked for by the code of a dossier that the desk took in some days ago, for a time that the law publishes."""
    procedure = demo_office.procedure(simple=True)
    early = Random(f"{demo_office.unit.code} {demo_office.act} {door.number} early").choice(READY_EARLY)
    taken_in, due_on = appointment(procedure, local_day(now), early, calendar(demo_office.work))
    given = DossierGiven(procedure.code, cases_of(procedure, demo_office.random), demo_office.dossier_code(taken_in))
    request = book(
        demo_office.work, _booking(demo_office, door, RequestKind.RECEIVE, given, None, now), demo_office.keys
    )
    clerk, desk_id = demo_office.staff.clerk_actor, demo_office.staff.desk.id
    for dossier in request.dossiers:
        decide(demo_office.work, DecideEntitlement(dossier.id, desk_id, clerk, now + LOOKED_UP_IN))
        due_dates.tell(demo_office.work, dossier, DueTold(due_on, dossier.state, clerk, now + LOOKED_UP_IN))
    return request


def appointment(procedure: Procedure, today: date, early: int, working: Calendar) -> tuple[date, date | None]:
    """When a dossier was taken in whose result is ready today, up to so many days before it is due, and when that is.

    Without a published time it was a week ago, and the slip names no day that anybody knows.
    """
    length = procedure.time_value
    if length is None:
        return today - timedelta(days=7), None
    in_working_days = procedure.time_unit == WORKING_DAY
    taken_in = today
    for _ in range(max(0, length - early)):
        taken_in = working.previous_working(taken_in) if in_working_days else taken_in - timedelta(days=1)
    return taken_in, due_day(taken_in, length, working=in_working_days, calendar=working)


def cases_of(procedure: Procedure, random: Random) -> tuple[str, ...]:
    """One answer to every question that takes one; nothing special beside it."""
    return tuple(random.choice(question["options"])["key"] for question in procedure.cases if not question["many"])


def _booking(
    demo_office: DemoOffice, door: Door, kind: RequestKind, given: DossierGiven, slot_id: int | None, now: datetime
) -> BookVisit:
    person = Random(f"{demo_office.unit.code} {door.number}")  # the same neighbour, whatever is booked at this door
    applicant_kind, name = people.person(person, door.number)
    counter = demo_office.staff.counter if person.random() < HELPED else None
    channel, proof = _reached(person, helped=counter is not None)
    return BookVisit(
        kind=kind,
        applicant=ApplicantGiven(applicant_kind, name, people.phone(door.number)),
        place=_place(demo_office, door, person),
        dossiers=(given,),
        slot_id=slot_id,
        channel=channel,
        language="en" if person.random() < IN_ENGLISH else "vi",
        consent=True,
        now=now,
        by=f"staff:{counter.id}" if counter is not None else "citizen",
        proof=proof,
        discount=Discount.HALF if person.random() < HALF_PRICE else Discount.NONE,
        helper_name=tidy("Trưởng thôn Mẫu") if channel is Channel.HELPER else None,
        helper_phone=people.phone(people.PHONES - 1) if channel is Channel.HELPER else None,
        staff_id=counter.id if counter is not None else None,
        phone_proof=PhoneProof.VILLAGE_HEAD if counter is not None else PhoneProof.CODE,
        again=True,  # a neighbour of the sample may well come with the same papers again
    )


def _reached(random: Random, *, helped: bool) -> tuple[Channel, ProofKind]:
    """Whoever books at the counter has no telephone of their own, and gets a printed code."""
    if helped:
        return Channel.HELPER, ProofKind.SLIP
    proof = ProofKind.ID_CHECK if random.random() < BY_PAPERS else ProofKind.CODE
    return (Channel.VOICE if random.random() < BY_VOICE else Channel.SMS), proof


def _place(demo_office: DemoOffice, door: Door, random: Random) -> PlaceGiven:
    house = random.randint(1, 180)
    where = f"đường Mẫu {door.hamlet}, tổ {door.hamlet}" if demo_office.unit.ward else f"thôn Mẫu {door.hamlet}"
    former = (
        random.choice(demo_office.former_names)
        if demo_office.former_names and random.random() < FORMER_NAME_SHARE
        else ""
    )
    pinned = random.random() < PINNED
    return PlaceGiven(
        unit_code=demo_office.unit.code,
        address=tidy(f"Số {house}, {where}"),
        landmark=tidy(random.choice(LANDMARKS)),
        former_name=tidy(former),
        lon=door.lon,
        lat=door.lat,
        # doors are strewn in a circle: whose pin lies across the border says when asked that it is right
        pin_confirmed=pinned or elsewhere(demo_office.work, demo_office.unit, door.lon, door.lat) is not None,
    )
