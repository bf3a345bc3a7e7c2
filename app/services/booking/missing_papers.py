"""A visit for the papers that a dossier lacks: which, at what price, and when (docs/decisions/missing-papers.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from app.clock import local_day
from app.domain.custody import Holder
from app.domain.errand import OPEN, ErrandKind
from app.domain.errors import DomainError
from app.domain.parcel import PaperState
from app.domain.tariff import PricePart
from app.models import Dossier, Errand, ErrandDossier, Paper, Parcel, RequiredPaper, ServiceRequest
from app.queries.desks.papers import still_wanted
from app.services import audit
from app.services.booking import errands, pickups
from app.services.booking.pricing import charge_of, discount_of, price_papers
from app.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class MissingPapers:
    """`price` None: the post fetches them at its own cost. `visit`: one that will bring them stands already."""

    papers: Sequence[RequiredPaper]
    price: PricePart | None
    visit: Errand | None


def missing(work: UnitOfWork, dossier: Dossier, now: datetime) -> MissingPapers:
    """What may be fetched for this dossier; no papers where it lacks none."""
    papers = still_wanted(work, dossier)
    visit = _coming(work, dossier) if papers else None
    price = None if visit is not None else _price(work, dossier, papers, local_day(now))
    return MissingPapers(papers, price, visit)


def fetch(work: UnitOfWork, dossier_id: UUID, slot_id: int, by: str, now: datetime) -> Errand:
    """Book the visit. Raises `not_found`, `no_paper_missing`, `visit_stands` and the refusals of `errands.take`."""
    pickups.hold(work, dossier_id)
    dossier = work.get(Dossier, dossier_id, with_for_update=True)
    if dossier is None:
        raise DomainError("not_found", kind="not_found")
    wanted = missing(work, dossier, now)
    if not wanted.papers:
        raise DomainError("no_paper_missing", kind="conflict")
    if wanted.visit is not None:
        raise DomainError("visit_stands", kind="conflict")
    visit = pickups.make_visit(work, dossier, ErrandKind.COLLECT, now)
    visit.only_lines = [paper.line for paper in wanted.papers]
    slot = errands.take(work, visit, slot_id, now)
    price = _price(work, dossier, wanted.papers, slot.day)
    if price is not None:
        work.add(charge_of(price, dossier, visit, discount_of(work, dossier)))
    work.get_one(ServiceRequest, dossier.request_id).tracking_until = None
    errands.put_into(work, visit, slot, now)
    said = {"dossier": str(dossier.id), "lines": visit.only_lines}
    audit.record(work, by, "fetch_missing", "errand", visit.id, now, **said)
    return visit


def _coming(work: UnitOfWork, dossier: Dossier) -> Errand | None:
    """A collection of this dossier that is not over."""
    theirs = select(ErrandDossier.errand_id).where(ErrandDossier.dossier_id == dossier.id)
    still = (Errand.id.in_(theirs), Errand.kind == ErrandKind.COLLECT, Errand.state.in_(OPEN))
    return work.scalars(select(Errand).where(*still).order_by(Errand.created_at).limit(1)).first()


def _price(work: UnitOfWork, dossier: Dossier, papers: Sequence[RequiredPaper], day: date) -> PricePart | None:
    """What the citizen had given, by the list that both signed, and the desk did not get, is for the post to answer for."""
    ours = _lost_on_the_way(work, dossier.id)
    theirs = [paper for paper in papers if paper.line not in ours]
    return price_papers(work, dossier, theirs, day) if theirs else None


def _lost_on_the_way(work: UnitOfWork, dossier_id: UUID) -> set[int]:
    """What was signed for and did not come, by itself or with its envelope."""
    with_envelope = (Parcel.holder == Holder.LOST) & (Paper.state == PaperState.IN_PARCEL)
    lost = select(Paper.line).join(Parcel, Parcel.id == Paper.parcel_id).where(Parcel.dossier_id == dossier_id)
    return set(work.scalars(lost.where((Paper.state == PaperState.MISSING) | with_envelope)))
