"""Bags: parcels travelling together under one seal, with a manifest. Custody still moves parcel by parcel.

Closing and opening are signed by two people each (Circular 17/2017/TT-BTTTT art. 5).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from app.clock import LOCAL
from app.domain.commands import CloseBag, HandOver, OpenBag
from app.domain.custody import Act, EventKind, Holder, Party
from app.domain.errors import DomainError
from app.domain.incident import IncidentKind
from app.domain.parcel import parse_s10, parse_seal
from app.domain.wording import whole_number
from app.models import Bag, BagItem, Desk, Errand, Office, Parcel, Seal
from app.queries.reference.units import office_of_desk
from app.services.booking import errands
from app.services.custody import chains
from app.services.custody.incidents import open_incident
from app.services.desks import transfers
from app.services.desks.handover import check_both_sides, tell_arrival
from app.unit_of_work import Chain, UnitOfWork


def close_bag(work: UnitOfWork, command: CloseBag) -> Bag:
    """Put all these parcels into one bag or none; a repeated operation is answered by its bag.

    Raises `no_parcels`, `parcel_unknown`, `confirmation_missing`, `confirmation_by_oneself`, `bag_place_unknown`,
    `bag_to_itself`, `seal_number_malformed`, `seal_used`, and `not_the_holder` or `handover_refused` naming the parcel.
    """
    check_both_sides(command.by, command.confirmed_by)
    origin = _place(work, command.origin, lock=True)
    stored = work.scalar(select(Bag).where(Bag.operation_id == command.operation_id))
    if stored is not None:
        return stored
    _check_road(work, command)
    if not command.parcel_codes:
        raise DomainError("no_parcels", kind="invalid", field="parcel_codes")
    seal = _fresh_seal(work, command.seal_number)
    codes = dict.fromkeys(command.parcel_codes)
    errands.hold_of(work, chains.of_codes(codes))
    locked = chains.lock_codes(work, codes)
    bag = _new_bag(work, origin, command, seal)
    for chain in locked:
        _move(work, chain, _act(command, command.origin, Party(Holder.BAG, bag.code)))
    listed = sorted(locked, key=lambda chain: chain.parcel.code)
    bag.items = [BagItem(parcel=chain.parcel, position=place) for place, chain in enumerate(listed, start=1)]
    work.add(bag)
    work.flush()
    inside = [chain.parcel for chain in locked]
    transfers.follow(work, inside, transfers.Moved(Party(Holder.BAG, bag.code), command.by, command.now, bag))
    return bag


def open_bag(work: UnitOfWork, command: OpenBag) -> Bag:
    """Take out what was found; what is missing stays in the bag, each with its incident. A bag is opened once.

    What lies in an opened bag is a physical fact: a parcel whose chain says otherwise is taken out all the same, and its
    gap is a task. Raises `confirmation_missing`, `confirmation_by_oneself`, `bag_unknown`, `bag_for_others` and
    `not_in_bag`, naming the parcel.
    """
    check_both_sides(command.by, command.confirmed_by)
    bag = _locked(work, command.bag_code)
    if bag.opened_at is not None:
        return bag
    if Party(bag.to_holder, bag.to_id) != command.here:
        raise DomainError("bag_for_others", kind="forbidden", field="bag_code", bag=bag.code)
    found = _found(bag, command.found)
    inside = [item.parcel_id for item in bag.items if item.parcel.code in found]
    errands.hold_of(work, Parcel.id.in_(inside))  # an arrival may schedule a delivery
    locked = chains.lock(work, inside)
    for chain in locked:
        chains.record(work, chain, _act(command, Party(Holder.BAG, bag.code), command.here))
    for item in bag.items:
        item.found = item.parcel.code in found
    bag.opened_at, bag.opened_by, bag.seal_whole = command.now, _signed(command), command.seal_whole
    work.flush()
    _report(work, bag, command)
    _tell(work, bag, [chain.parcel for chain in locked], command)
    return bag


def _place(session: Session, party: Party, *, lock: bool = False) -> Office | Desk:
    number = whole_number(party.id or "")
    row: Office | Desk | None = None
    for_update = {"key_share": True} if lock else False  # rows that only point at the place are not held up
    if number is not None and party.holder is Holder.OFFICE_SAFE:
        row = session.get(Office, number, with_for_update=for_update)
    elif number is not None and party.holder is Holder.DESK:
        row = session.get(Desk, number, with_for_update=for_update)
    if row is None:
        raise DomainError("bag_place_unknown", kind="invalid", field="destination")
    return row


def _check_road(session: Session, command: CloseBag) -> None:
    _place(session, command.destination)
    if command.origin == command.destination:
        raise DomainError("bag_to_itself", kind="invalid", field="destination")


def _fresh_seal(session: Session, given: str) -> str:
    number = parse_seal(given)
    on_parcel, on_bag = Seal.number == number, Bag.seal_number == number
    if session.scalar(select(or_(select(Seal).where(on_parcel).exists(), select(Bag).where(on_bag).exists()))):
        raise DomainError("seal_used", kind="invalid", field="seal_number", number=number)
    return number


def _new_bag(session: Session, origin: Office | Desk, command: CloseBag, seal: str) -> Bag:
    return Bag(
        id=uuid4(),
        code=_next_code(session, origin, command.now),
        from_holder=command.origin.holder,
        from_id=command.origin.id,
        to_holder=command.destination.holder,
        to_id=command.destination.id,
        seal_number=seal,
        operation_id=command.operation_id,
        closed_at=command.now,
        closed_by=_signed(command),
    )


def _next_code(session: Session, origin: Office | Desk, now: datetime) -> str:
    """`TUI-<place>-<day>-<number of the day>`; the place's row is locked, so that two bags never share a number."""
    stem = f"TUI-{origin.code}-{now.astimezone(LOCAL):%y%m%d}-"
    made = session.scalar(select(func.count()).select_from(Bag).where(Bag.code.startswith(stem, autoescape=True))) or 0
    return f"{stem}{made + 1:02d}"


