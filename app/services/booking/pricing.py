"""What a visit costs, in parts, before anybody confirms: postage a direction, the state fee, its remittance."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload

from app.domain.checklist import papers_of_envelope
from app.domain.commands import DossierGiven, QuoteVisit
from app.domain.dossier import parse_dossier_code
from app.domain.errand import RequestKind
from app.domain.errors import DomainError
from app.domain.tariff import (
    ChargeKind,
    Direction,
    Discount,
    PricePart,
    Rate,
    ZoneClass,
    paid_together,
    postage,
    postage_of,
    weight_of,
    zone_class,
)
from app.models import Charge, Desk, Dossier, Errand, Procedure, RequiredPaper, Unit
from app.queries.reference.prefixes import named_by
from app.queries.reference.tariff import rates, remittance_fee
from app.queries.reference.units import Desks, desks_of, unit_of
from app.unit_of_work import UnitOfWork

DIRECTIONS = {
    RequestKind.SEND: (Direction.SEND,),
    RequestKind.RECEIVE: (Direction.RETURN,),
    RequestKind.SEND_AND_RECEIVE: (Direction.SEND, Direction.RETURN),
}


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of the known parts; `unknown`: a state fee that only the desk can tell comes on top."""

    lower: int
    upper: int
    unknown: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """What all dossiers of a visit share."""

    kind: RequestKind
    unit: Unit
    desks: Desks
    day: date
    discount: Discount
    rates: Sequence[Rate]


@dataclass(frozen=True, slots=True)
class PricedDossier:
    """`named`: the desk from which a result comes, where its code tells."""

    procedure: Procedure
    cases: Sequence[str]
    named: Desk | None = None


def quote(work: UnitOfWork, visit: QuoteVisit) -> list[PricePart]:
    """The parts of all dossiers, in their order. Raises `unit_unknown`, `procedure_unknown`, `no_tariff`, `too_heavy`."""
    return [part for parts in quote_by_dossier(work, visit) for part in parts]


def quote_by_dossier(work: UnitOfWork, visit: QuoteVisit) -> list[list[PricePart]]:
    """One list of parts a dossier: each travels in an envelope of its own."""
    unit, desks = unit_of(work, visit.unit_code), work.once(desks_of, visit.unit_code)
    terms = Terms(visit.kind, unit, desks, visit.day, visit.discount, work.once(rates, visit.day))
    return price_visit(
        work,
        terms,
        [
            PricedDossier(procedure_of(work, given, index), given.cases, _named(work, visit, given))
            for index, given in enumerate(visit.dossiers)
        ],
    )


def _named(session: Session, visit: QuoteVisit, given: DossierGiven) -> Desk | None:
    """Where a result comes from, as far as its code tells."""
    if visit.kind is not RequestKind.RECEIVE or not given.code:
        return None
    with suppress(DomainError):  # a code that can't be read is refused at its own field
        return named_by(session, parse_dossier_code(given.code)).desk
    return None


def procedure_of(work: UnitOfWork, given: DossierGiven, index: int) -> Procedure:
    """The current version. Raises `procedure_unknown` (field `dossiers.<index>.procedure_code`)."""
    procedure = work.once(_current, given.procedure_code)
    if procedure is None:
        raise DomainError("procedure_unknown", kind="invalid", field=f"dossiers.{index}.procedure_code")
    return procedure


def _current(session: Session, code: str) -> Procedure | None:
    current = select(Procedure).where(Procedure.code == code, Procedure.current)
    return session.scalars(current.options(selectinload(Procedure.papers))).one_or_none()


def price_visit(work: UnitOfWork, terms: Terms, dossiers: Sequence[PricedDossier]) -> list[list[PricePart]]:
    """A list a dossier: postage there and back as asked; state fee and remittance only where papers are handed in.

    Where the tariff has the envelopes of one visit to one desk as one sending, the first dossier's line is the price of all
    of them, and the others' are nothing.
    """
    parts: list[list[PricePart]] = [[] for _ in dossiers]
    for direction in DIRECTIONS[terms.kind]:
        for sending in _sendings(terms, direction, dossiers):
            whole = _sending_price(terms, direction, [dossiers[index] for index in sending])
            for index in sending:
                parts[index].append(whole if index == sending[0] else replace(whole, lower=0, upper=0))
    if terms.kind is not RequestKind.RECEIVE:
        for index, dossier in enumerate(dossiers):
            parts[index] += _fees(work, dossier.procedure, terms.day)
    return parts


def _sendings(terms: Terms, direction: Direction, dossiers: Sequence[PricedDossier]) -> list[list[int]]:
    """Which dossiers, by their place in the list, are weighed together."""
    sendings: dict[tuple[int, int], list[int]] = {}
    for index, dossier in enumerate(dossiers):
        together = paid_together(terms.rates, direction, _zone(terms, dossier), terms.day)
        sendings.setdefault((_desk(terms, dossier).id, -1 if together else index), []).append(index)
    return list(sendings.values())


