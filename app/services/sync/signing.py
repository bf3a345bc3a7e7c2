"""Does an act bear its phone's own signature? Asked of every operation before anything is applied."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.operation import Posted
from app.domain.signing import SignatureVerdict, verdict_of
from app.models import Device, SigningGrace
from app.queries.custody.phone_keys import load_key, signed_by


@dataclass(frozen=True, slots=True)
class PhoneKey:
    """What one phone's signatures are checked by; `key` None: it has registered none."""

    key: EllipticCurvePublicKey | None
    signed_from: int | None
    graceful: bool  # phones without a key are still heard as before


def key_of(session: Session, device: Device, now: datetime) -> PhoneKey:
    if device.key is None:
        until = session.scalar(select(func.max(SigningGrace.until)))
        return PhoneKey(None, None, graceful=until is not None and now < until)
    return PhoneKey(load_key(device.key.public_key), device.key.signed_from_seq, graceful=False)


def judge(phone: PhoneKey, posted: Posted, *, in_place: bool) -> SignatureVerdict:
    holds = None
    if phone.key is not None and posted.signature is not None:
        holds = signed_by(phone.key, posted.hash, posted.signature)  # its own hash, or it is rejected
    return verdict_of(holds, posted.header.seq, phone.signed_from, graceful=phone.graceful, in_place=in_place)
