"""Results ready: packed and sealed at the desk, one, several, or a file of lines with an answer a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain.commands import ResultReady
from app.domain.custody import Holder, Party
from app.domain.dossier import FINAL, DossierState
from app.domain.entitlement import ResultHere
from app.domain.errand import ErrandKind, ErrandState
from app.domain.errors import DomainError
from app.domain.parcel import ParcelPurpose, parse_seal
from app.models import CustodyEvent, Dossier, Errand, ErrandDossier, Parcel
from app.services.booking import entitlements, pickups
from app.services.custody import packing, sealing
from app.services.desks import dossier_steps
from app.services.messaging import messages
from app.services.outbox import orders
from app.table_files import Line
from app.unit_of_work import UnitOfWork

AWAITED = (ErrandState.REQUESTED, ErrandState.SCHEDULED, ErrandState.PLANNED, ErrandState.FAILED, ErrandState.HELD)
LINES_AT_ONCE = 2_000
TITLE_AT_MOST = 200


def result_ready(work: UnitOfWork, command: ResultReady) -> Parcel:
    """Seal a result for the post: the dossier is finished (national state 9) and its envelope lies at this desk.

    Raises `dossier_unknown`, `dossier_to_confirm`, `dossier_of_other_desk`, `dossier_closed`, `result_already_packed`,
    `delivery_not_asked`, `title_missing` and the refusals of label and seal.
    """
    dossier = _find(work, command.dossier)
    stored = _stored(work, dossier, command)
    if stored is not None:
        return stored
    errand = _check(work, dossier, command.dossier, command.desk_id)
    _check_title(command.title)
    here = Party(Holder.DESK, str(command.desk_id))
    parcel = sealing.make_parcel(work, dossier, ParcelPurpose.RESULT, command.parcel_code, here, command.now)
    parcel.errand_id = errand.id
    packing.seal_here(work, parcel, command)
    dossier.result_title, dossier.result_ready_at = command.title.strip(), command.now
    if dossier.state != DossierState.FINISHED:  # the desk's software may have told of it before the envelope is packed
        dossier_steps.move(work, dossier, DossierState.FINISHED, by=command.by, at=command.now, now=command.now)
    entitlements.forget_packed(work, dossier)
    orders.follow(work, errand, command.now)  # a carrier that brings it is told when it is sealed
    trigger = f"result_ready:{parcel.id}"
    messages.tell(work, dossier.request, errand, "result_ready", command.now, trigger)
    return parcel


def awaited(session: Session, given: str, desk_id: int) -> Dossier:
    """The dossier whose result this desk may pack, as soon as its code is scanned: nothing is locked, nothing written.

    Raises what `result_ready` would raise of the dossier: `dossier_unknown`, `dossier_to_confirm`, `dossier_of_other_desk`,
    `dossier_closed`, `result_already_packed`, `delivery_not_asked`.
    """
    dossier = named(session, given)
    _check(session, dossier, given, desk_id)
    return dossier


def _find(session: Session, given: str) -> Dossier:
    """Locked, so that two clerks can't pack it twice.

    Its errands are locked before it, as everybody does who holds both: whoever did it the other way round would wait for us
    while we wait for them.
    """
    dossier = named(session, given)
    pickups.hold(session, dossier.id)
    session.refresh(dossier, with_for_update={"of": Dossier})
    return dossier


def named(session: Session, given: str) -> Dossier:
    """By dossier code or by the code of the parcel it came in."""
    text = given.strip().upper()
    came_in = select(Parcel.dossier_id).where(Parcel.code == text.replace(" ", ""))
    dossier = session.scalars(select(Dossier).where(or_(Dossier.code == text, Dossier.id.in_(came_in)))).first()
    if dossier is None and entitlements.asked_by_code(session, text):
        raise DomainError("dossier_to_confirm", field="dossier", given=given[:40])
    if dossier is None:
        raise DomainError("dossier_unknown", kind="not_found", field="dossier", given=given[:40])
    return dossier


def note(work: UnitOfWork, command: ResultHere, refusal: DomainError) -> DomainError:
    """A result lies here that nobody may have brought yet: it is kept in mind, and the refusal says what comes next.

    Another refusal is returned as it is, and nothing is noted.
    """
    if refusal.code not in NOTED:
        return refusal
    try:
        asked = entitlements.note_result(work, command)
    except DomainError:  # no dossier's code at all: what was said of it stands
        return refusal
    code = "dossier_to_confirm" if asked else "result_noted"
    return DomainError(code, field="dossier", given=command.code.strip().upper())


def _stored(session: Session, dossier: Dossier, command: ResultReady) -> Parcel | None:
    """The envelope that this very form made; one that asks for another seal or title asks anew."""
    parcel = session.scalars(
        select(Parcel)
        .join(CustodyEvent)
        .where(Parcel.dossier_id == dossier.id, CustodyEvent.operation_id == command.operation_id)
    ).first()
    if parcel is None or dossier.result_title != command.title.strip():
        return None
    return parcel if any(seal.number == parse_seal(command.seal_number) for seal in parcel.seals) else None


def _check(session: Session, dossier: Dossier, given: str, desk_id: int) -> Errand:
    """The delivery that waits for this result."""
    if desk_id not in {dossier.desk_id, dossier.competent_desk_id}:
        raise DomainError("dossier_of_other_desk", kind="forbidden", field="dossier", given=given)
    if dossier.state in FINAL:
        raise DomainError("dossier_closed", field="dossier", given=given)
    packed = select(Parcel.code).where(Parcel.dossier_id == dossier.id, Parcel.purpose == ParcelPurpose.RESULT)
    code = session.scalars(packed).first()
    if code is not None:
        raise DomainError("result_already_packed", field="dossier", given=given, parcel=code)
    return _delivery_of(session, dossier)


def _check_title(title: str) -> None:
    if not 0 < len(title.strip()) <= TITLE_AT_MOST:
        raise DomainError("title_missing", kind="invalid", field="title", most=TITLE_AT_MOST)


def _delivery_of(session: Session, dossier: Dossier) -> Errand:
    asked = (
        select(Errand)
        .join(ErrandDossier, ErrandDossier.errand_id == Errand.id)
        .where(ErrandDossier.dossier_id == dossier.id, Errand.kind == ErrandKind.DELIVER, Errand.state.in_(AWAITED))
    )
    errand = session.scalars(asked).first()
    if errand is None:
        raise DomainError("delivery_not_asked", field="dossier", given=dossier.code or dossier.request.reference)
    return errand


@dataclass(frozen=True, slots=True)
class ResultLine:
    """The answer to one line of a file: an envelope's code, or why not."""

    line: Line
    dossier: str
    parcel_code: str | None
    error: DomainError | None


