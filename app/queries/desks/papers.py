"""Papers: which originals a delivery still has to bring back to the desk."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app.domain.checklist import Mode, Tick
from app.domain.custody import EventKind, Holder
from app.domain.dossier import FINAL, DossierState, RefusalState
from app.domain.errand import ErrandKind
from app.domain.papers_due import papers_due
from app.domain.parcel import PaperForm, PaperState, ParcelPurpose
from app.models import (
    AuditEvent,
    CustodyEvent,
    CustodyEvidence,
    Dossier,
    DossierStep,
    Errand,
    Paper,
    Parcel,
    Refusal,
    RequiredPaper,
)  # fmt: skip
from app.queries.desks.refusals import said_of

PAPERS_COMPLETE: Final = "dossier.papers_complete"
"""The audit action by which a desk says that all that was wanted has come, on whatever way."""

FROM_THE_CITIZEN: Final = (ParcelPurpose.DOSSIER, ParcelPurpose.PAPERS_DUE, ParcelPurpose.SUPPLEMENT)


def due_of(session: Session, errand: Errand) -> dict[UUID, list[RequiredPaper]]:
    """By dossier of a delivery: the lines to be counted and sealed before the result is given; empty when nothing is due.

    A waived errand, a procedure without flag O, and originals that already travelled owe nothing.
    """
    return due_of_all(session, [errand])[errand.id]


def due_of_all(session: Session, errands: Collection[Errand]) -> dict[UUID, dict[UUID, list[RequiredPaper]]]:
    """`due_of` for many errands, in one statement (besides the procedures' lists, if they are not loaded yet)."""
    wanted = {errand.id: _wanted(errand) for errand in errands}
    carried = _carried(session, [dossier.id for dossiers in wanted.values() for dossier in dossiers])
    return {errand_id: _due(dossiers, carried) for errand_id, dossiers in wanted.items()}


def originals_due(session: Session, dossier: Dossier) -> bool:
    """Does the procedure want an original (flag O) that has not travelled to the desk yet?"""
    return dossier.procedure.originals_due and bool(_due([dossier], _carried(session, [dossier.id])))


def not_given(session: Session, parcel: Parcel) -> list[str]:
    """Papers of the published list that the citizen did not have when this envelope was sealed: it left without them.

    Read from the list that was signed at the door; empty once the person is erased.
    """
    lines = {line for line, tick in signed_lists(session, [parcel.id])[parcel.id].items() if tick is Tick.MISSING}
    return [paper.name for paper in parcel.dossier.procedure.papers if paper.line in lines]


def still_wanted(session: Session, dossier: Dossier) -> list[RequiredPaper]:
    """Lines that were missing at the door or at the desk's count, or that the desk asked for, and have not come since."""
    return still_wanted_of(session, {dossier.id: dossier})[dossier.id] if dossier.state not in FINAL else []


def still_wanted_of(session: Session, dossiers: Mapping[UUID, Dossier]) -> dict[UUID, list[RequiredPaper]]:
    """`still_wanted` for many dossiers, by their ids, in a handful of statements."""
    theirs = select(Parcel).where(Parcel.dossier_id.in_(dossiers), Parcel.purpose.in_(FROM_THE_CITIZEN))
    every = theirs.options(selectinload(Parcel.papers)).order_by(Parcel.created_at, Parcel.code)
    parcels = session.scalars(every).all()
    lists = signed_lists(session, [parcel.id for parcel in parcels])
    complete, moved_on = complete_since(session, dossiers.keys()), _moved_on(session, dossiers.keys())
    said = said_of(session, list(dossiers))
    return {
        number: wanted_of(
            dossier,
            Known(
                dossier.state,
                [parcel for parcel in parcels if parcel.dossier_id == number],
                lists,
                [one for one in said if one.dossier_id == number],
                complete[number],
                moved_on.get(number),
                lost_of(parcels),
            ),
        )
        for number, dossier in dossiers.items()
    }


def _moved_on(session: Session, dossier_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When each of these dossiers last took a step that waits for no papers."""
    on = (DossierStep.dossier_id.in_(dossier_ids), DossierStep.state != DossierState.PAPERS_WANTED)
    last = select(DossierStep.dossier_id, func.max(DossierStep.at)).where(*on).group_by(DossierStep.dossier_id)
    return {row[0]: row[1] for row in session.execute(last)}


def complete_since(session: Session, dossier_ids: Collection[UUID]) -> dict[UUID, list[datetime]]:
    """When the desk said of each of these dossiers that everything is there, in the order of time; of some it never did."""
    said = (AuditEvent.action == PAPERS_COMPLETE, AuditEvent.object_kind == "dossier")
    theirs = AuditEvent.object_id.in_([str(dossier_id) for dossier_id in dossier_ids])
    rows = session.execute(select(AuditEvent.object_id, AuditEvent.at).where(*said, theirs).order_by(AuditEvent.at))
    found: dict[UUID, list[datetime]] = {dossier_id: [] for dossier_id in dossier_ids}
    for dossier_id, at in rows:
        found[UUID(dossier_id)].append(at)
    return found


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of a dossier's papers at one moment: its state, its envelopes in their order, the desk's words.

    `complete`: when the desk had said that everything is there. `moved_on`: when the dossier last took a step that waits for no
    papers, by whoever's word: what had been asked for before is asked for no more. `lost`: envelopes whose papers nobody has, if
    they were still inside. `uncounted`: those that nobody had opened yet.
    """

    state: int
    parcels: Sequence[Parcel]
    lists: Mapping[UUID, Mapping[int, Tick]]  # by envelope, as they were signed
    said: Sequence[Refusal]
    complete: Sequence[datetime]
    moved_on: datetime | None
    lost: Collection[UUID]
    uncounted: Collection[UUID] = ()


def wanted_of(dossier: Dossier, known: Known) -> list[RequiredPaper]:
    """`still_wanted` of what was read before. What was wanted before the desk's word that all is there is wanted no more.

    What is only declared in the form is on no paper that could be missing.
    """
    if known.state in FINAL:
        return []
    since = known.complete[-1] if known.complete else None
    theirs = [
        parcel
        for parcel in known.parcels
        if parcel.purpose in FROM_THE_CITIZEN and (since is None or parcel.created_at > since)
    ]
    lines = _wanted_lines(theirs, known) | _asked_lines(dossier, theirs, known, since)
    return [paper for paper in dossier.procedure.papers if paper.line in lines and paper.mode != Mode.DECLARE]


def _wanted_lines(parcels: Sequence[Parcel], known: Known) -> set[int]:
    """Envelope by envelope: what came is no longer wanted, what the desk's count found short is wanted again."""
    wanted: set[int] = set()
    came: set[int] = set()
    for parcel in parcels:
        inside = {paper.line for paper in parcel.papers}
        came |= inside
        wanted |= {line for line, tick in known.lists.get(parcel.id, {}).items() if tick is Tick.MISSING} - came
        wanted -= inside
        gone = _gone(parcel, known)
        wanted |= {paper.line for paper in parcel.papers if paper.state in gone}
    return wanted


def _gone(parcel: Parcel, known: Known) -> set[PaperState]:
    """Papers in which state are not where they should be."""
    counted = {PaperState.MISSING} if parcel.id not in known.uncounted else set()
    return counted | {PaperState.IN_PARCEL} if parcel.id in known.lost else counted


def lost_of(parcels: Sequence[Parcel]) -> set[UUID]:
    return {parcel.id for parcel in parcels if parcel.holder is Holder.LOST}


def _asked_lines(dossier: Dossier, parcels: Sequence[Parcel], known: Known, since: datetime | None) -> set[int]:
    """What the desk wants more of, as long as it waits for it: until an envelope that was sealed later brings it."""
    if known.state != DossierState.PAPERS_WANTED:
        return set()
    ended = max((at for at in (since, known.moved_on) if at is not None), default=None)
    asked: set[int] = set()
    for one in known.said:
        if one.state != RefusalState.PAPERS_ASKED or one.decided_at is None:
            continue
        if ended is None or one.decided_at >= ended:
            later = [parcel for parcel in parcels if parcel.created_at >= one.decided_at]
            came = {paper.line for parcel in later for paper in parcel.papers}
            asked |= {paper.line for paper in dossier.procedure.papers if paper.name in one.papers} - came
    return asked


def signed_lists(session: Session, parcel_ids: Collection[UUID]) -> dict[UUID, dict[int, Tick]]:
    """By envelope: each line of the list as it was ticked and signed when it was sealed, in two statements."""
    sealed = select(CustodyEvent.parcel_id, CustodyEvent.commitments).where(
        CustodyEvent.parcel_id.in_(parcel_ids), CustodyEvent.kind == EventKind.SEALED
    )
    envelopes = {mark: row.parcel_id for row in session.execute(sealed) for mark in row.commitments}
    kept = select(CustodyEvidence.commitment, CustodyEvidence.payload).where(
        CustodyEvidence.commitment.in_(envelopes), CustodyEvidence.kind == "checklist"
    )
    lists: dict[UUID, dict[int, Tick]] = {parcel_id: {} for parcel_id in parcel_ids}
    for row in session.execute(kept):
        ticks = row.payload["papers"] if row.payload else {}
        lists[envelopes[row.commitment]] |= {int(line): Tick(said[0]) for line, said in ticks.items()}
    return lists


def _wanted(errand: Errand) -> list[Dossier]:
    if errand.kind is not ErrandKind.DELIVER or errand.papers_due_waived:
        return []
    return [dossier for dossier in errand.dossiers if dossier.procedure.originals_due]


def _due(dossiers: Sequence[Dossier], carried: Mapping[UUID, set[int]]) -> dict[UUID, list[RequiredPaper]]:
    due = {
        dossier.id: papers_due(dossier.procedure.papers, dossier.cases, carried.get(dossier.id, frozenset()))
        for dossier in dossiers
    }
    return {dossier: lines for dossier, lines in due.items() if lines}


def _carried(session: Session, dossier_ids: list[UUID]) -> dict[UUID, set[int]]:
    """Lines that went to the desk as originals (or, shown by certified copy, need no original)."""
    if not dossier_ids:
        return {}
    rows = session.execute(
        select(Parcel.dossier_id, Paper.line)
        .join(Paper, Paper.parcel_id == Parcel.id)
        .where(
            Parcel.dossier_id.in_(dossier_ids),
            Parcel.purpose.in_(FROM_THE_CITIZEN),
            Paper.form != PaperForm.COPY,
        )
    )
    carried: dict[UUID, set[int]] = {}
    for dossier_id, line in rows:
        carried.setdefault(dossier_id, set()).add(line)
    return carried
