"""At the door: the case first, exactly its papers counted and ticked, the envelope sealed in front of the citizen.

Law: Decision 45/2016/QĐ-TTg. A delivery whose procedure wants originals (flag O) collects them the same way, into a new
envelope bound for the desk, before the result is given (docs/decisions/originals-due.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.domain.checklist import Tick, answered, papers_of_visit
from app.domain.commands import CollectDossier
from app.domain.custody import Act, EventKind, Holder, Party
from app.domain.envelope import check_cases, check_envelope
from app.domain.errand import ErrandKind, ErrandState
from app.domain.errors import DomainError, refusals
from app.domain.from_phone import read_to
from app.domain.outcome import DONE
from app.domain.parcel import PaperState, ParcelPurpose, parse_seal, taken_at_door
from app.models import CustodyEvent, Dossier, Errand, Paper, Parcel, RequiredPaper
from app.queries.desks import papers
from app.services.booking import errands
from app.services.custody import chains, sealing, unknown_scans
from app.services.messaging import messages
from app.services.visits import attempts
from app.unit_of_work import UnitOfWork

CITIZEN = Party(Holder.CITIZEN)
IN_PARCEL = PaperState.IN_PARCEL


def collect(work: UnitOfWork, command: CollectDossier) -> Parcel:
    """Take one dossier (or the originals due) from the citizen; the errand is done with its last dossier.

    Raises the refusals of `check_cases` and `check_envelope`, `dossier_not_of_errand`, `dossier_already_collected`,
    and those of the label and the seal.
    """
    errand = errands.lock(work, command.errand_id)
    stored = _stored(work, command)
    if stored is not None:
        return stored
    dossier = _dossier_of(errand, command)
    command = _of_this_visit(errand, dossier, command)
    purpose = _purpose_of(errand)
    _check_not_collected(work, errand, dossier, purpose)
    lines = _lines(work, errand, dossier, command)
    check_envelope(lines, command.papers, in_part=command.taken_in_part and errand.kind is ErrandKind.COLLECT)
    attempts.arrive(errand)
    parcel = sealing.make_parcel(work, dossier, purpose, command.parcel_code, CITIZEN, command.now)
    _close(work, errand, _fill(work, parcel, errand, lines, command), parse_seal(command.seal_number), command)
    sealing.apply_seal(work, parcel, command.seal_number, command.now)
    if errand.kind is ErrandKind.COLLECT:
        dossier.cases = list(command.cases)
        _finish(work, errand, parcel, command)
    return parcel


def collect_late(work: UnitOfWork, command: CollectDossier) -> tuple[Parcel, list[DomainError]]:
    """What a phone tells of a dossier that it took, whatever became of the errand meanwhile: never refused.

    Returns the envelope and what an online screen would have been refused with. A label that is taken is replaced by a
    fresh one of the roll; a seal that is taken is kept in the evidence alone. The same envelope told twice stays one.
    Raises `not_found` and `dossier_not_of_errand`: then nobody knows whose papers these are.
    """
    errand = errands.lock(work, command.errand_id)
    dossier = _dossier_of(errand, command)
    stored = _stored(work, command)
    if stored is not None:
        return stored, []
    command = _of_this_visit(errand, dossier, command)
    purpose = _sealed_at(errand)
    refused = refusals(lambda: _check_not_collected(work, errand, dossier, purpose))
    twin = work.scalars(select(Parcel).where(Parcel.dossier_id == dossier.id, _same_label(command))).first()
    if twin is not None:
        return twin, refused
    refused += refusals(lambda: _check_papers(work, errand, dossier, command))
    wrong_label = refusals(lambda: sealing.check_label(work, command.parcel_code or ""))
    label = None if wrong_label else command.parcel_code
    parcel = sealing.make_parcel(work, dossier, purpose, label, CITIZEN, command.now)
    _fill(work, parcel, errand, _ticked(dossier, command), command)
    wrong_seal = refusals(lambda: sealing.apply_seal(work, parcel, command.seal_number, command.now))
    _close(work, errand, parcel, command.seal_number, command, late=True)
    return parcel, refused + wrong_label + wrong_seal + _leave_late(work, errand, dossier, parcel, command)


def _of_this_visit(errand: Errand, dossier: Dossier, command: CollectDossier) -> CollectDossier:
    """What an app of before asks of the whole list is of no weight at a visit for some of its papers, unless it was given."""
    only = errand.only_lines
    if only is None:
        return command
    papers = {line: paper for line, paper in command.papers.items() if line in only or paper.tick is Tick.IN_ENVELOPE}
    return replace(command, cases=tuple(dossier.cases), papers=papers)


def _same_label(command: CollectDossier) -> ColumnElement[bool]:
    return Parcel.code == re.sub(r"[\s-]", "", command.parcel_code or "").upper()


def _check_papers(session: Session, errand: Errand, dossier: Dossier, command: CollectDossier) -> None:
    lines = _lines(session, errand, dossier, command)
    check_envelope(lines, command.papers, in_part=command.taken_in_part)


def _ticked(dossier: Dossier, command: CollectDossier) -> Sequence[RequiredPaper]:
    """The lines that the courier ticked, by today's list; a line that it has no more is written by its number."""
    known = {line.line: line for line in dossier.procedure.papers}
    return [known.get(number) or RequiredPaper(line=number, name=f"({number})") for number in sorted(command.papers)]


