"""The second signature belongs to the place: a stranger with a postal account has not seen what lies on this table."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.commands import CloseBag, CountPapers, HandOver, OpenBag
from app.domain.custody import Holder, Party
from app.domain.errors import DomainError
from app.domain.parcel import parse_s10
from app.models import Bag, Parcel
from app.queries.desks import holdings
from app.queries.desks.neighbours import beside


def check_opening(session: Session, command: CountPapers, side: Party) -> None:
    """At an opening: somebody of the post, of an office beside the desk, or who had this envelope on its way here.

    Raises `other_side_not_post` for a colleague of the desk, `other_side_elsewhere`.
    """
    if side.holder is Holder.DESK:
        raise DomainError("other_side_not_post", kind="invalid", field="confirmed_by")
    here = Party(Holder.DESK, str(command.desk_id))
    brought = holdings.known_to(session, side, parse_s10(command.parcel_code)) is not None
    if not brought and side not in beside(session, here, local_day(command.now)):
        raise _elsewhere()


def check_hand_over(session: Session, command: HandOver, here: Party) -> None:
    """Who brings something holds it, which the chain knows; who takes belongs here, or is the desk it is bound for.

    Raises `other_side_elsewhere`.
    """
    side = command.taker if command.giver == here else command.giver
    known = [holdings.holding(session, parse_s10(code)) for code in command.parcel_codes]
    brings = side == command.giver and all(parcel is not None and _is_with(parcel, side) for parcel in known)
    bound = side.holder is Holder.DESK and all(
        parcel is not None and str(holdings.bound_for(parcel).id) == side.id for parcel in known
    )
    if not brings and not bound and side not in beside(session, here, local_day(command.now)):
        raise _elsewhere()


def check_bag(session: Session, command: CloseBag | OpenBag, side: Party) -> None:
    """A colleague, a neighbour, or at the opening somebody of where the bag comes from. Raises `other_side_elsewhere`."""
    day = local_day(command.now)
    if isinstance(command, CloseBag):
        places = [command.origin]
    else:
        bag = session.scalars(select(Bag).where(Bag.code == command.bag_code.strip().upper())).one_or_none()
        places = [command.here, *([Party(bag.from_holder, bag.from_id)] if bag is not None else [])]
    if not any(side == place or side in beside(session, place, day) for place in places):
        raise _elsewhere()


def _is_with(parcel: Parcel, side: Party) -> bool:
    return Party(parcel.holder, parcel.holder_id) == side


def _elsewhere() -> DomainError:
    return DomainError("other_side_elsewhere", kind="invalid", field="confirmed_by")
