"""What phones told without standing and nobody has confirmed yet: one task a phone, office and day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from app.domain.custody import Holder, Party
from app.domain.operation import OperationKind
from app.domain.standing import CHECKED_WITHIN, OFFICE_ALONE
from app.models import Claim, Dossier, Errand, OutcomeCode, Parcel
from app.queries.custody.parties import names_of
from app.queries.visible import Offices, within

Key = tuple[UUID, int, object]


@dataclass(frozen=True, slots=True)
class ClaimedAct:
    """One claim as whoever compares it with the slips reads it."""

    id: int
    kind: OperationKind
    code: str
    reference: str | None
    word: str  # of an incident
    outcome: str  # why a visit is said to have failed, in words
    giver: Party | None
    taker: Party | None
    giver_name: str
    taker_name: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class OpenClaims:
    """One task. `id`: of its first claim, by which its page is found."""

    id: int
    claims: Sequence[Claim]

    @property
    def first(self) -> Claim:
        return self.claims[0]

    @property
    def since(self) -> datetime:
        return min(claim.received_at for claim in self.claims)

    @property
    def codes(self) -> list[str]:
        return list(dict.fromkeys(claim.code for claim in self.claims if claim.code))


def open_claims(session: Session, office_ids: Offices = None, now: datetime | None = None) -> list[OpenClaims]:
    """Oldest first. `now`: for the coordinator, who sees what its office has left lying for two hours."""
    overdue = [] if now is None else [Claim.received_at <= now - OFFICE_ALONE]
    rows = session.scalars(_waiting(*within(Claim.office_id, office_ids), *overdue)).unique()
    tasks: dict[Key, list[Claim]] = {}
    for claim in rows:
        tasks.setdefault((claim.device_id, claim.office_id, claim.day), []).append(claim)
    return [OpenClaims(claims[0].id, claims) for claims in tasks.values()]


def find_task(
    session: Session, claim_id: int, office_ids: Offices = None, now: datetime | None = None
) -> OpenClaims | None:
    """The open claims of the task to which this one belongs, itself settled or not."""
    named = session.get(Claim, claim_id)
    if named is None:
        return None
    key = (named.device_id, named.office_id, named.day)
    tasks = open_claims(session, office_ids, now)
    return next((one for one in tasks if (one.first.device_id, one.first.office_id, one.first.day) == key), None)


def _waiting(*conditions: ColumnElement[bool]) -> Select[Claim]:
    return (
        select(Claim)
        .where(Claim.settled_at.is_(None), *conditions)
        .order_by(Claim.received_at, Claim.id)
        .options(
            joinedload(Claim.device),
            joinedload(Claim.courier),
            joinedload(Claim.office),
            joinedload(Claim.errand).joinedload(Errand.request),
        )
    )


def acts(session: Session, task: OpenClaims) -> list[ClaimedAct]:
    """In the order in which they happened, by the phone."""
    ways = {claim.id: _way(claim.word) for claim in task.claims}
    names = names_of(session, [party for way in ways.values() for party in way])
    told = select(OutcomeCode.code, OutcomeCode.label).where(OutcomeCode.current)
    outcomes = {row.code: row.label for row in session.execute(told)}
    ordered = sorted(task.claims, key=lambda claim: (claim.occurred_at, claim.id))
    return [_act(claim, ways[claim.id], names, outcomes) for claim in ordered]


def _act(claim: Claim, way: Sequence[Party], names: Mapping[Party, str], outcomes: Mapping[str, str]) -> ClaimedAct:
    giver, taker = way or (None, None)
    return ClaimedAct(
        id=claim.id,
        kind=claim.kind,
        code=claim.code,
        reference=claim.errand.request.reference if claim.errand is not None else None,
        word="" if way else claim.word,
        outcome=outcomes.get(claim.word, "") if claim.kind is OperationKind.NOT_DONE else "",
        giver=giver,
        taker=taker,
        giver_name=names.get(giver, "") if giver else "",
        taker_name=names.get(taker, "") if taker else "",
        occurred_at=claim.occurred_at,
    )


def _way(word: str) -> Sequence[Party]:
    giver, sign, taker = word.partition(">")
    return (_party(giver), _party(taker)) if sign else ()


def _party(text: str) -> Party:
    holder, _sign, number = text.partition(":")
    return Party(Holder(holder), number or None)


def reported(session: Session, office_ids: Offices = None) -> set[str]:
    """Codes of envelopes that are reported and not confirmed, of these offices."""
    mine = (Claim.settled_at.is_(None), Claim.code != "", *within(Claim.office_id, office_ids))
    return set(session.scalars(select(Claim.code).where(*mine)))


def reported_visits(session: Session, office_ids: Offices = None) -> set[UUID]:
    """Visits that are reported and not confirmed."""
    mine = (Claim.settled_at.is_(None), Claim.errand_id.is_not(None), *within(Claim.office_id, office_ids))
    return {errand_id for errand_id in session.scalars(select(Claim.errand_id).where(*mine)) if errand_id is not None}


def checked_until(session: Session, request_id: UUID) -> datetime | None:
    """Until when an unconfirmed report on a visit or an envelope of this request is looked into; None: there is none."""
    visits = select(Errand.id).where(Errand.request_id == request_id)
    envelopes = select(Parcel.id).join(Dossier, Dossier.id == Parcel.dossier_id).where(Dossier.request_id == request_id)
    told = or_(Claim.errand_id.in_(visits), Claim.parcel_id.in_(envelopes))
    first = session.scalar(select(func.min(Claim.received_at)).where(Claim.settled_at.is_(None), told))
    return None if first is None else first + CHECKED_WITHIN
