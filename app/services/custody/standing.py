"""What is known of a phone and of what its acts touch, for `app.domain.standing`: read when first asked, for the whole batch.

An honest act asks next to nothing: the envelope is in the bag, or the errand is of the own office.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy import CompoundSelect, func, or_, select, union
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.custody import Holder, Party
from app.domain.errors import DomainError
from app.domain.operation import BlockKind
from app.domain.parcel import parse_s10
from app.domain.signing import WRITES_NOTHING
from app.domain.standing import ToldAt, held_by, holder_at
from app.models import (
    Claim,
    Courier,
    Desk,
    Device,
    Errand,
    NumberBlock,
    Office,
    Operation,
    Parcel,
    Plan,
    PlannedBefore,
    Route,
    Stop,
    StopErrand,
)
from app.services.custody import chains
from app.unit_of_work import Chain

T = TypeVar("T")
DRAFT: Final = "draft"  # only what was published is superseded
HOUR: Final = timedelta(hours=1)
PROVED: Final = ~or_(*(Operation.reviews.contains([one.value]) for one in WRITES_NOTHING))
"""What bears no signature where there has to be one casts no doubt on what the phone itself has signed."""
BY_PHONE: Final = Operation.carried_by.is_(None)
NO_OFFICE: Final[frozenset[int]] = frozenset()


@dataclass(slots=True)
class StandingFacts:
    """Of one phone. `errand_ids` and `days`: what the batch names, so that one statement reads for all of it."""

    session: Session
    device: Device
    errand_ids: Collection[UUID] = ()
    days: Collection[date] = ()
    _planned: dict[UUID, set[date]] = field(default_factory=dict)  # of errands that were asked for
    _named: dict[date, set[int]] | None = None
    _offices: dict[UUID, int] = field(default_factory=dict)
    _claimed: dict[UUID, int] | None = None  # envelope or errand → the first number that claimed it
    _labels_claimed: dict[str, tuple[int, int]] = field(default_factory=dict)  # → number, office
    _labels: list[tuple[int, int]] | None = None
    _told_of: set[str] | None = None
    _of_a_day: int | None = None
    _new: list[Claim] = field(default_factory=list)  # of this batch, not written yet

    @property
    def courier(self) -> Party:
        return Party(Holder.COURIER, str(self.device.courier_id))

    @property
    def home(self) -> int:
        return self.device.courier.office_id

    def offices_on(self, day: date) -> frozenset[int]:
        """The own office, and those whose routes were published for this courier that day or the day before."""
        if self._named is None:
            named: dict[date, set[int]] = {}
            mine = (Route.courier_id == self.device.courier_id, Plan.day.in_(_with_eves(self.days)))
            rows = select(Plan.day, Route.office_id).join(Plan, Plan.id == Route.plan_id)
            for row in self._ask(lambda: self.session.execute(rows.where(*mine, Plan.state != DRAFT)).all()):
                named.setdefault(row.day, set()).add(row.office_id)
            self._named = named
        return frozenset({self.home, *self._named.get(day, ()), *self._named.get(_eve(day), ())})

    def planned(self, errand_id: UUID, day: date) -> bool:
        """It stood on any plan published for this courier that day or the day before, superseded ones too."""
        if errand_id not in self._planned:
            asked = {errand_id, *self.errand_ids}
            self._planned |= {one: set() for one in asked}
            for found, on in self._ask(lambda: self.session.execute(_planned(self.device.courier_id, asked)).all()):
                self._planned[found].add(on)
        return not self._planned[errand_id].isdisjoint({day, _eve(day)})

    def office_of(self, errand_id: UUID) -> int | None:
        if errand_id not in self._offices:
            asked = {errand_id, *self.errand_ids}
            rows = select(Errand.id, Errand.office_id).where(Errand.id.in_(asked))
            self._offices |= {row.id: row.office_id for row in self._ask(lambda: self.session.execute(rows).all())}
        return self._offices.get(errand_id)

    def claimed_before(self, seq: int, *ids: UUID | None) -> bool:
        """Has an earlier act of this phone an open claim on one of these envelopes or errands?"""
        claimed = self._open_claims()
        return any(one is not None and claimed.get(one, seq) < seq for one in ids)

    def label_claimed_before(self, seq: int, code: str) -> int | None:
        """The office of an earlier act's open claim on an envelope that is in no book yet."""
        self._open_claims()
        first, office_id = self._labels_claimed.get(code, (seq, 0))
        return office_id if first < seq else None

    def remember(self, claim: Claim, seq: int) -> None:
        self._note(self._open_claims(), claim, seq)
        self._new.append(claim)

    def _open_claims(self) -> dict[UUID, int]:
        if self._claimed is None:
            mine = (Claim.device_id == self.device.id, Claim.settled_at.is_(None))
            rows = select(Claim, Operation.seq).join(Operation).where(*mine, PROVED)
            self._claimed = {}
            for claim, seq in self._ask(lambda: self.session.execute(rows).all()):
                self._note(self._claimed, claim, seq)
        return self._claimed

    def _note(self, claimed: dict[UUID, int], claim: Claim, seq: int) -> None:
        for one in (claim.parcel_id, claim.errand_id):
            if one is not None:
                claimed[one] = min(seq, claimed.get(one, seq))
        if claim.parcel_id is None and claim.code:
            first = (seq, claim.office_id)
            self._labels_claimed[claim.code] = min(first, self._labels_claimed.get(claim.code, first))

    def own_label(self, code: str) -> bool:
        """Of a roll that was set aside for this phone."""
        if self._labels is None:
            mine = (NumberBlock.device_id == self.device.id, NumberBlock.kind == BlockKind.LABEL)
            rows = select(NumberBlock.first, NumberBlock.last).where(*mine)
            self._labels = [(row.first, row.last) for row in self._ask(lambda: self.session.execute(rows).all())]
        try:
            serial = int(parse_s10(code)[2:10])
        except DomainError:
            return False
        return any(first <= serial <= last for first, last in self._labels)

    def told_of(self, now: datetime) -> set[str]:
        """Codes of other offices' envelopes that this phone told of without standing within the hour."""
        if self._told_of is None:
            lately = (Claim.device_id == self.device.id, Claim.received_at > now - HOUR, Claim.elsewhere)
            codes = select(Claim.code).join(Operation).where(*lately, Claim.parcel_id.is_not(None), BY_PHONE)
            self._told_of = set(self._ask(lambda: self.session.scalars(codes).all()))
        return self._told_of | {one.code for one in self._new if one.elsewhere and one.parcel_id is not None}

    def claims_of_a_day(self, now: datetime) -> int:
        if self._of_a_day is None:
            lately = (Claim.device_id == self.device.id, Claim.received_at > now - timedelta(days=1))
            counted = select(func.count()).select_from(Claim).where(*lately)
            self._of_a_day = self._ask(lambda: self.session.scalar(counted)) or 0
        return self._of_a_day + len(self._new)

    def offices_of_holder(self, holder: Party | None) -> frozenset[int]:
        """Who answers for what this holder has: the safe's office, the courier's, those beside the desk."""
        if holder is None or holder.id is None:
            return NO_OFFICE
        if holder.holder is Holder.OFFICE_SAFE:
            return frozenset({int(holder.id)})
        if holder.holder is Holder.COURIER:
            courier = self._ask(lambda: self.session.get(Courier, int(holder.id or 0)))
            return frozenset({courier.office_id}) if courier is not None else NO_OFFICE
        return self._beside_desk(int(holder.id)) if holder.holder is Holder.DESK else NO_OFFICE

    def _beside_desk(self, desk_id: int) -> frozenset[int]:
        desk = self._ask(lambda: self.session.get(Desk, desk_id))
        if desk is None:
            return NO_OFFICE
        beside = select(Office.id).where(Office.unit_code == desk.unit_code)
        own = {desk.office_id} if desk.office_id is not None else set()
        return frozenset({*own, *self._ask(lambda: self.session.scalars(beside).all())})

    def answers_for(self, parcel: Parcel) -> int:
        """The office that answers for an envelope: where it lies, else that of its visit; nobody else: the teller's."""
        holder = Party(parcel.holder, parcel.holder_id)
        if holder.holder in {Holder.OFFICE_SAFE, Holder.COURIER}:
            offices = self.offices_of_holder(holder)
            if offices:
                return min(offices)
        office_id = self.office_of(parcel.errand_id) if parcel.errand_id is not None else None
        return office_id or min(self.offices_of_holder(holder), default=self.home)

    def _ask(self, question: Callable[[], T]) -> T:
        with self.session.no_autoflush:  # what this batch writes changes no answer
            return question()


