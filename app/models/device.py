"""Phones, and everything they ever said: operations are kept for ever, their contents until they are settled."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, Sequence, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.custody import GENESIS
from app.domain.operation import BlockKind, Header, OperationKind, OperationResult
from app.models.base import Base, IntKey, UuidKey, enum_of
from app.models.office import Courier

# numbers of receipts: each given to one phone, used once
RECEIPT_ROLL = Sequence("receipt_roll", start=1, maxvalue=99_999_999, metadata=Base.metadata)


class Device(Base):
    """One phone of one courier. `access_hash` opens today's bundle for a shift; `upload_hash` only takes sealed facts in."""

    __tablename__ = "device"

    id: Mapped[UuidKey]
    courier_id: Mapped[int] = mapped_column(ForeignKey("courier.id"), index=True)
    name: Mapped[str]  # "Android 13 · Chrome 126": what a coordinator recognises it by
    access_hash: Mapped[str | None] = mapped_column(unique=True)
    access_until: Mapped[datetime | None]
    upload_hash: Mapped[str] = mapped_column(unique=True)
    epoch: Mapped[int]  # the account's session_epoch at sign-in: raised there, the phone must sign in again
    enrolled_at: Mapped[datetime]
    last_contact_at: Mapped[datetime]
    last_seq: Mapped[int] = mapped_column(default=0)  # the highest number received
    head_hash: Mapped[str] = mapped_column(default=GENESIS)  # of that operation, in the phone's own chain
    offset_ms: Mapped[int | None] = mapped_column(BigInteger)  # what was added to the phone's clock at its last contact
    offset_at: Mapped[datetime | None]
    waiting: Mapped[int] = mapped_column(default=0)  # operations still on the phone, as it said at its last contact
    waiting_files: Mapped[int] = mapped_column(default=0)
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]
    revoke_reason: Mapped[str | None]
    suspected_at: Mapped[datetime | None]  # it told of too many envelopes that are not its business: a person decides
    courier: Mapped[Courier] = relationship()
    key: Mapped[DeviceKey | None] = relationship(viewonly=True, uselist=False)


class DeviceKey(Base):
    """The public half of a phone's own key, ECDSA P-256: written once, never changed; another key is another enrolment."""

    __tablename__ = "device_key"

    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"), primary_key=True)
    public_key: Mapped[str] = mapped_column(unique=True)  # base64 of its SPKI
    signed_from_seq: Mapped[int]  # the first number that has to be signed
    registered_at: Mapped[datetime]


class SigningGrace(Base):
    """Until when phones without a key are heard as before: one row, written by the migration that found phones."""

    __tablename__ = "signing_grace"

    until: Mapped[datetime] = mapped_column(primary_key=True)


class Operation(Base):
    """One act at a door, as the phone wrote it: ids, codes, times and a commitment; what it said lives in its payload."""

    __tablename__ = "operation"
    __table_args__ = (Index("ix_operation_device_seq", "device_id", "seq"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)  # the phone's UUIDv7: unique for ever
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    seq: Mapped[int]
    kind: Mapped[OperationKind] = mapped_column(enum_of(OperationKind, "operation_kind"))
    errand_id: Mapped[UUID | None] = mapped_column(index=True)  # no foreign key: a fact may name what we do not know
    revision_seen: Mapped[int | None]
    occurred_at: Mapped[datetime]  # by the phone's clock
    corrected_at: Mapped[datetime]  # by ours: with the offset measured at the nearest contact
    offset_ms: Mapped[int | None] = mapped_column(BigInteger)
    received_at: Mapped[datetime] = mapped_column(index=True)
    commitment: Mapped[str]  # SHA-256 of the payload, which holds its own salt
    files: Mapped[list[str]]  # SHA-256 of each attached file
    previous: Mapped[str]
    hash: Mapped[str]
    signature: Mapped[bytes | None]  # the phone's own, over what `hash` is of
    carried_by: Mapped[str | None]  # who fed it in by a rescue package; None: the phone itself sent it
    result: Mapped[OperationResult] = mapped_column(enum_of(OperationResult, "operation_result"), index=True)
    reviews: Mapped[list[str]]  # codes of what a person has to look at
    answer: Mapped[dict[str, Any] | None]  # emptied after 90 days; id and hash stay
    looked_at: Mapped[datetime | None]
    looked_by: Mapped[str | None]
    look_note: Mapped[str | None]
    device: Mapped[Device] = relationship()

    def header(self) -> Header:
        """As the phone wrote it; its own time to the millisecond."""
        return Header(
            op_id=self.id,
            device_id=self.device_id,
            seq=self.seq,
            kind=self.kind,
            errand_id=self.errand_id,
            revision_seen=self.revision_seen,
            occurred_at=self.occurred_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            offset_ms=self.offset_ms,
            commitment=self.commitment,
            files=tuple(self.files),
            previous=self.previous,
        )


class OperationPayload(Base):
    """What an unsettled operation said, still sealed to the server's key: kept until a person has settled it."""

    __tablename__ = "operation_payload"

    operation_id: Mapped[UUID] = mapped_column(ForeignKey("operation.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class NumberBlock(Base):
    """Receipt numbers or S10 labels set aside for one phone, so that it can give them out without a network."""

    __tablename__ = "number_block"
    __table_args__ = (
        Index("ix_number_block_in_use", "kind", "first", unique=True, postgresql_where=text("passed_on_at is null")),
        CheckConstraint("first <= last", name="order"),
    )

    id: Mapped[IntKey]
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"), index=True)
    kind: Mapped[BlockKind] = mapped_column(enum_of(BlockKind, "block_kind"))
    first: Mapped[int]
    last: Mapped[int]
    given_at: Mapped[datetime]
    passed_on_at: Mapped[datetime | None]  # what was left of it went to the next phone of its courier


class Receipt(Base):
    """Money taken at a door: one number, its parts in đồng, never one sum. It is no official receipt (biên lai, hóa đơn).

    The money of a number that was used before is in the books all the same: its row is "TN00000051/2".
    """

    __tablename__ = "receipt"

    number: Mapped[str] = mapped_column(primary_key=True)
    operation_id: Mapped[UUID] = mapped_column(index=True)
    errand_id: Mapped[UUID | None] = mapped_column(ForeignKey("errand.id"), index=True)  # None: a visit nobody knows
    official_number: Mapped[str | None]  # of the receipt that the state has given for its fee
    parts: Mapped[list[dict[str, Any]]]  # [{kind, amount}]
    paid_at: Mapped[datetime]
    received_at: Mapped[datetime]
