"""The steps of one dossier: what happened with its time, then what lies ahead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from app.domain.checklist import Tick, answered
from app.domain.custody import EventKind, Holder
from app.domain.dossier import DossierState, RefusalState
from app.domain.entitlement import BY_EXCHANGE, EntitlementState
from app.domain.errand import ErrandState
from app.domain.outcome import DONE
from app.domain.parcel import PaperState, ParcelPurpose
from app.domain.transfer import TransferKind
from app.models import Attempt, CustodyEvent, Errand, Parcel
from app.queries.tracking.dossier_history import Road
from app.texts import say, timeline, transfers
from app.texts.slots import slot_label

StepState = Literal["done", "ahead", "problem"]
STEPS = timeline.STEPS | transfers.STEPS
SAID: Final = {
    RefusalState.REFUSED: "refused",
    RefusalState.PAPERS_ASKED: "more_papers",
}  # told to the citizen, and how
WANTED: Final = frozenset({"papers_wanted", "more_papers"})
NOT_TAKEN_IN: Final = frozenset({DossierState.REGISTERED, DossierState.PAPERS_WANTED, DossierState.REFUSED})


@dataclass(frozen=True, slots=True)
class TrackingStep:
    """`key` for icons and tests, `text` for people, `at` None where the moment is not known or lies ahead."""

    key: str
    text: str
    at: datetime | None
    state: StepState


def steps_of(road: Road, language: str) -> list[TrackingStep]:
    """Every step in the order it is taken."""
    told = [_step("booked", language, road.request.created_at, reference=road.request.reference)]
    told += _entitled(road, language)
    if road.collection is not None:
        told += _visits(road, road.collection, "collection", language)
        if road.collection.state is not ErrandState.CANCELLED:
            told += _dossier_way(road, language)
    told += _between_desks(road, language)
    told += _said(road, language)
    for errand in road.supplements:
        told += _supplement(road, errand, language)
    told += _complete_at_last(road, {step.key for step in told}, language)
    if road.given is not None:
        told.append(_step("given_at_desk", language, road.given.at, desk=road.given_at))
    elif road.delivery is not None and road.delivery.state is not ErrandState.CANCELLED:
        told += _result_way(road, road.delivery, language)
    return told


def _step(
    key: str, language: str, at: datetime | None, state: StepState | None = None, /, **params: object
) -> TrackingStep:
    return TrackingStep(key.removesuffix("_ahead"), say(STEPS[key], language, **params), at, state or "done")


def _ahead(key: str, language: str, **params: object) -> TrackingStep:
    return _step(f"{key}_ahead", language, None, "ahead", **params)


def _entitled(road: Road, language: str) -> Iterator[TrackingStep]:
    """A result that was asked for by a code: whose it is, once somebody has said so."""
    one = road.entitlement
    if one is None:
        return
    said: dict[str, object] = {"desk": road.desk, "code": one.asked_code}
    if one.state == EntitlementState.PROVED:
        key = "confirmed" if one.decided_by != BY_EXCHANGE else "confirmed_by_exchange"
        yield _step(key, language, one.decided_at, **said)
    elif one.state == EntitlementState.DENIED:
        yield _step("not_confirmed", language, one.decided_at, "problem", **said)
    else:
        yield _ahead("confirmed", language, **said)


def _between_desks(road: Road, language: str) -> Iterator[TrackingStep]:
    """From the desk that received the dossier to the one that decides; nothing where both are one."""
    dossier = road.dossier
    if dossier.desk_id == dossier.competent_desk_id or (not road.transfers and dossier.sent_on_at is None):
        return
    ends: dict[str, object] = {"origin": dossier.desk.name, "destination": dossier.competent_desk.name}
    transfer = next((one for one in road.transfers if one.kind != TransferKind.RESULT_BACK), None)
    arrived_at = transfer.arrived_at if transfer is not None else None
    if dossier.sent_on_at is not None and (arrived_at is None or dossier.sent_on_at < arrived_at):
        yield _step("sent_on", language, dossier.sent_on_at, **ends)
    if transfer is None:
        return
    if transfer.left_at is not None:
        yield _step("transfer_left", language, transfer.left_at, **ends)
    counted = _event(road, transfer.parcel, EventKind.OPENED)
    counted_at = counted.occurred_at if counted is not None else None
    for key, at in (("transfer_arrived", transfer.arrived_at), ("transfer_counted", counted_at)):
        yield _step(key, language, at, **ends) if at is not None else _ahead(key, language, **ends)


def _said(road: Road, language: str) -> Iterator[TrackingStep]:
    """What the desk refused or asked for, with its reason, as the law wants the citizen to read it."""
    for one in road.said:
        facts = {"desk": road.desk, "reason": one.reason, "basis": one.legal_basis, "papers": "; ".join(one.papers)}
        key = SAID.get(RefusalState(one.state))
        if key is not None:
            key = key if one.legal_basis else f"{key}_plainly"
            yield _step(key, language, one.decided_at, "problem", **facts)


def _complete_at_last(road: Road, told: set[str], language: str) -> Iterator[TrackingStep]:
    """Taken in after papers had been wanted: later than the count, or without any envelope."""
    dossier = road.dossier
    if told & WANTED and dossier.code and dossier.accepted_at and dossier.state not in NOT_TAKEN_IN:
        yield _accepted(road, dossier.accepted_at, language)


def _accepted(road: Road, at: datetime, language: str) -> TrackingStep:
    dossier = road.dossier
    if dossier.due_on is None:
        return _step("accepted", language, at, code=dossier.code)
    return _step("accepted_until", language, at, code=dossier.code, due=dossier.due_on)


def _visits(road: Road, errand: Errand, which: str, language: str) -> Iterator[TrackingStep]:
    """The tries that failed, then the appointment that stands."""
    yield from _failures(road, errand, language)
    yield from _appointment(errand, which, language)


def _failures(road: Road, errand: Errand, language: str) -> list[TrackingStep]:
    return [_failed(road, attempt, language) for attempt in errand.attempts if attempt.outcome != DONE]


def _appointment(errand: Errand, which: str, language: str) -> Iterator[TrackingStep]:
    if errand.state is ErrandState.CANCELLED:
        yield _step(f"{which}_cancelled", language, errand.closed_at, "problem")
    elif errand.slot is not None and errand.state not in {ErrandState.FAILED, ErrandState.HELD, ErrandState.RETURNED}:
        yield _step(f"{which}_scheduled", language, None, slot=label_of(errand, language))


def label_of(errand: Errand, language: str) -> str:
    slot = errand.slot
    return slot_label(slot.kind, slot.starts_at, slot.ends_at, language) if slot is not None else ""


def _failed(road: Road, attempt: Attempt, language: str) -> TrackingStep:
    text = road.places.outcomes.get((attempt.outcome, attempt.outcome_version), "")
    reason = say(text, language) if text else ""
    return _step("failed", language, attempt.occurred_at, "problem", number=attempt.number, reason=reason)


def _dossier_way(road: Road, language: str) -> Iterator[TrackingStep]:
    parcel = road.parcel(ParcelPurpose.DOSSIER)
    sealed = _event(road, parcel, EventKind.SEALED)
    if parcel is None or sealed is None:
        yield _ahead("collected", language)
    else:
        yield _taken(road, parcel, sealed, language)
    safe = _event(road, parcel, EventKind.HANDED_OVER, Holder.OFFICE_SAFE)
    if safe is None:
        yield _ahead("dossier_at_office", language)
    else:
        office = road.places.offices.get(safe.taker_id or "", "")
        yield _step("dossier_at_office", language, safe.occurred_at, office=office)
    yield from _desk_steps(road, parcel, language)


def _taken(road: Road, parcel: Parcel, sealed: CustodyEvent, language: str) -> TrackingStep:
    ticks = road.lists.get(parcel.id, {})
    given, asked = answered(ticks.values())
    if given == asked:
        return _step("collected", language, sealed.occurred_at, parcel=parcel.code)
    named = [paper.name for paper in road.dossier.procedure.papers if ticks.get(paper.line) is Tick.MISSING]
    said: dict[str, object] = {"parcel": parcel.code, "given": given, "all": asked, "papers": "; ".join(named)}
    return _step("collected_in_part", language, sealed.occurred_at, "problem", **said)


def _desk_steps(road: Road, parcel: Parcel | None, language: str) -> Iterator[TrackingStep]:
    handed = _event(road, parcel, EventKind.HANDED_OVER, Holder.DESK)
    if handed is None:
        yield _ahead("handed_to_desk", language, desk=road.desk)
    else:
        desk = road.places.desks.get(handed.taker_id or "", road.desk)
        yield _step("handed_to_desk", language, handed.occurred_at, desk=desk)
    opened = _event(road, parcel, EventKind.OPENED)
    if parcel is None or opened is None:
        yield _ahead("accepted", language)
    else:
        yield _counted(road, parcel, opened, language)


def _supplement(road: Road, errand: Errand, language: str) -> Iterator[TrackingStep]:
    """A visit for what the dossier lacked: told from its appointment to the count that puts it to the rest."""
    yield from _visits(road, errand, "supplement", language)
    parcel = road.sealed_at(errand)
    sealed = _event(road, parcel, EventKind.SEALED)
    if parcel is None or sealed is None:
        return
    given = "; ".join(paper.name for paper in parcel.papers if paper.state is not PaperState.MISSING)
    yield _step("supplement_collected", language, sealed.occurred_at, parcel=parcel.code, papers=given)
    opened = _event(road, parcel, EventKind.OPENED)
    if opened is None:
        yield _ahead("supplement_counted", language, desk=road.desk)
    elif wanted := road.wanted_at(opened.occurred_at):
        state: StepState = "problem" if road.wanted else "done"
        named = "; ".join(paper.name for paper in wanted)
        yield _step("still_wanted", language, opened.occurred_at, state, papers=named)
    else:
        yield _step("supplement_counted", language, opened.occurred_at, desk=road.desk)


def _counted(road: Road, parcel: Parcel, opened: CustodyEvent, language: str) -> TrackingStep:
    dossier = road.dossier
    missing = [paper.name for paper in parcel.papers if paper.state is PaperState.MISSING]
    if missing:
        waits = dossier.state == DossierState.PAPERS_WANTED
        state: StepState = "problem" if waits else "done"
        return _step("papers_wanted", language, opened.occurred_at, state, papers="; ".join(missing))
    if dossier.code is None:
        return _step("counted", language, opened.occurred_at, desk=road.desk)
    return _accepted(road, opened.occurred_at, language)


def _result_way(road: Road, errand: Errand, language: str) -> Iterator[TrackingStep]:
    parcel = road.parcel(ParcelPurpose.RESULT)
    dossier = road.dossier
    if dossier.result_ready_at is None:
        yield _ahead("result_ready", language)
    else:
        yield _step("result_ready", language, dossier.result_ready_at, title=dossier.result_title or "")
    for back in road.transfers:
        if back.kind == TransferKind.RESULT_BACK and back.arrived_at is not None:
            yield _step("result_back_arrived", language, back.arrived_at, destination=back.to_desk.name)
    yield from _to_the_office(road, errand, parcel, language)
    yield from _tries(road, errand, parcel, language)
    yield from _at_home(road, errand, parcel, language)


def _to_the_office(road: Road, errand: Errand, parcel: Parcel | None, language: str) -> Iterator[TrackingStep]:
    """Every office on the way to the one of the door, each once; then that one, and when."""
    events = road.events.get(parcel.id, ()) if parcel is not None else ()
    came: list[CustodyEvent] = []
    for event in events:
        if event.taker is Holder.COURIER:
            break  # out to the door: the way is done, wherever it led
        if event.taker is Holder.OFFICE_SAFE and all(event.taker_id != one.taker_id for one in came):
            came.append(event)
            yield _step("result_at_office", language, event.occurred_at, office=_office_of(road, event))
    if came and (errand.state is not ErrandState.REQUESTED or came[-1].taker_id == str(errand.office_id)):
        return
    expected = road.way.arrives_at if road.way is not None and road.way.legs else None
    if expected is None:
        yield _ahead("result_at_office", language, office=road.office)
    else:
        text = say(STEPS["result_at_office_until_ahead"], language, office=road.office, expected=expected)
        yield TrackingStep("result_at_office", text, None, "ahead")


def _office_of(road: Road, event: CustodyEvent) -> str:
    return road.places.offices.get(event.taker_id or "", road.office)


def _tries(road: Road, errand: Errand, parcel: Parcel | None, language: str) -> Iterator[TrackingStep]:
    """Out, failed, back, as they came; the standing appointment before the visit that it is for."""
    told = _failures(road, errand, language)
    for event in road.events.get(parcel.id, ()) if parcel is not None else ():
        if event.kind is EventKind.HANDED_OVER and event.taker is Holder.COURIER:
            told.append(_step("result_out", language, event.occurred_at))
        elif event.kind is EventKind.HANDED_OVER and event.giver is Holder.COURIER:
            told.append(_step("result_back", language, event.occurred_at, office=_office_of(road, event)))
    told.sort(key=lambda step: step.at or road.request.created_at)
    past = max((place for place, step in enumerate(told, start=1) if step.key != "result_out"), default=0)
    yield from told[:past]
    yield from _appointment(errand, "delivery", language)
    yield from told[past:]


def _at_home(road: Road, errand: Errand, parcel: Parcel | None, language: str) -> Iterator[TrackingStep]:
    originals = road.parcel(ParcelPurpose.PAPERS_DUE)
    sealed = _event(road, originals, EventKind.SEALED)
    if originals is not None and sealed is not None:
        yield _step("originals_collected", language, sealed.occurred_at, parcel=originals.code)
    delivered = _event(road, parcel, EventKind.DELIVERED)
    if delivered is not None:
        key = "delivered_unconfirmed" if _unconfirmed(errand) else "delivered"
        yield _step(key, language, delivered.occurred_at)
    elif errand.state is ErrandState.HELD:
        until = errand.held_until
        yield _step("held", language, None, "problem", office=errand.office.name, until=until)
    elif errand.state is ErrandState.RETURNED:
        yield _step("returned", language, errand.closed_at, "problem", desk=road.desk)
    else:
        yield _ahead("delivered", language)


def _unconfirmed(errand: Errand) -> bool:
    return any(attempt.evidence.get("proof") == "code_not_confirmed" for attempt in errand.attempts)


def _event(road: Road, parcel: Parcel | None, kind: EventKind, taker: Holder | None = None) -> CustodyEvent | None:
    return road.event(parcel, kind, taker) if parcel is not None else None
