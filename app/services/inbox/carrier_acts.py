"""What the carrier did, where the carrier executes the errand: its events are the truth for custody, visit and dossier.

Physical facts are never refused: one that fits nowhere opens a gap, as a phone's would (docs/decisions/late-facts.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import select

from app.domain.custody import Act, EventKind, Holder, Party
from app.domain.dossier import DossierState
from app.domain.errand import OPEN, ErrandKind, ErrandState
from app.domain.errors import refusals
from app.domain.milestone import Follow, follow_of
from app.domain.outcome import DONE
from app.domain.parcel import ParcelPurpose, parse_s10, taken_at_door
from app.models import CarrierOrder, Errand, InboxMessage, Parcel
from app.services.booking import errands
from app.services.custody import chains, sealing
from app.services.desks import dossier_steps
from app.services.messaging import messages
from app.services.outbox import changes
from app.services.visits import attempts
from app.unit_of_work import UnitOfWork

CITIZEN: Final = Party(Holder.CITIZEN)
NOBODY_THERE: Final = "NO_CONTACT"


def follow(work: UnitOfWork, order: CarrierOrder, inbox_message: InboxMessage, now: datetime) -> None:
    """Carry the milestone over to envelope, errand and dossier; a milestone that is only shown changes nothing."""
    if order.errand_id is None or order.milestone is None:
        return
    errand = errands.lock(work, order.errand_id)
    what = follow_of(errand.kind, order.milestone)
    if what is not None:
        ACTS[what](_CarrierAct(work, order, errand, inbox_message, now))


class _CarrierAct:
    """One event of the carrier about one errand."""

    def __init__(
        self, work: UnitOfWork, order: CarrierOrder, errand: Errand, inbox_message: InboxMessage, now: datetime
    ) -> None:
        self.work, self.order, self.errand, self.now = work, order, errand, now
        self.at = min(inbox_message.occurred_at or now, now)
        self.operation_id = f"{inbox_message.link}:{inbox_message.event_id}"
        self.by = f"carrier:{inbox_message.link}"
        self.carrier = Party(Holder.CARRIER, inbox_message.link)

    @property
    def desk(self) -> Party:
        return Party(Holder.DESK, str(self.order.dossier.desk_id))

    @property
    def collects(self) -> bool:
        return self.errand.kind is ErrandKind.COLLECT

    @property
    def purpose(self) -> ParcelPurpose:
        return taken_at_door(self.errand.only_lines) if self.collects else ParcelPurpose.RESULT

    def act(self, kind: EventKind, giver: Party, taker: Party) -> Act:
        return Act(kind, giver, taker, occurred_at=self.at, now=self.now, by=self.by, operation_id=self.operation_id)

    def record(self, kind: EventKind, giver: Party, taker: Party) -> Parcel:
        """Whatever custody thinks of it."""
        parcel = self.parcel() or self.new_parcel()
        chain = chains.lock(self.work, [parcel.id])[0]
        # their clocks differ by minutes: what they tell later did not happen before what they told first
        self.at = max([self.at, *(event.occurred_at for event in chain.events if event.actor == self.by)])
        chains.record(self.work, chain, self.act(kind, giver, taker))
        self.order.parcel = parcel
        return parcel

    def record_next(self, kind: EventKind, taker: Party) -> Parcel:
        """From the carrier on: the second act that one event tells of has an id of its own."""
        self.operation_id += ":given"
        return self.record(kind, self.carrier, taker)

    def parcel(self) -> Parcel | None:
        mine = (
            Parcel.dossier_id == self.order.dossier_id,
            Parcel.errand_id == self.errand.id,
            Parcel.purpose == self.purpose,
        )
        return self.work.scalars(select(Parcel).where(*mine).limit(1)).first()

    def new_parcel(self) -> Parcel:
        """The carrier's own label where it is one; nobody of ours counted what is inside: the desk does."""
        label = None
        if self.order.item_code is not None and not refusals(lambda: parse_s10(self.order.item_code or "")):
            label = None if self.taken(self.order.item_code) else self.order.item_code
        giver = CITIZEN if self.collects else self.desk
        parcel = sealing.make_parcel(self.work, self.order.dossier, self.purpose, label, giver, self.now)
        parcel.errand_id = self.errand.id
        self.work.flush()
        return parcel

    def taken(self, code: str) -> bool:
        return bool(refusals(lambda: sealing.check_label(self.work, code)))

    def held_by_carrier(self) -> bool:
        parcel = self.parcel()
        return parcel is not None and parcel.holder is Holder.CARRIER

    def under_way(self) -> bool:
        """Move the errand to the door, whatever was arranged; False for one that is over."""
        return self.errand.state in OPEN and not refusals(lambda: attempts.arrive(self.errand, at_counter=True))

    def leave(self, outcome: str, proof: str) -> None:
        door = attempts.AtTheDoor(None, self.operation_id, self.at, self.now)
        attempts.leave(
            self.work, self.errand, door, attempts.AttemptOutcome(outcome, {"proof": proof, "commitments": []})
        )


