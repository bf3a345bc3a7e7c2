"""What the people of an office do with envelopes, by the same services as everybody else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.clock import local_day
from app.domain.checklist import BY_POST, Tick, papers_of_visit
from app.domain.commands import (
    CollectDossier,
    CountPapers,
    DeliverResult,
    DoorAct,
    HandOver,
    PaperTicked,
    RecordFailure,
    RescheduleErrand,
    ResultReady,
)
from app.domain.custody import Holder, Party
from app.domain.errand import ProofKind
from app.domain.errors import DomainError
from app.domain.identity import ApplicantKind
from app.domain.parcel import PaperForm
from app.domain.preparing import goes_certified
from app.models import Courier, Errand, Parcel, RequiredPaper, ServiceRequest
from app.services.booking import errands
from app.services.demo import people
from app.services.demo.office import DemoOffice
from app.services.desks.counting import count_papers
from app.services.desks.handover import hand_over
from app.services.desks.results import result_ready
from app.services.messaging import handover_codes
from app.services.visits.collection import collect as take
from app.services.visits.delivery import deliver as give
from app.services.visits.failures import record_failure

DAYS_TO_DECIDE: Final = 5
WITHOUT_CODE: Final = 0.05  # of the deliveries: the citizen deleted the message


@dataclass(frozen=True, slots=True)
class DemoVisit:
    """A courier at a door."""

    errand: Errand
    courier: Courier
    at: datetime

    @property
    def actor(self) -> str:
        return f"courier:{self.courier.id}"

    @property
    def fix(self) -> tuple[float, float]:
        return self.errand.place.lon, self.errand.place.lat


def pack(demo_office: DemoOffice, request: ServiceRequest, now: datetime) -> Parcel:
    """The desk packs a result."""
    dossier = request.dossiers[0]
    return result_ready(
        demo_office.work,
        ResultReady(
            dossier=dossier.code or "",
            title=dossier.procedure.results[0] if dossier.procedure.results else dossier.procedure.name,
            seal_number=demo_office.seal(),
            desk_id=dossier.desk_id,
            operation_id=demo_office.operation(),
            now=now,
            by=demo_office.staff.clerk_actor,
        ),
    )


def to_office(demo_office: DemoOffice, parcels: Sequence[Parcel], now: datetime) -> None:
    """Desk → the office's safe, many at once: what waits for them gets its slot."""
    _move(
        demo_office,
        parcels,
        desk(demo_office),
        safe(demo_office),
        now,
        (demo_office.staff.clerk_actor, _post(demo_office)),
    )


def to_desk(demo_office: DemoOffice, parcels: Sequence[Parcel], now: datetime) -> None:
    _move(
        demo_office,
        parcels,
        safe(demo_office),
        desk(demo_office),
        now,
        (_post(demo_office), demo_office.staff.clerk_actor),
    )


def to_courier(demo_office: DemoOffice, parcels: Sequence[Parcel], courier: Courier, now: datetime) -> None:
    _move(demo_office, parcels, safe(demo_office), bag(courier), now, (_post(demo_office), f"courier:{courier.id}"))


def from_courier(demo_office: DemoOffice, parcels: Sequence[Parcel], courier: Courier, now: datetime) -> None:
    _move(demo_office, parcels, bag(courier), safe(demo_office), now, (f"courier:{courier.id}", _post(demo_office)))


def _move(
    demo_office: DemoOffice,
    parcels: Sequence[Parcel],
    giver: Party,
    taker: Party,
    now: datetime,
    signed: tuple[str, str],
) -> None:
    if parcels:
        hand_over(
            demo_office.work,
            HandOver(
                parcel_codes=tuple(parcel.code for parcel in parcels),
                giver=giver,
                taker=taker,
                operation_id=demo_office.operation(),
                occurred_at=now,
                now=now,
                by=signed[0],
                confirmed_by=signed[1],
            ),
        )


def safe(demo_office: DemoOffice) -> Party:
    return Party(Holder.OFFICE_SAFE, str(demo_office.staff.office.id))


def desk(demo_office: DemoOffice) -> Party:
    return Party(Holder.DESK, str(demo_office.staff.desk.id))


def bag(courier: Courier) -> Party:
    return Party(Holder.COURIER, str(courier.id))


def _post(demo_office: DemoOffice) -> str:
    """Who signs for the office: its counter, or where there is none the account of its first courier."""
    if demo_office.staff.counter is not None:
        return f"staff:{demo_office.staff.counter.id}"
    return f"staff:{demo_office.staff.couriers[0].staff_account_id}"