@dataclass(frozen=True, slots=True)
class ResultTable:
    """Lines of dossier code, title and seal, typed or from a file; `operation_id`: of the form that brought them."""

    lines: Sequence[Line]
    desk_id: int
    operation_id: str
    now: datetime
    by: str


NOTED: Final = frozenset({"dossier_unknown", "dossier_to_confirm", "delivery_not_asked"})
COLUMNS: Final = 3  # dossier or envelope, title, seal


def results_from_table(work: UnitOfWork, table: ResultTable) -> list[ResultLine]:
    """Every line but a heading gets its answer; a bad one never stops the others. Raises `csv_empty` or `csv_too_long`."""
    lines = table.lines[1:] if table.lines and _is_heading(table.lines[0]) else table.lines
    if not lines:
        raise DomainError("csv_empty", kind="invalid", field="file")
    if len(lines) > LINES_AT_ONCE:
        raise DomainError("csv_too_long", kind="invalid", field="file", most=LINES_AT_ONCE)
    return [_line(work, table, line) for line in lines]


def _is_heading(line: Line) -> bool:
    """A code of a dossier or an envelope has digits."""
    return line.fault is None and not any(character.isdecimal() for character in line.cells[0])


def _line(work: UnitOfWork, table: ResultTable, line: Line) -> ResultLine:
    try:
        with work.begin_nested():
            parcel = result_ready(work, _command(table, line))
    except DomainError as error:
        here = ResultHere(line.cells[0], table.desk_id, table.by, table.now)
        return ResultLine(line, line.cells[0], None, note(work, here, error))
    return ResultLine(line, line.cells[0], parcel.code, None)


def _command(table: ResultTable, line: Line) -> ResultReady:
    if line.fault is not None:
        raise DomainError(f"csv_{line.fault}", kind="invalid", field="file")
    if len(line.cells) < COLUMNS:
        raise DomainError("csv_columns", kind="invalid", field="file", found=len(line.cells))
    dossier, title, seal, *_ = line.cells
    return ResultReady(
        dossier=dossier,
        title=" ".join(title.split()),
        seal_number=seal,
        desk_id=table.desk_id,
        operation_id=f"{table.operation_id}:{dossier}",
        now=table.now,
        by=table.by,
    )
