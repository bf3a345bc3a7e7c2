"""When a door stays shut: evidence by outcome, counted invitations, the office holds, then a sealed return to the desk.

Law: Postal Law 2010 art. 17 (undeliverable after two invitations at least two working days apart, or refused, or moved).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.commands import RecordFailure
from app.domain.custody import Act, EventKind, Holder, Party
from app.domain.errand import ErrandKind, ErrandState
from app.domain.errors import DomainError, refusals
from app.domain.outcome import DONE, WORKING_DAYS_APART, Outcome, check_evidence, undeliverable
from app.domain.wording import whole_number
from app.models import Attempt, CustodyEvent, Desk, Errand, OutcomeCode, Parcel, Slot
from app.queries.reference.calendar import calendar
from app.services.booking import errands
from app.services.custody import chains
from app.services.desks.handover import check_both_sides
from app.services.messaging import messages
from app.services.outbox import changes
from app.services.visits import attempts
from app.texts import say
from app.unit_of_work import Chain, UnitOfWork

HELD_DAYS: Final = 15  # [assumption] docs/decisions/retention.md: result held at the office
NO_FURTHER_INVITATION: Final = frozenset({"MOVED", "REFUSED_ERROR", "REFUSED_OTHER"})
POST_TRIES_AGAIN: Final = frozenset({"VEHICLE", "WEATHER", "OUT_OF_TIME"})  # nobody at the door is to blame
RESCHEDULED: Final = "RESCHEDULED"
CANCELLED: Final = "CANCELLED"
NOTHING: Final[Mapping[str, str]] = {}
SLOT_GONE: Final = "slot_gone"  # in an attempt's evidence: why the wished slot was not to be had


def record_failure(work: UnitOfWork, command: RecordFailure) -> Attempt:
    """Write the try and decide what follows: another slot, the office's safe, or the citizen's choice.

    Raises `outcome_unknown`, `evidence_missing`, `errand_step_refused`.
    """
    errand = errands.lock(work, command.errand_id)
    stored = attempts.stored_attempt(work, errand.id, command.operation_id, command.phone)
    if stored is not None:
        return stored
    row = _outcome(work, command.outcome)
    outcome = _read(row, command)
    _check_evidence(row, outcome, command)
    attempts.arrive(errand)
    return _fail(work, errand, command, row, outcome)


def record_failure_late(work: UnitOfWork, command: RecordFailure) -> tuple[Attempt, list[DomainError]]:
    """What a phone tells of a door that stayed shut: never refused once the errand is known.

    Returns the attempt and what an online screen would have been refused with. What lacks its evidence is no invitation.
    Raises `not_found`.
    """
    errand = errands.lock(work, command.errand_id)
    stored = attempts.stored_attempt(work, errand.id, command.operation_id, command.phone)
    if stored is not None:
        return stored, []
    row = work.scalars(_known(command.outcome)).one_or_none()
    if row is None:
        refused = refusals(lambda: _outcome(work, command.outcome), lambda: attempts.arrive(errand))
        return _leave(work, errand, command, Outcome(command.outcome, 0, (), counts=False, next_actor="")), refused
    outcome = _read(row, command)
    refused = refusals(lambda: _check_evidence(row, outcome, command))
    outcome = replace(outcome, counts=outcome.counts and not refused)
    stopped = refusals(lambda: attempts.arrive(errand))
    if stopped:
        return _leave(work, errand, command, outcome), refused + stopped
    return _fail(work, errand, command, row, outcome), refused


def _fail(work: UnitOfWork, errand: Errand, command: RecordFailure, row: OutcomeCode, outcome: Outcome) -> Attempt:
    errands.advance(errand, ErrandState.FAILED)
    wished = _wished(work, errand, command)
    attempt = _leave(
        work, errand, command, outcome, {SLOT_GONE: wished.code} if isinstance(wished, DomainError) else {}
    )
    changes.errand_changed(work, errand, command.now)
    if isinstance(wished, Slot):
        errands.put_into(work, errand, wished, command.now, tell=False)
    else:
        _follow(work, errand, outcome, command.now)
    _tell(work, errand, attempt, row, command.now)
    return attempt


def _wished(work: UnitOfWork, errand: Errand, command: RecordFailure) -> Slot | DomainError | None:
    """The slot that the citizen chose at the door, taken; why it is not to be had; None: none was chosen."""
    given = command.evidence.get("slot", "").strip()
    if command.outcome != RESCHEDULED or not given:
        return None
    try:
        return errands.take(work, errand, whole_number(given) or 0, command.now)
    except DomainError as refusal:
        return refusal


def _tell(work: UnitOfWork, errand: Errand, attempt: Attempt, row: OutcomeCode, now: datetime) -> None:
    """One message: what happened, then what is next, read from where the errand stands now."""
    if errand.state is ErrandState.CANCELLED:
        return  # said by whoever called it off
    name, said = _said(errand, attempt, reason_in_message(row, errand.request.language))
    messages.tell(work, errand.request, errand, name, now, f"failed:{attempt.operation_id}", **said)


def reason_in_message(row: OutcomeCode, language: str) -> str:
    """What happened. What the citizen does next the message says itself, without a page to open; what others do stays."""
    text = say(row.citizen_text, language)
    first, _end, _rest = text.partition(". ")
    return text if row.next_actor != "citizen" or first == text else f"{first}."


def _said(errand: Errand, attempt: Attempt, reason: str) -> tuple[str, dict[str, object]]:
    what = {"reason": reason, "day": f"{local_day(attempt.occurred_at):%d/%m}"}  # may be read the next morning
    if errand.state is ErrandState.SCHEDULED:
        slot: dict[str, object] = {"slot": messages.label(errand)}
        return ("rescheduled", slot) if attempt.outcome == RESCHEDULED else ("failed_scheduled", {**what, **slot})
    if errand.state is ErrandState.HELD:
        return "failed_held", {**what, "office": errand.office.name, "until": errand.held_until}
    if attempt.outcome == RESCHEDULED:
        return ("slot_gone" if SLOT_GONE in attempt.evidence else "another_day"), {}
    return "failed", {**what}


def _read(row: OutcomeCode, command: RecordFailure) -> Outcome:
    return Outcome(row.code, row.version, tuple(row.evidence), row.counts and command.counted, row.next_actor)


def _known(code: str) -> Select[OutcomeCode]:
    return select(OutcomeCode).where(OutcomeCode.code == code, OutcomeCode.current, OutcomeCode.code != DONE)


def evidence_of(session: Session, code: str) -> Sequence[str]:
    """What this outcome demands; nothing where nobody knows it."""
    with session.no_autoflush:  # a table of reference
        row = session.scalars(_known(code)).one_or_none()
    return row.evidence if row is not None else ()


def _outcome(session: Session, code: str) -> OutcomeCode:
    with session.no_autoflush:  # a table of reference
        row = session.scalars(_known(code)).one_or_none()
    if row is None:
        raise DomainError("outcome_unknown", kind="invalid", field="outcome", outcome=code)
    return row


def _check_evidence(row: OutcomeCode, outcome: Outcome, command: RecordFailure) -> None:
    try:
        check_evidence(outcome, _given(command))
    except DomainError as refusal:
        refusal.params["outcome"] = row.label  # the sentence names it as the courier's list does
        raise


def _given(command: RecordFailure) -> frozenset[str]:
    given = {key for key, value in command.evidence.items() if value.strip()}
    return frozenset(given | ({"fix"} if command.fix is not None else set()))


def _leave(
    work: UnitOfWork, errand: Errand, command: RecordFailure, outcome: Outcome, found: Mapping[str, str] = NOTHING
) -> Attempt:
    """Ticks stay in the attempt; what was said or seen is personal and erasable."""
    applicant = errand.request.applicant_id
    marks = [chains.remember(work, "failure", dict(command.evidence), applicant)] if command.evidence else []
    if command.fix is not None:
        marks.append(chains.remember(work, "position", chains.position(command.fix), applicant))
    evidence: Mapping[str, Any] = {"given": sorted(_given(command)), "commitments": marks, **found}
    door = attempts.AtTheDoor(command.courier_id, command.operation_id, command.occurred_at, command.now)
    return attempts.leave(
        work, errand, door, attempts.AttemptOutcome(outcome.code, evidence, outcome.version, outcome.counts)
    )


def _follow(work: UnitOfWork, errand: Errand, outcome: Outcome, now: datetime) -> None:
    if outcome.code in POST_TRIES_AGAIN:
        errands.schedule_next(work, errand, now, tell=False)
    elif errand.kind is ErrandKind.COLLECT:
        _call_off(work, errand, outcome, now)  # else the citizen chooses a new time, or leaves it
    elif outcome.code in NO_FURTHER_INVITATION:
        at_once = outcome.next_actor == "desk"
        _hold(work, errand, local_day(now) + timedelta(days=0 if at_once else HELD_DAYS), now)
    elif outcome.counts:
        _invite_again_or_hold(work, errand, now)


def _call_off(work: UnitOfWork, errand: Errand, outcome: Outcome, now: datetime) -> None:
    """Said at the door, as it could have been by the link; not where an envelope of the household is under way already."""
    if outcome.code != CANCELLED:
        return
    work.flush()
    if work.scalars(select(Parcel.id).where(Parcel.errand_id == errand.id).limit(1)).first() is None:
        errands.call_off(work, errand, now, None)


def _invite_again_or_hold(work: UnitOfWork, errand: Errand, now: datetime) -> None:
    work.flush()
    made = select(Attempt.occurred_at).where(Attempt.errand_id == errand.id, Attempt.counts)
    invitations = [local_day(moment) for moment in work.scalars(made)]
    if undeliverable(invitations, calendar(work)):
        _hold(work, errand, local_day(now) + timedelta(days=HELD_DAYS), now)
    else:
        _invite_again(work, errand, min(invitations), now)


def _invite_again(work: UnitOfWork, errand: Errand, first: date, now: datetime) -> None:
    """The law's second invitation: the first open slot two working days on; the citizen may choose another by the link."""
    days = calendar(work)
    errands.schedule_next(
        work, errand, now, lambda slot: days.between(first, slot.day) >= WORKING_DAYS_APART, tell=False
    )


