"""How many codes to telephones wait to be typed, and whether that is more than is sent: an hour's budget, in two lanes.

A network is known while a code that it asked for was typed within the day; what others use up takes nothing from it. Which lane
is asked never depends on the telephone: whoever has used one up would learn from the other which numbers are known here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.models import SignInCode

CODE_LIVES: Final = timedelta(minutes=15)
AN_HOUR: Final = timedelta(hours=1)
# telephones whose code nobody has typed yet, within the hour [assumptions]: whoever types theirs makes room again
UNTYPED_OF_A_CLIENT: Final = 30  # a hamlet behind one address is far below; a script is through in seconds
UNTYPED_OF_ALL: Final = 600  # of known networks together, and of all others together
TYPED: Final = "typed:"
"""Before the client of a code that was typed right."""

_KNOWN: Final = select(func.substr(SignInCode.client, len(TYPED) + 1)).where(SignInCode.client.startswith(TYPED))


def is_known(session: Session, client: str) -> bool:
    return session.scalar(select(SignInCode.client).where(SignInCode.client == TYPED + client).limit(1)) is not None


def untyped_of(session: Session, client: str, phone_mac: str, now: datetime) -> int:
    """Of one client, besides this telephone's."""
    mine = _untyped(now).where(SignInCode.client == client, SignInCode.phone_mac != phone_mac)
    return session.scalar(mine) or 0


def untyped_of_lane(session: Session, now: datetime, *, known: bool, phone_mac: str = "") -> int:
    in_lane = SignInCode.client.in_(_KNOWN) if known else SignInCode.client.not_in(_KNOWN)
    return session.scalar(_untyped(now).where(in_lane, SignInCode.phone_mac != phone_mac)) or 0


def used_up(session: Session, now: datetime) -> bool:
    """Is somebody sent no code at this moment because too many others wait?"""
    return any(untyped_of_lane(session, now, known=known) >= UNTYPED_OF_ALL for known in (True, False))


def _untyped(now: datetime) -> Select[int]:
    waiting = (SignInCode.client.is_not(None), ~SignInCode.client.startswith(TYPED))
    return select(func.count()).where(SignInCode.expires_at > now + CODE_LIVES - AN_HOUR, *waiting)