def choose(demo_office: DemoOffice, errand: Errand, slot_id: int, now: datetime) -> bool:
    """The citizen takes another slot than the first free one, by the tracking link; False when it is full."""
    try:
        errands.reschedule(demo_office.work, RescheduleErrand(errand.id, slot_id, f"citizen:{errand.request_id}", now))
    except DomainError as refusal:
        if refusal.code == "slot_full":
            return False
        raise
    return True


def _act(demo_office: DemoOffice, visit: DemoVisit) -> DoorAct:
    """A phone on the line: told twenty seconds after."""
    return DoorAct(
        courier_id=visit.courier.id,
        operation_id=demo_office.operation(),
        occurred_at=visit.at,
        now=visit.at + timedelta(seconds=20),
        by=visit.actor,
        fix=visit.fix,
    )


def collect(demo_office: DemoOffice, visit: DemoVisit) -> Parcel:
    dossier = visit.errand.dossiers[0]
    papers = papers_of_visit(dossier.procedure.papers, dossier.cases, visit.errand.only_lines)
    return take(
        demo_office.work,
        CollectDossier(
            errand_id=visit.errand.id,
            dossier_id=dossier.id,
            cases=tuple(dossier.cases),
            papers=ticks(papers),
            parcel_code=None,
            seal_number=demo_office.seal(),
            **_act(demo_office, visit),
        ),
    )


def ticks(papers: Iterable[RequiredPaper]) -> Mapping[int, PaperTicked]:
    """What a well-prepared household has: all that is asked, what a database holds looked up, one paper at least."""
    lines = list(papers)
    ticked = {line.line: _tick(line) for line in lines}
    if not any(paper.tick is Tick.IN_ENVELOPE for paper in ticked.values()):
        ticked[lines[0].line] = PaperTicked(Tick.IN_ENVELOPE, _form(lines[0]))
    return ticked


def _tick(line: RequiredPaper) -> PaperTicked:
    if line.need == "if_any":
        return PaperTicked(Tick.NOT_APPLICABLE)
    if line.in_database and BY_POST not in line.case_keys:
        return PaperTicked(Tick.LOOKED_UP)
    return PaperTicked(Tick.IN_ENVELOPE, _form(line), max(1, line.originals or line.copies or 1))


def _form(line: RequiredPaper) -> PaperForm:
    if goes_certified(line):
        return PaperForm.CERTIFIED
    return PaperForm.ORIGINAL if line.originals else PaperForm.COPY


def deliver(demo_office: DemoOffice, visit: DemoVisit) -> None:
    errand, applicant = visit.errand, visit.errand.request.applicant
    coded = errand.proof is not ProofKind.ID_CHECK and demo_office.random.random() >= WITHOUT_CODE
    code = handover_codes.issue(demo_office.work, errand, errand.proof, visit.at, demo_office.keys) if coded else None
    give(
        demo_office.work,
        DeliverResult(
            errand_id=errand.id,
            receiver_name=people.receiver(applicant.kind, applicant.name or ""),
            receiver_relation="self",
            receiver_role=people.ROLE if applicant.kind is ApplicantKind.ORGANISATION else "",
            id_kind="CCCD",
            id_last4=f"{demo_office.random.randrange(10_000):04d}",
            code=code,
            seal_whole=True,
            **_act(demo_office, visit),
        ),
        demo_office.keys,
    )


def nobody_home(demo_office: DemoOffice, visit: DemoVisit) -> None:
    record_failure(
        demo_office.work,
        RecordFailure(
            errand_id=visit.errand.id,
            outcome="ABSENT",
            evidence={"gate_photo": f"demo-{demo_office.next():05d}.jpg", "call": f"{visit.at:%H:%M}"},
            **_act(demo_office, visit),
        ),
    )


def count(demo_office: DemoOffice, parcel: Parcel, now: datetime) -> None:
    """The desk counts what came and takes the dossier in."""
    count_papers(
        demo_office.work,
        CountPapers(
            parcel_code=parcel.code,
            counts={paper.line: paper.count for paper in parcel.papers},
            desk_id=demo_office.staff.desk.id,
            dossier_code=demo_office.dossier_code(local_day(now)),
            due_on=local_day(now) + timedelta(days=DAYS_TO_DECIDE),
            operation_id=demo_office.operation(),
            now=now,
            by=demo_office.staff.clerk_actor,
            confirmed_by=_post(demo_office),
        ),
    )