def _planned(courier_id: int, errand_ids: Collection[UUID]) -> CompoundSelect[UUID, date]:
    published = (
        select(StopErrand.errand_id, Plan.day)
        .join(Stop, Stop.id == StopErrand.stop_id)
        .join(Route, Route.id == Stop.route_id)
        .join(Plan, Plan.id == Route.plan_id)
        .where(Route.courier_id == courier_id, StopErrand.errand_id.in_(errand_ids), Plan.state != DRAFT)
    )
    mine = (PlannedBefore.courier_id == courier_id, PlannedBefore.errand_id.in_(errand_ids))
    return union(published, select(PlannedBefore.errand_id, PlannedBefore.day).where(*mine))


def _eve(day: date) -> date:
    return day - timedelta(days=1)


def _with_eves(days: Collection[date]) -> set[date]:
    return {*days, *(_eve(day) for day in days)}


@dataclass(frozen=True)
class ActOfPhone:
    """`app.domain.standing.Teller`: one act of one phone."""

    facts: StandingFacts
    seq: int
    occurred_at: datetime
    ended: bool

    @property
    def day(self) -> date:
        return local_day(self.occurred_at)

    @property
    def office_ids(self) -> frozenset[int]:
        return self.facts.offices_on(self.day)

    @property
    def told_at(self) -> ToldAt:
        return ToldAt(self.facts.courier, str(self.facts.device.id), self.seq, self.occurred_at)