def _leave_late(
    work: UnitOfWork, errand: Errand, dossier: Dossier, parcel: Parcel, command: CollectDossier
) -> list[DomainError]:
    """Move the errand where its table allows; where not, the try is written down beside it."""
    moved, refused = attempts.arrive_late(errand)
    if errand.kind is ErrandKind.COLLECT and moved:
        dossier.cases = list(command.cases)
        _finish(work, errand, parcel, command)
    elif not moved:
        _tell_collected(work, errand, parcel, command)
        evidence: dict[str, Any] = {"parcels": [parcel.code], "in_part": _in_part(command), **read_to(command.phone)}
        attempts.leave(work, errand, _door(command), attempts.AttemptOutcome(DONE, evidence))
    return refused


def _stored(session: Session, command: CollectDossier) -> Parcel | None:
    if command.phone is not None:
        return None  # a phone's operation is known by its id before it comes here
    same = (Parcel.dossier_id == command.dossier_id, CustodyEvent.operation_id == command.operation_id)
    return session.scalars(select(Parcel).join(CustodyEvent).where(*same)).first()


def _dossier_of(errand: Errand, command: CollectDossier) -> Dossier:
    for dossier in errand.dossiers:
        if dossier.id == command.dossier_id:
            return dossier
    raise DomainError("dossier_not_of_errand", kind="not_found", dossier=str(command.dossier_id))


def _purpose_of(errand: Errand) -> ParcelPurpose:
    if errand.kind is ErrandKind.GIVE_BACK:
        raise DomainError("nothing_to_collect", errand=str(errand.id))
    return _sealed_at(errand)


def _sealed_at(errand: Errand) -> ParcelPurpose:
    return ParcelPurpose.PAPERS_DUE if errand.kind is ErrandKind.DELIVER else taken_at_door(errand.only_lines)


def _check_not_collected(work: UnitOfWork, errand: Errand, dossier: Dossier, purpose: ParcelPurpose) -> None:
    prefetched = work.prefetched_of(errand.id)
    if purpose is ParcelPurpose.SUPPLEMENT:  # one a visit, and a dossier may want several visits
        code = work.scalars(select(Parcel.code).where(Parcel.errand_id == errand.id)).first()
    elif prefetched is not None:
        code = prefetched.envelopes.get((dossier.id, purpose))
    else:
        taken = select(Parcel.code).where(Parcel.dossier_id == dossier.id, Parcel.purpose == purpose)
        code = work.scalars(taken).first()
    if code is not None:
        raise DomainError("dossier_already_collected", parcel=code)


def _lines(session: Session, errand: Errand, dossier: Dossier, command: CollectDossier) -> Sequence[RequiredPaper]:
    if errand.kind is ErrandKind.DELIVER:
        due = papers.due_of(session, errand).get(dossier.id, [])
        if not due:
            raise DomainError("nothing_to_collect", errand=str(errand.id))
        return due
    if errand.only_lines is None:  # a visit for some papers asks no case, and a dossier of the agency may have none
        check_cases(dossier.procedure.cases, command.cases)
    return papers_of_visit(dossier.procedure.papers, command.cases, errand.only_lines)


def _fill(
    work: UnitOfWork, parcel: Parcel, errand: Errand, lines: Sequence[RequiredPaper], command: CollectDossier
) -> Parcel:
    parcel.errand_id = errand.id
    for line in lines:
        _enclose(work, parcel, line, command)
    return parcel


