"""What a phone may store whose acts are believed by nobody yet: files are kept for whoever looks at its claims, not without end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.domain.file import DOUBTED_BYTES_A_DAY, DOUBTED_FILES_A_DAY
from app.domain.standing import DOUBTED_CLAIMS_A_DAY
from app.models import Claim, Device, StoredFile

A_DAY: Final = timedelta(days=1)
COME_AGAIN_S: Final = 15 * 60  # the phone's acts wait as long, too


def over_quota(session: Session, device: Device, sha256: str, total: int, now: datetime) -> DomainError | None:
    """`files_full` when a doubted phone begins one file too many; what it has begun it may bring to its end.

    Refused for now: the phone keeps the file and comes again. Two parts at the same moment may both pass.
    """
    if not _doubted(session, device, now) or _begun(session, sha256, total):
        return None
    lately = (StoredFile.device_id == device.id, StoredFile.started_at > now - A_DAY)
    counted = select(func.count(), func.coalesce(func.sum(StoredFile.sealed_size), 0)).where(*lately)
    how_many, size = session.execute(counted).one()
    if how_many < DOUBTED_FILES_A_DAY and size + total <= DOUBTED_BYTES_A_DAY:
        return None
    return DomainError("files_full", kind="too_many", come_again_s=COME_AGAIN_S)


def _doubted(session: Session, device: Device, now: datetime) -> bool:
    if device.suspected_at is not None or device.revoked_at is not None:
        return True
    lately = (Claim.device_id == device.id, Claim.received_at > now - A_DAY)
    return (session.scalar(select(func.count()).select_from(Claim).where(*lately)) or 0) >= DOUBTED_CLAIMS_A_DAY


def _begun(session: Session, sha256: str, total: int) -> bool:
    """Here already, or growing with the size that was announced: a box of another size begins anew."""
    row = session.execute(select(StoredFile.state, StoredFile.sealed_size).where(StoredFile.sha256 == sha256)).first()
    return row is not None and (row.state != "coming" or row.sealed_size == total)
