"""At the desk: the seal is broken, the papers are counted against the signed list, originals due may be waived.

Law: Circular 17/2017/TT-BTTTT art. 5 (counted again, a record signed by both); Decree 61/2018 (due date).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.domain.commands import CountPapers
from app.domain.custody import Act, EventKind, Holder, Party
from app.domain.dossier import DossierState
from app.domain.due_date import DueTold
from app.domain.errand import ErrandKind
from app.domain.errors import DomainError, DomainErrors
from app.domain.parcel import PaperState, ParcelPurpose
from app.models import CustodyEvent, Errand, Paper, Parcel
from app.queries.desks.papers import still_wanted
from app.services import audit
from app.services.booking import errands
from app.services.custody import chains, sealing
from app.services.desks import accepting, dossier_steps, due_dates, transfers
from app.services.desks.handover import check_both_sides
from app.services.messaging import messages
from app.unit_of_work import UnitOfWork

FOR_THE_DESK = frozenset(
    {ParcelPurpose.DOSSIER, ParcelPurpose.PAPERS_DUE, ParcelPurpose.SUPPLEMENT, ParcelPurpose.TRANSFER}
)


def count_papers(work: UnitOfWork, command: CountPapers) -> Parcel:
    """Open the envelope and count; what is short is marked missing, and the dossier wants papers instead of being accepted.

    Raises `confirmation_missing`, `confirmation_by_oneself`, `parcel_unknown`, `not_the_holder`, `not_for_the_desk`,
    `already_opened`, `paper_not_on_list`, `paper_uncounted`, `more_than_listed`, `fewer_than_listed`,
    `dossier_code_malformed`, `dossier_code_taken`, `redated_once`.
    """
    check_both_sides(command.by, command.confirmed_by)
    errands.hold_of(work, chains.of_codes([command.parcel_code]))
    chain = chains.lock_codes(work, [command.parcel_code])[0]
    parcel = chain.parcel
    if chain.answered(command.operation_id):
        return parcel
    if parcel.purpose not in FOR_THE_DESK:
        raise DomainError("not_for_the_desk", field="parcel_code", parcel=parcel.code)
    if any(event.kind is EventKind.OPENED for event in chain.events):
        raise DomainError("already_opened", field="parcel_code", parcel=parcel.code)
    _check_counts(parcel.papers, command.counts)
    if not command.recounted:
        _check_complete(parcel.papers, command.counts)
    chains.add_event(work, chain, _opening(work, parcel, command))
    sealing.break_seal(work, parcel.id, command.now)
    short = _take_out(parcel, command.counts)
    if parcel.purpose is ParcelPurpose.DOSSIER and not _overtaken(work, parcel):
        _decide(work, parcel, command, short=short)
    elif parcel.purpose in {ParcelPurpose.DOSSIER, ParcelPurpose.SUPPLEMENT}:
        _put_together(work, parcel, command, short=short)
    elif parcel.purpose is ParcelPurpose.TRANSFER:
        transfers.counted(work, parcel, command, short=short)
    return parcel


def _check_counts(papers: Sequence[Paper], counts: Mapping[int, int]) -> None:
    listed = {paper.line: paper for paper in papers}
    for line in counts:
        if line not in listed:
            raise DomainError("paper_not_on_list", kind="invalid", field=f"paper_{line}", line=line)
    for line, paper in listed.items():
        counted = counts.get(line)
        if counted is None or counted < 0:
            raise DomainError("paper_uncounted", kind="invalid", field=f"paper_{line}", line=line)
        if counted > paper.count:
            raise DomainError("more_than_listed", kind="invalid", field=f"paper_{line}", line=line, listed=paper.count)


def _check_complete(papers: Sequence[Paper], counts: Mapping[int, int]) -> None:
    """The count is blind, so a line that differs is named and counted once more before it is written down as missing."""
    short = [paper for paper in papers if counts[paper.line] < paper.count]
    if short:
        raise DomainErrors(
            [
                DomainError(
                    "fewer_than_listed",
                    kind="invalid",
                    field=f"paper_{paper.line}",
                    paper=paper.name,
                    counted=counts[paper.line],
                    listed=paper.count,
                )
                for paper in short
            ]
        )


def _opening(work: UnitOfWork, parcel: Parcel, command: CountPapers) -> Act:
    here = Party(Holder.DESK, str(command.desk_id))
    counted: dict[str, object] = {str(line): count for line, count in sorted(command.counts.items())}
    mark = chains.remember(work, "count", counted, parcel.dossier.request.applicant_id)
    return Act(
        EventKind.OPENED,
        here,
        here,
        occurred_at=command.now,
        now=command.now,
        by=f"{command.by}+{command.confirmed_by}",
        operation_id=command.operation_id,
        evidence=(mark, *command.marks),
    )


def _take_out(parcel: Parcel, counts: Mapping[int, int]) -> bool:
    """Papers leave the envelope; a line that is short keeps what was found and gains a line of what is missing."""
    short = False
    for paper in list(parcel.papers):
        missing = paper.count - counts[paper.line]
        paper.state = PaperState.TAKEN_OUT if missing < paper.count else PaperState.MISSING
        short = short or missing > 0
        if 0 < missing < paper.count:
            paper.count -= missing
            parcel.papers.append(
                Paper(line=paper.line, name=paper.name, form=paper.form, count=missing, state=PaperState.MISSING)
            )
    return short


def _decide(work: UnitOfWork, parcel: Parcel, command: CountPapers, *, short: bool) -> None:
    dossier = parcel.dossier
    accepting.number(work, dossier, command.dossier_code)
    becomes = DossierState.PAPERS_WANTED if short else DossierState.ACCEPTED
    due_dates.tell(work, dossier, DueTold(command.due_on, becomes, command.by, command.now))
    if short:
        dossier_steps.move(work, dossier, DossierState.PAPERS_WANTED, by=command.by, at=command.now, now=command.now)
        _tell_short(work, parcel, command.now)
    elif dossier.code:
        errand = work.get(Errand, parcel.errand_id)
        accepting.enter(work, dossier, errand, str(parcel.id), by=command.by, now=command.now)


def _overtaken(work: UnitOfWork, parcel: Parcel) -> bool:
    """Its dossier was taken in with another envelope, while this one was lost: it is not taken in a second time."""
    if parcel.dossier.state in accepting.TO_ACCEPT:
        return False
    opened = select(CustodyEvent.parcel_id).where(CustodyEvent.kind == EventKind.OPENED)
    others = (Parcel.dossier_id == parcel.dossier_id, Parcel.purpose == ParcelPurpose.SUPPLEMENT, Parcel.id.in_(opened))
    return work.scalars(select(Parcel.id).where(*others).limit(1)).first() is not None


def _put_together(work: UnitOfWork, parcel: Parcel, command: CountPapers, *, short: bool) -> None:
    """What came later joins what is here: a dossier that waited for papers goes on when none is wanted any more.

    One that is only registered waited for them, too, unless its first envelope is still to be opened: where that was lost.
    """
    dossier = parcel.dossier
    work.flush()
    first = dossier.state == DossierState.REGISTERED and not accepting.still_sealed(work, dossier)
    waited = first or dossier.state == DossierState.PAPERS_WANTED
    wanted = (short or waited) and bool(still_wanted(work, dossier))
    if wanted or (waited and dossier.accepted_at is None):
        _decide(work, parcel, command, short=wanted)
    elif waited:
        told = DueTold(command.due_on, DossierState.IN_PROCESS, command.by, command.now)
        anew = due_dates.tell(work, dossier, told)
        dossier_steps.move(work, dossier, DossierState.IN_PROCESS, by=command.by, at=command.now, now=command.now)
        if anew:
            accepting.tell_due(work, dossier, command.now)


def _tell_short(work: UnitOfWork, parcel: Parcel, now: datetime) -> None:
    errand = work.get(Errand, parcel.errand_id)
    messages.tell(work, parcel.dossier.request, errand, "papers_wanted", now, f"papers_wanted:{parcel.id}")


def waive_papers_due(work: UnitOfWork, errand_id: UUID, by: str, now: datetime) -> Errand:
    """The desk has the originals, or does not want them: the result may be given without. Raises `nothing_to_waive`."""
    errand = errands.lock(work, errand_id)
    if errand.kind is not ErrandKind.DELIVER:
        raise DomainError("nothing_to_waive", errand=str(errand_id))
    if not errand.papers_due_waived:
        errand.papers_due_waived = True
        audit.record(work, by, "waive_papers_due", "errand", errand_id, now)
    return errand
