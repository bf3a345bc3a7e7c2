"""Count a safe by surprise: asked for from above, scanned blind by whoever stands there, compared and kept.

A missing envelope is an incident and stays where the chain says until that is closed; a count moves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.custody import Holder, Party
from app.domain.errors import DomainError
from app.domain.incident import IncidentKind
from app.domain.parcel import parse_s10
from app.models import FirstScan, Office, SafeCount, SurpriseCount
from app.queries.desks.holdings import held_by
from app.queries.desks.safe_counts import open_count
from app.services import audit
from app.services.custody.incidents import open_incident
from app.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class CountSafe:
    """`looked_again`: what was not scanned was searched for, and is not there."""

    surprise_id: int
    office_id: int
    codes: tuple[str, ...]
    looked_again: bool
    by: str
    now: datetime


def ask(session: Session, office_id: int, by: str, now: datetime) -> SurpriseCount:
    """An office has one count to do at a time: asked twice, it counts once. Raises `not_found`."""
    if session.get(Office, office_id, with_for_update=True) is None:
        raise DomainError("not_found", kind="not_found")
    waiting = open_count(session, office_id)
    if waiting is not None:
        return waiting
    asked = SurpriseCount(office_id=office_id, asked_by=by, asked_at=now)
    session.add(asked)
    session.flush()
    audit.record(session, by, "safe.count_asked", "office", office_id, now)
    return asked


def count_safe(work: UnitOfWork, command: CountSafe) -> SafeCount | DomainError:
    """Pressed twice, it is one count. Raises `not_found` and `parcel_code_malformed`.

    Gives `safe_unscanned`, which names what should be there, unless it was searched for; it is returned, not raised, for what was
    scanned until then is kept: nobody scans from the screen what he is told.
    """
    mine = (SurpriseCount.id == command.surprise_id, SurpriseCount.office_id == command.office_id)
    work.execute(select(Office.id).where(Office.id == command.office_id).with_for_update())  # two at once count once
    asked = work.scalar(select(SurpriseCount).where(*mine))
    if asked is None:
        raise DomainError("not_found", kind="not_found")
    if asked.result is not None:
        return asked.result
    safe = Party(Holder.OFFICE_SAFE, str(command.office_id))
    expected = {parcel.code for parcel in held_by(work, safe)}
    found = {parse_s10(code) for code in command.codes}
    missing = sorted(expected - found)
    if missing and not command.looked_again:
        _keep_first(work, asked, command, found, missing)
        return DomainError("safe_unscanned", kind="invalid", field="codes", n=len(missing), parcels=", ".join(missing))
    count = SafeCount(
        surprise_id=asked.id, expected=sorted(expected), found=sorted(found), by=command.by, at=command.now
    )
    work.add(count)
    work.flush()
    work.expire(asked, ["result"])
    _tell_missing(work, count, command)
    audit.record(work, command.by, "safe.counted", "office", command.office_id, command.now, missing=len(count.missing))
    return count


def _keep_first(
    work: UnitOfWork, asked: SurpriseCount, command: CountSafe, found: AbstractSet[str], missing: Sequence[str]
) -> None:
    if asked.first is None:
        work.add(
            FirstScan(surprise_id=asked.id, found=sorted(found), missing=list(missing), by=command.by, at=command.now)
        )
        work.flush()
        work.expire(asked, ["first"])


def _tell_missing(work: UnitOfWork, count: SafeCount, command: CountSafe) -> None:
    for code in count.missing:
        open_incident(
            work,
            kind=IncidentKind.MISSING_AT_COUNT,
            parcel_code=code,
            office_id=command.office_id,
            by=command.by,
            now=command.now,
            operation_id=f"count:{count.surprise_id}:{code}",
            moves=False,
        )
