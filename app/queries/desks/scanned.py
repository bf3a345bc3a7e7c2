"""One code as it is scanned: what is wrong with it is told at once, while the envelope is still in the hand.

Nothing is locked and nothing written; the act itself asks again when it is signed.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.domain.custody import Holder, Party, check_handover
from app.domain.errors import DomainError
from app.domain.parcel import parse_s10
from app.models import Parcel
from app.queries.custody.confirmations import unanswered
from app.queries.desks import holdings
from app.queries.desks.bags import find_bag

SOME_BAG = Party(Holder.BAG, "")


def check_moved(session: Session, code: str, here: Party, other: Party | None, *, out: bool) -> None:
    """Raise `parcel_code_malformed`, `parcel_unknown`, `envelope_already_here`, `envelope_of_other_desk` and what
    `check_handover` refuses; as long as the other side is not chosen, only what is wrong whoever it is.
    """
    parcel = _known(session, code)
    told = _told(session, parcel, here)
    if not out:
        _check_coming(parcel, here, told=told)
    if other is not None and not told:
        check_handover(_holder(parcel), here if out else other, other if out else here)


def check_bagged(session: Session, code: str, here: Party) -> None:
    """Raise `parcel_code_malformed`, `parcel_unknown`, `not_the_holder`."""
    check_handover(_holder(_known(session, code)), here, SOME_BAG)


def check_unpacked(session: Session, code: str, here: Party, bag_code: str) -> None:
    """Raise `not_found` for a bag of others, `parcel_code_malformed`, `not_in_bag`."""
    line = find_bag(session, here, bag_code)
    if line is None:
        raise DomainError("not_found", kind="not_found")
    wanted = parse_s10(code)
    if wanted not in {item.parcel.code for item in line.bag.items}:
        raise DomainError("not_in_bag", kind="invalid", field="codes", parcel=wanted, bag=line.bag.code)


def check_told(session: Session, code: str, here: Party) -> None:
    """Raise `parcel_code_malformed`, and `envelope_not_told` for one that no courier says he gave here."""
    wanted = parse_s10(code)
    told = {line.parcel.code for line in unanswered(session, here) if here in line.asked and line.given_to_other}
    if wanted not in told:
        raise DomainError("envelope_not_told", kind="invalid", field="codes", parcel=wanted)


def _known(session: Session, code: str) -> Parcel:
    wanted = parse_s10(code)
    parcel = holdings.holding(session, wanted)
    if parcel is None:
        raise DomainError("parcel_unknown", kind="not_found", field="codes", parcel=wanted)
    return parcel


def _check_coming(parcel: Parcel, here: Party, *, told: bool) -> None:
    if _holder(parcel) == here and not told:
        raise DomainError("envelope_already_here", field="codes", parcel=parcel.code)
    if here.holder is Holder.DESK and parcel.purpose in holdings.TO_SOME_DESK:
        desk = holdings.bound_for(parcel)
        if str(desk.id) != here.id:
            raise DomainError("envelope_of_other_desk", field="codes", parcel=parcel.code, desk=desk.name)


def _told(session: Session, parcel: Parcel, here: Party) -> bool:
    """A courier's phone was quicker: this very hand-over waits for the word of here."""
    return any(line.parcel.id == parcel.id for line in unanswered(session, here))


def _holder(parcel: Parcel) -> Party:
    return Party(parcel.holder, parcel.holder_id)