def _sending_price(terms: Terms, direction: Direction, sent: Sequence[PricedDossier]) -> PricePart:
    papers = sum(_papers(direction, dossier) for dossier in sent)
    zone = _zone(terms, sent[0])
    band = postage_of(terms.rates, direction, zone, weight_of(papers, len(sent)), terms.day, terms.discount)
    return PricePart(ChargeKind.POSTAGE, direction, band.lower, band.upper, band.legal_basis)


def _papers(direction: Direction, dossier: PricedDossier) -> int:
    if direction is Direction.SEND:
        return papers_to_carry(dossier.procedure, dossier.cases)
    return max(1, len(dossier.procedure.results))


def _desk(terms: Terms, dossier: PricedDossier) -> Desk:
    return dossier.named or terms.desks.receiving(dossier.procedure)


def _zone(terms: Terms, dossier: PricedDossier) -> ZoneClass:
    return zone_class(terms.unit.zone, _desk(terms, dossier).unit.zone)


def charge_of(part: PricePart, dossier: Dossier, errand: Errand, discount: Discount = Discount.NONE) -> Charge:
    """What a part of the price comes to: reduced is the postage alone."""
    return Charge(
        request_id=dossier.request_id,
        dossier_id=dossier.id,
        errand_id=errand.id,
        kind=part.kind,
        direction=part.direction,
        amount=part.lower,
        upper_amount=part.upper,
        basis=part.basis,
        discount=discount.value if part.kind is ChargeKind.POSTAGE else Discount.NONE.value,
    )


def drop_charges(work: UnitOfWork, dossier_id: UUID, errand_id: UUID | None = None) -> None:
    """Nothing more is to be paid for it (for this visit alone, where one is named).

    What it had paid for the others of its sending is the next one's line.
    """
    its = [Charge.dossier_id == dossier_id, Charge.paid_at.is_(None)]
    if errand_id is not None:
        its.append(Charge.errand_id == errand_id)
    unpaid = (Charge.paid_at.is_(None), Charge.kind == ChargeKind.POSTAGE)
    for gone in work.scalars(select(Charge).where(*its, Charge.kind == ChargeKind.POSTAGE)).all():
        of_visit = (Charge.errand_id == gone.errand_id, Charge.direction == gone.direction, Charge.amount == 0, *unpaid)
        desk = select(Dossier.desk_id).where(Dossier.id == dossier_id).scalar_subquery()
        others = select(Charge).join(Dossier, Dossier.id == Charge.dossier_id).where(Dossier.desk_id == desk, *of_visit)
        heir = work.scalars(others.where(Charge.dossier_id != dossier_id).order_by(Charge.id)).first()
        if heir is not None and gone.amount:
            heir.amount, heir.upper_amount = gone.amount, gone.upper_amount
    work.flush()
    work.execute(delete(Charge).where(*its))


def discount_of(session: Session, dossier: Dossier) -> Discount:
    """The reduction by which its postage was priced before."""
    had = select(Charge.discount).where(Charge.dossier_id == dossier.id, Charge.kind == ChargeKind.POSTAGE)
    return Discount(session.scalars(had.order_by(Charge.id)).first() or Discount.NONE)


def price_papers(work: UnitOfWork, dossier: Dossier, papers: Sequence[RequiredPaper], day: date) -> PricePart:
    """Postage to the desk for some papers of a dossier."""
    discount = discount_of(work, dossier)
    zone = zone_class(dossier.request.place.unit.zone, dossier.desk.unit.zone)
    count = sum(_count(paper) for paper in papers)
    band = postage(work.once(rates, day), Direction.SEND, zone, count, day, discount)
    return PricePart(ChargeKind.POSTAGE, Direction.SEND, band.lower, band.upper, band.legal_basis)


def papers_to_carry(procedure: Procedure, cases: Sequence[str]) -> int:
    """How many papers the published list puts into the envelope for these cases."""
    return sum(_count(paper) for paper in papers_of_envelope(procedure.papers, cases))


def total(parts: Sequence[PricePart]) -> Total:
    return Total(
        lower=sum(part.lower or 0 for part in parts),
        upper=sum(part.upper or 0 for part in parts),
        unknown=any(part.lower is None for part in parts),
    )


def _count(paper: RequiredPaper) -> int:
    return max(1, (paper.originals or 0) + (paper.copies or 0))


def _fees(work: UnitOfWork, procedure: Procedure, day: date) -> list[PricePart]:
    fee = procedure.state_fee
    parts = [PricePart(ChargeKind.STATE_FEE, None, fee, fee, procedure.source)]
    remittance = work.once(remittance_fee, day) if fee else None
    if remittance is not None:
        parts.append(PricePart(ChargeKind.REMITTANCE, None, remittance.price, remittance.price, remittance.legal_basis))
    return parts