def _picked_up(told: _CarrierAct) -> None:
    if told.held_by_carrier():
        return
    if told.collects:
        told.under_way()
        told.record(EventKind.SEALED, CITIZEN, told.carrier)
    else:
        parcel = told.parcel()
        giver = Party(parcel.holder, parcel.holder_id) if parcel is not None else told.desk
        told.record(EventKind.HANDED_OVER, giver, told.carrier)


def _set_out(told: _CarrierAct) -> None:
    if not told.collects:
        _picked_up(told)
    told.under_way()


def _delivered(told: _CarrierAct) -> None:
    _picked_up(told)
    if told.collects:
        _given_to_desk(told)
    else:
        _given_to_citizen(told)


def _given_to_desk(told: _CarrierAct) -> None:
    parcel = told.record_next(EventKind.HANDED_OVER, told.desk)
    if told.under_way():
        told.leave(DONE, "carrier_collected")
        errands.close(told.work, told.errand, ErrandState.DONE, told.now)
    trigger = f"handed_to_desk:{parcel.id}"
    desk = told.order.dossier.desk.name
    messages.tell(told.work, told.errand.request, told.errand, "handed_to_desk", told.now, trigger, desk=desk)


def _given_to_citizen(told: _CarrierAct) -> None:
    """Their proof of delivery is what state 10 waits for."""
    told.record_next(EventKind.DELIVERED, CITIZEN)
    if not told.under_way():
        return
    told.leave(DONE, "carrier_delivered")
    dossier_steps.move(
        told.work, told.order.dossier, DossierState.RESULT_RETURNED, by=told.by, at=told.at, now=told.now
    )
    if _all_given(told):
        errands.close(told.work, told.errand, ErrandState.DONE, told.now)
        messages.tell(told.work, told.errand.request, told.errand, "delivered", told.now, f"delivered:{told.errand.id}")


def _all_given(told: _CarrierAct) -> bool:
    return all(dossier.state == DossierState.RESULT_RETURNED for dossier in told.errand.dossiers)


def _failed(told: _CarrierAct) -> None:
    """They try again by themselves: the citizen is not asked for another slot of ours."""
    if told.under_way():
        errands.advance(told.errand, ErrandState.FAILED)
        told.leave(NOBODY_THERE, "carrier_failed")
        changes.errand_changed(told.work, told.errand, told.now)


def _returned(told: _CarrierAct) -> None:
    home = CITIZEN if told.collects else told.desk
    told.record_next(EventKind.RETURNED, home)
    if told.errand.state not in OPEN:
        return
    if told.under_way():
        errands.advance(told.errand, ErrandState.FAILED)
        told.leave(NOBODY_THERE, "carrier_returned")
    if not refusals(lambda: errands.advance(told.errand, ErrandState.HELD)):
        errands.close(told.work, told.errand, ErrandState.RETURNED, told.now)


def _called_off(told: _CarrierAct) -> None:
    """Nobody comes: the errand goes to our own couriers, and a coordinator sees it without a slot."""
    if told.errand.state in {ErrandState.REQUESTED, ErrandState.SCHEDULED, ErrandState.PLANNED}:
        told.errand.executed_by = "own"


ACTS: Final[Mapping[Follow, Callable[[_CarrierAct], None]]] = {
    Follow.PICKED_UP: _picked_up,
    Follow.SET_OUT: _set_out,
    Follow.DELIVERED: _delivered,
    Follow.FAILED: _failed,
    Follow.RETURNED: _returned,
    Follow.CALLED_OFF: _called_off,
}