def _signed(command: CloseBag | OpenBag) -> str:
    return f"{command.by}+{command.confirmed_by}"


def _act(command: CloseBag | OpenBag, giver: Party, taker: Party) -> Act:
    return Act(
        EventKind.HANDED_OVER,
        giver,
        taker,
        occurred_at=command.now,
        now=command.now,
        by=_signed(command),
        operation_id=command.operation_id,
        evidence=command.marks,
    )


def _move(work: UnitOfWork, chain: Chain, act: Act) -> None:
    try:
        chains.add_event(work, chain, act)
    except DomainError as refusal:
        refusal.field = "parcel_codes"
        refusal.params["parcel"] = chain.parcel.code
        raise


def _locked(session: Session, code: str) -> Bag:
    wanted = select(Bag).where(Bag.code == code.strip().upper()).with_for_update(of=Bag)
    items = selectinload(Bag.items).joinedload(BagItem.parcel)
    bag = session.scalar(wanted.options(items).execution_options(populate_existing=True))
    if bag is None:
        raise DomainError("bag_unknown", kind="not_found", field="bag_code")
    return bag


def _found(bag: Bag, codes: Sequence[str]) -> set[str]:
    listed = {item.parcel.code for item in bag.items}
    found = {parse_s10(code) for code in codes}
    for code in sorted(found - listed):
        raise DomainError("not_in_bag", kind="invalid", field="parcel_codes", parcel=code, bag=bag.code)
    return found


def _report(work: UnitOfWork, bag: Bag, command: OpenBag) -> None:
    lost = [(IncidentKind.MISSING_FROM_BAG, item.parcel.code) for item in bag.items if not item.found]
    torn = [] if command.seal_whole else [(IncidentKind.SEAL_BROKEN, bag.code)]
    for kind, code in (*lost, *torn):
        open_incident(
            work,
            kind=kind,
            parcel_code=code,
            office_id=_office_of(work, bag, code),
            by=command.by,
            now=command.now,
            note=f"{bag.code}. {command.note}".strip(),
            operation_id=f"{command.operation_id}:{code}",
        )


def _office_of(session: Session, bag: Bag, parcel_code: str) -> int:
    """Who looks into it: the office at either end; between two desks the office that serves the errand."""
    for holder, number in ((bag.to_holder, bag.to_id), (bag.from_holder, bag.from_id)):
        if holder is Holder.OFFICE_SAFE:
            return int(number)
        desk = session.get_one(Desk, int(number))
        if desk.office_id is not None:
            return desk.office_id
    codes = [parcel_code, *(item.parcel.code for item in bag.items)]
    served = select(Errand.office_id).join(Parcel, Parcel.errand_id == Errand.id).where(Parcel.code.in_(codes))
    office_id = session.scalars(served.limit(1)).first()
    return office_id or office_of_desk(session, session.get_one(Desk, int(bag.from_id))).id


def _tell(work: UnitOfWork, bag: Bag, parcels: list[Parcel], command: OpenBag) -> None:
    """What the arrival means for the citizens is what it would mean without the bag."""
    arrived = HandOver(
        parcel_codes=tuple(parcel.code for parcel in parcels),
        giver=Party(bag.from_holder, bag.from_id),
        taker=command.here,
        operation_id=command.operation_id,
        occurred_at=command.now,
        now=command.now,
        by=command.by,
        confirmed_by=command.confirmed_by,
    )
    tell_arrival(work, parcels, arrived)