def hold(work: UnitOfWork, errand_id: UUID, now: datetime) -> Errand:
    """Keep a failed delivery at the office for the citizen to fetch or to arrange anew."""
    errand = errands.lock(work, errand_id)
    until = local_day(now) + timedelta(days=HELD_DAYS)
    _hold(work, errand, until, now)
    told = {"office": errand.office.name, "until": until}
    messages.tell(work, errand.request, errand, "held", now, f"held:{errand.id}:{errand.revision}", **told)
    return errand


def _hold(work: UnitOfWork, errand: Errand, until: date, now: datetime) -> None:
    errands.advance(errand, ErrandState.HELD)
    errand.held_until = until
    changes.errand_changed(work, errand, now)


def return_to_desk(
    work: UnitOfWork, errand_id: UUID, operation_id: str, by: str, confirmed_by: str, now: datetime
) -> list[CustodyEvent]:
    """After its time at the office a result goes back sealed to the desk that packed it; both sides confirm.

    Raises `still_held`, `not_the_holder` (the envelope is not in the office's safe) and `errand_step_refused`.
    """
    check_both_sides(by, confirmed_by)
    errand = errands.lock(work, errand_id)
    locked = chains.lock(work, work.scalars(select(Parcel.id).where(Parcel.errand_id == errand.id)))
    results = [chain for chain in locked if _packed_at(chain) is not None]
    answered = [event for chain in results if (event := chain.answered(operation_id)) is not None]
    if answered:
        return answered
    if errand.held_until is not None and local_day(now) < errand.held_until:
        raise DomainError("still_held", until=errand.held_until)
    errands.close(work, errand, ErrandState.RETURNED, now)
    safe = Party(Holder.OFFICE_SAFE, str(errand.office_id))
    signed = f"{by}+{confirmed_by}"
    events = []
    for chain in results:
        desk = _packed_at(chain)
        assert desk is not None  # filtered above
        act = Act(EventKind.RETURNED, safe, desk, occurred_at=now, now=now, by=signed, operation_id=operation_id)
        events.append(chains.add_event(work, chain, act))
    _tell_returned(work, errand, results, now)
    return events


def _packed_at(chain: Chain) -> Party | None:
    """The desk that closed the envelope; None for an envelope that came from the citizen."""
    first = chain.events[0] if chain.events else None
    return Party(first.giver, first.giver_id) if first is not None and first.giver is Holder.DESK else None


def _tell_returned(work: UnitOfWork, errand: Errand, results: list[Chain], now: datetime) -> None:
    desks = {int(desk.id) for chain in results if (desk := _packed_at(chain)) is not None and desk.id is not None}
    names = work.scalars(select(Desk.name).where(Desk.id.in_(desks)).order_by(Desk.id))
    messages.tell(work, errand.request, errand, "returned", now, f"returned:{errand.id}", desk=", ".join(names))
