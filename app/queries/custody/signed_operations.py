"""Is every act in a phone's name signed by that phone? Signatures are over hashes and commitments: erasing changes none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from sqlalchemy import String, cast, func, or_, select
from sqlalchemy.orm import Session

from app.domain.operation import OperationResult
from app.domain.signing import UNSIGNED, WRITES_NOTHING, SignatureVerdict
from app.models import CustodyEvent, Device, DeviceKey, Operation, Parcel
from app.queries.custody.phone_keys import load_key, signed_by

LATE, BAD = SignatureVerdict.UNSIGNED_LATE.value, SignatureVerdict.BAD_SIGNATURE.value
NO_WORD: Final = frozenset({UNSIGNED, LATE})  # receiving had no key to check a signature by


@dataclass(frozen=True, slots=True)
class UnsignedPhone:
    """How many of a phone's acts bear no signature; `before`: the first number that has one, None: it has no key."""

    phone: str
    before: int | None
    operations: int


@dataclass(frozen=True, slots=True)
class KnownKey:
    key: EllipticCurvePublicKey | None  # None: what is kept is no key
    signed_from: int


def known_keys(session: Session) -> Mapping[UUID, KnownKey]:
    rows = session.scalars(select(DeviceKey))
    return {row.device_id: KnownKey(load_key(row.public_key), row.signed_from_seq) for row in rows}


def first_badly_signed(chain: Sequence[Operation], known: KnownKey | None) -> tuple[str, int] | None:
    """What receiving has found itself is a task for a person, and no fault of the store."""
    for operation in chain:
        fault = None if operation.result is OperationResult.REJECTED else _fault(operation, known)
        if fault is not None:
            return fault, operation.seq
    return None


def _fault(operation: Operation, known: KnownKey | None) -> str | None:
    reviews = set(operation.reviews)
    if operation.signature is None:
        late = known is not None and operation.seq >= known.signed_from and LATE not in reviews
        return "operation_unsigned" if late else None
    if known is None:
        return None if NO_WORD & reviews else "operation_signature"
    holds = known.key is not None and signed_by(known.key, operation.hash, operation.signature)
    return None if holds or BAD in reviews else "operation_signature"


def unsigned_phones(session: Session) -> list[UnsignedPhone]:
    counted = (
        select(Operation.device_id, DeviceKey.signed_from_seq, func.count())
        .outerjoin(DeviceKey, DeviceKey.device_id == Operation.device_id)
        .where(Operation.signature.is_(None))
        .group_by(Operation.device_id, DeviceKey.signed_from_seq)
        .order_by(Operation.device_id)
    )
    return [UnsignedPhone(str(device), before, number) for device, before, number in session.execute(counted)]


def count_signed(session: Session) -> int:
    return session.scalar(select(func.count(Operation.signature))) or 0


def events_of_nobody(session: Session) -> Iterator[tuple[str, str, int]]:
    """Events in a courier's name alone of acts that nobody signed and that were to write nothing: `<device>/<seq>`, parcel,
    number of the event.
    """
    told = func.split_part(CustodyEvent.operation_id, ":", 1) == cast(Operation.id, String)
    courier = "courier:" + cast(Device.courier_id, String)
    rows = session.execute(
        select(Operation.device_id, Operation.seq, Parcel.code, CustodyEvent.event_no)
        .join(Device, Device.id == Operation.device_id)
        .join(CustodyEvent, told & (CustodyEvent.actor == courier))
        .join(Parcel, Parcel.id == CustodyEvent.parcel_id)
        .where(or_(*(Operation.reviews.contains([one.value]) for one in WRITES_NOTHING)))
        .order_by(Parcel.code, CustodyEvent.event_no)
    )
    for device, seq, code, event_no in rows:
        yield f"{device}/{seq}", code, event_no
