"""The second signature: asked for on a screen, given by another hand, kept beside the events that it stands in."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.countersigning import SignedBy, SigningAct
from app.domain.custody import Holder, canonical_time
from app.models.base import Base, enum_of


class SigningInvitation(Base):
    """What one side has counted and the other is to sign, for ten minutes, once."""

    __tablename__ = "signing_invitation"

    id: Mapped[str] = mapped_column(primary_key=True)
    act: Mapped[SigningAct] = mapped_column(enum_of(SigningAct, "signing_act"))
    holder: Mapped[Holder] = mapped_column(enum_of(Holder, "signing_place"))  # office_safe | desk: where it is asked
    holder_id: Mapped[str]
    other_holder: Mapped[Holder | None] = mapped_column(enum_of(Holder, "signing_other"))  # None: anybody who may watch
    other_id: Mapped[str | None]
    said: Mapped[dict[str, Any]]  # word for word what is signed: ids, codes, counts, heads; no person
    form: Mapped[dict[str, Any]]  # what is carried out once it is signed
    asked_by: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]


class Countersignature(Base):
    """By whose hand the second signature came; `mark` stands among the commitments of the events it confirms."""

    __tablename__ = "countersignature"

    mark: Mapped[str] = mapped_column(primary_key=True)  # SHA-256 of what the row says
    signed_by: Mapped[SignedBy] = mapped_column(enum_of(SignedBy, "signed_by"), index=True)
    by: Mapped[str]  # "courier:7", "staff:12"
    holder: Mapped[Holder] = mapped_column(enum_of(Holder, "countersigned_at"))  # whose screen asked
    holder_id: Mapped[str]
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    said: Mapped[dict[str, Any]]
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(index=True)

    def fields(self) -> dict[str, object]:
        """What `mark` is the digest of."""
        return {**self.first_fields(), "at": canonical_time(self.at)}

    def first_fields(self) -> dict[str, object]:
        """The same of a row of before: its time stood in the event alone."""
        return {
            "signed_by": self.signed_by.value,
            "by": self.by,
            "place": [self.holder.value, self.holder_id],
            "device": str(self.device_id) if self.device_id is not None else None,
            "said": self.said,
            "signature": self.signature.hex() if self.signature is not None else None,
        }
