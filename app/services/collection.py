"""At the door: the case first, exactly its papers counted and ticked, the envelope sealed in front of the citizen.

Law: Decision 45/2016/QĐ-TTg. A delivery whose procedure wants originals (flag O) collects them the same way, into a new
envelope bound for the desk, before the result is given (decisions.md, "States").
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.checklist import Tick, papers_of_case
from app.domain.commands import CollectDossier
from app.domain.custody import Act, EventKind, Holder, Party
from app.domain.envelope import check_cases, check_envelope
from app.domain.errand import ErrandKind, ErrandState
from app.domain.errors import DomainError
from app.domain.outcome import DONE
from app.domain.parcel import PaperState, ParcelPurpose
from app.models import CustodyEvent, Dossier, Errand, Paper, Parcel, RequiredPaper
from app.queries import papers
from app.services import custody, errands, messages, sealing, visit

PURPOSE = {ErrandKind.COLLECT: ParcelPurpose.DOSSIER, ErrandKind.DELIVER: ParcelPurpose.PAPERS_DUE}
CITIZEN = Party(Holder.CITIZEN)


def collect(session: Session, command: CollectDossier) -> Parcel:
    """Take one dossier (or the originals due) from the citizen; the errand is done with its last dossier.

    Raises the refusals of `check_cases` and `check_envelope`, `dossier_not_of_errand`, `dossier_already_collected`,
    and those of the label and the seal.
    """
    errand = errands.lock(session, command.errand_id)
    stored = _stored(session, command)
    if stored is not None:
        return stored
    dossier = _dossier_of(errand, command)
    purpose = _purpose_of(errand)
    _check_not_collected(session, dossier, purpose)
    lines = _lines(session, errand, dossier, command)
    check_envelope(lines, command.papers, in_part=command.taken_in_part and purpose is ParcelPurpose.DOSSIER)
    visit.arrive(errand)
    parcel = _seal(session, errand, dossier, lines, command)
    if errand.kind is ErrandKind.COLLECT:
        dossier.cases = list(command.cases)
        _finish(session, errand, parcel, command)
    return parcel


def _stored(session: Session, command: CollectDossier) -> Parcel | None:
    same = (Parcel.dossier_id == command.dossier_id, CustodyEvent.operation_id == command.operation_id)
    return session.scalars(select(Parcel).join(CustodyEvent).where(*same)).first()


def _dossier_of(errand: Errand, command: CollectDossier) -> Dossier:
    for dossier in errand.dossiers:
        if dossier.id == command.dossier_id:
            return dossier
    raise DomainError("dossier_not_of_errand", kind="not_found", dossier=str(command.dossier_id))


def _purpose_of(errand: Errand) -> ParcelPurpose:
    if errand.kind not in PURPOSE:
        raise DomainError("nothing_to_collect", errand=str(errand.id))
    return PURPOSE[errand.kind]


def _check_not_collected(session: Session, dossier: Dossier, purpose: ParcelPurpose) -> None:
    taken = select(Parcel.code).where(Parcel.dossier_id == dossier.id, Parcel.purpose == purpose)
    code = session.scalars(taken).first()
    if code is not None:
        raise DomainError("dossier_already_collected", parcel=code)


def _lines(session: Session, errand: Errand, dossier: Dossier, command: CollectDossier) -> Sequence[RequiredPaper]:
    if errand.kind is ErrandKind.DELIVER:
        due = papers.due_of(session, errand).get(dossier.id, [])
        if not due:
            raise DomainError("nothing_to_collect", errand=str(errand.id))
        return due
    check_cases(dossier.procedure.cases, command.cases)
    return papers_of_case(dossier.procedure.papers, command.cases)


def _seal(
    session: Session, errand: Errand, dossier: Dossier, lines: Sequence[RequiredPaper], command: CollectDossier
) -> Parcel:
    parcel = sealing.make_parcel(session, dossier, _purpose_of(errand), command.parcel_code, CITIZEN, command.now)
    parcel.errand_id = errand.id
    for line in lines:
        _enclose(parcel, line, command)
    seal = sealing.apply_seal(session, parcel.id, command.seal_number, command.now)
    act = Act(
        EventKind.SEALED,
        CITIZEN,
        Party(Holder.COURIER, str(command.courier_id)),
        occurred_at=command.occurred_at,
        now=command.now,
        by=command.by,
        operation_id=command.operation_id,
        evidence=_evidence(session, errand, command, seal),
    )
    custody.add_event(session, custody.Chain(parcel, []), act)
    return parcel


def _enclose(parcel: Parcel, line: RequiredPaper, command: CollectDossier) -> None:
    ticked = command.papers[line.line]
    if ticked.tick is Tick.IN_ENVELOPE:
        parcel.papers.append(
            Paper(line=line.line, name=line.name, form=ticked.form, count=ticked.count, state=PaperState.IN_PARCEL)
        )


def _evidence(session: Session, errand: Errand, command: CollectDossier, seal: str) -> tuple[str, ...]:
    """The signed list and the place of the act: personal, so kept apart and erasable."""
    applicant = errand.request.applicant_id
    checklist: dict[str, object] = {
        "cases": list(command.cases),
        "papers": {
            str(line): [paper.tick.value, paper.form.value, paper.count] for line, paper in command.papers.items()
        },
        "seal": seal,
    }
    marks = [custody.remember(session, "checklist", checklist, applicant)]
    if command.fix is not None:
        marks.append(custody.remember(session, "position", custody.position(command.fix), applicant))
    return tuple(marks)


def _finish(session: Session, errand: Errand, parcel: Parcel, command: CollectDossier) -> None:
    session.flush()
    taken = select(Parcel.code, Parcel.dossier_id).where(
        Parcel.dossier_id.in_(dossier.id for dossier in errand.dossiers), Parcel.purpose == ParcelPurpose.DOSSIER
    )
    codes = {row.dossier_id: row.code for row in session.execute(taken)}
    messages.tell(
        session, errand.request, errand, "collected", command.now, f"collected:{parcel.id}", parcel=parcel.code
    )
    if len(codes) < len(errand.dossiers):
        return  # the household hands over the next dossier in the same visit
    errands.close(session, errand, ErrandState.DONE, command.now)
    evidence: dict[str, Any] = {"parcels": sorted(codes.values()), "in_part": _in_part(command)}
    door = visit.AtTheDoor(command.courier_id, command.operation_id, command.occurred_at, command.now)
    visit.leave(session, errand, door, visit.Outcome(DONE, evidence))


def _in_part(command: CollectDossier) -> bool:
    return any(paper.tick is Tick.MISSING for paper in command.papers.values())