def _close(
    work: UnitOfWork, errand: Errand, parcel: Parcel, seal: str, command: CollectDossier, *, late: bool = False
) -> None:
    """The first event of the chain; what was scanned of this envelope before it was known joins it."""
    act = Act(
        EventKind.SEALED,
        CITIZEN,
        Party(Holder.COURIER, str(command.courier_id)),
        occurred_at=command.occurred_at,
        now=command.now,
        by=command.by,
        operation_id=command.operation_id,
        evidence=_evidence(work, errand, command, seal),
        device=command.phone.device if command.phone else "",
        seq=command.phone.seq if command.phone else 0,
        late=late,
    )
    chain = chains.begin(work, parcel)
    chains.add_event(work, chain, act)
    unknown_scans.adopt(work, chain)


def _enclose(work: UnitOfWork, parcel: Parcel, line: RequiredPaper, command: CollectDossier) -> None:
    ticked = command.papers[line.line]
    if ticked.tick is not Tick.IN_ENVELOPE:
        return
    count = max(1, ticked.count)
    paper = Paper(parcel_id=parcel.id, line=line.line, name=line.name, form=ticked.form, count=count, state=IN_PARCEL)
    if work.prefetched is not None:
        work.add_later(paper)
    else:
        parcel.papers.append(paper)


def _evidence(work: UnitOfWork, errand: Errand, command: CollectDossier, seal: str) -> tuple[str, ...]:
    """The signed list and the place of the act: personal, so kept apart and erasable."""
    applicant = errand.request.applicant_id
    checklist: dict[str, object] = {
        "cases": list(command.cases),
        "papers": {
            str(line): [paper.tick.value, paper.form.value, paper.count] for line, paper in command.papers.items()
        },
        "seal": seal,
    } | (command.phone.signed() if command.phone else {})
    marks = [chains.remember(work, "checklist", checklist, applicant)]
    if command.fix is not None:
        marks.append(chains.remember(work, "position", chains.position(command.fix), applicant))
    return tuple(marks)


def _finish(work: UnitOfWork, errand: Errand, parcel: Parcel, command: CollectDossier) -> None:
    codes = _taken(work, errand) if len(errand.dossiers) > 1 else {parcel.dossier_id: parcel.code}
    _tell_collected(work, errand, parcel, command)
    if len(codes) < len(errand.dossiers):
        return  # the household hands over the next dossier in the same visit
    errands.close(work, errand, ErrandState.DONE, command.now)
    evidence: dict[str, Any] = {
        "parcels": sorted(codes.values()),
        "in_part": _in_part(command),
        **read_to(command.phone),
    }
    attempts.leave(work, errand, _door(command), attempts.AttemptOutcome(DONE, evidence))


def _tell_collected(work: UnitOfWork, errand: Errand, parcel: Parcel, command: CollectDossier) -> None:
    """How many papers were taken of how many; which are missing is for the page behind the link alone."""
    given, asked = answered(paper.tick for paper in command.papers.values())
    said: dict[str, object] = {"parcel": parcel.code}
    name = "collected" if errand.only_lines is None else "supplement_collected"
    if given < asked:
        name, said = "collected_in_part", said | {"given": given, "all": asked}
    messages.tell(work, errand.request, errand, name, command.now, f"collected:{parcel.id}", **said)


def _taken(work: UnitOfWork, errand: Errand) -> dict[UUID, str]:
    """The envelopes of this errand's dossiers so far, by dossier."""
    ids = [dossier.id for dossier in errand.dossiers]
    prefetched = work.prefetched_of(errand.id)
    if prefetched is not None:
        labels = {id_: prefetched.envelopes.get((id_, ParcelPurpose.DOSSIER)) for id_ in ids}
        return {id_: label for id_, label in labels.items() if label is not None}
    work.flush()
    taken = select(Parcel.dossier_id, Parcel.code).where(
        Parcel.dossier_id.in_(ids), Parcel.purpose == ParcelPurpose.DOSSIER
    )
    return {row.dossier_id: row.code for row in work.execute(taken)}


def _door(command: CollectDossier) -> attempts.AtTheDoor:
    return attempts.AtTheDoor(command.courier_id, command.operation_id, command.occurred_at, command.now)


def _in_part(command: CollectDossier) -> bool:
    return any(paper.tick is Tick.MISSING for paper in command.papers.values())