@dataclass(frozen=True)
class TouchedThing:
    """`app.domain.standing.Touched`: an envelope, an errand, or both."""

    act: ActOfPhone
    chain: Chain | None = None
    errand_id: UUID | None = None
    label: str | None = None
    confirms: Callable[[], bool] | None = None  # the server verifies the code that came with it
    told: bool = False  # the other side has told of this very hand-over already

    @property
    def claimed(self) -> bool:
        parcel_id = self.chain.parcel.id if self.chain is not None else None
        return self.act.facts.claimed_before(self.act.seq, self.errand_id, parcel_id)

    @cached_property
    def held(self) -> bool:
        return self.told or (self.chain is not None and held_by(self.act.told_at, chains.moves(self.chain)))

    @cached_property
    def office_ids(self) -> frozenset[int]:
        facts, found = self.act.facts, set()
        for errand_id in self._errand_ids:
            found.add(facts.office_of(errand_id))
        if self.chain is not None:
            parcel = self.chain.parcel
            found |= facts.offices_of_holder(Party(parcel.holder, parcel.holder_id))
            found |= facts.offices_of_holder(holder_at(chains.moves(self.chain), self.act.occurred_at))
        return frozenset(one for one in found if one is not None)

    @property
    def planned(self) -> bool:
        return any(self.act.facts.planned(errand_id, self.act.day) for errand_id in self._errand_ids)

    @property
    def own_label(self) -> bool:
        return self.label is not None and self.act.facts.own_label(self.label)

    @property
    def code_confirmed(self) -> bool:
        return self.confirms is not None and self.confirms()

    @property
    def _errand_ids(self) -> list[UUID]:
        """Of the act, and of the envelope."""
        of_parcel = self.chain.parcel.errand_id if self.chain is not None else None
        return [one for one in dict.fromkeys((self.errand_id, of_parcel)) if one is not None]
