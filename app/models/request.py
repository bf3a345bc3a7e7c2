"""What a citizen asked for: applicant, place, request, dossiers."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.errand import RequestKind
from app.domain.identity import ApplicantKind, Channel, PhoneProof
from app.domain.tongue import Tongue
from app.models.base import Base, UuidKey, enum_of
from app.models.named_receiver import NamedReceiver
from app.models.office import Desk
from app.models.procedure import Procedure
from app.models.unit import Unit


class Applicant(Base):
    """A person or an organisation. Erasing empties the personal columns and sets `erased_at`."""

    __tablename__ = "applicant"

    id: Mapped[UuidKey]
    kind: Mapped[ApplicantKind] = mapped_column(enum_of(ApplicantKind, "applicant_kind"))
    name: Mapped[str | None]
    phone: Mapped[str | None] = mapped_column(index=True)
    email: Mapped[str | None]  # of whoever wants letters, too
    erased_at: Mapped[datetime | None]


class Place(Base):
    """A door: address in today's and in old names, landmark, pin, and who confirmed the pin."""

    __tablename__ = "place"

    id: Mapped[UuidKey]
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"), index=True)
    address: Mapped[str | None]
    former_name: Mapped[str | None]
    landmark: Mapped[str | None]
    lon: Mapped[float]
    lat: Mapped[float]
    pin_source: Mapped[str] = mapped_column(default="unit")  # unit | gazetteer | citizen | courier
    confirmed_by: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    unit: Mapped[Unit] = relationship()


class ServiceRequest(Base):
    __tablename__ = "service_request"
    __table_args__ = (
        UniqueConstraint("partner_id", "external_ref"),
        CheckConstraint("channel <> 'helper' or helper_name is not null", name="helper_named"),
    )

    id: Mapped[UuidKey]
    reference: Mapped[str] = mapped_column(unique=True)  # short, for the telephone: no secret
    kind: Mapped[RequestKind] = mapped_column(enum_of(RequestKind, "request_kind"))
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"), index=True)
    place_id: Mapped[UUID] = mapped_column(ForeignKey("place.id"))
    language: Mapped[str] = mapped_column(default="vi")  # of messages
    tongue: Mapped[Tongue | None] = mapped_column(enum_of(Tongue, "tongue"))  # spoken at home
    channel: Mapped[Channel] = mapped_column(enum_of(Channel, "channel"))
    helper_name: Mapped[str | None]
    helper_phone: Mapped[str | None] = mapped_column(index=True)
    phone_proof: Mapped[PhoneProof] = mapped_column(
        enum_of(PhoneProof, "phone_proof"), default=PhoneProof.NONE, server_default=PhoneProof.NONE.value
    )
    consent_text: Mapped[str]
    consent_version: Mapped[str]
    consent_at: Mapped[datetime]
    tracking_token: Mapped[str] = mapped_column(unique=True)
    tracking_until: Mapped[datetime | None]  # 30 days after close
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partner.id"))
    external_ref: Mapped[str | None]
    booked_by: Mapped[int | None] = mapped_column(ForeignKey("staff_account.id"))
    created_at: Mapped[datetime] = mapped_column(index=True)
    applicant: Mapped[Applicant] = relationship()
    place: Mapped[Place] = relationship()
    dossiers: Mapped[list[Dossier]] = relationship(back_populates="request", order_by="Dossier.position")
    receiver: Mapped[NamedReceiver | None] = relationship(viewonly=True)  # who may take the result instead


class Dossier(Base):
    """The file, known by its code once the desk accepted it. `desk` receives it; `competent_desk` decides it."""

    __tablename__ = "dossier"
    __table_args__ = (
        CheckConstraint("state between 1 and 10", name="state"),
        Index("ux_dossier_code", "code", unique=True, postgresql_where=text("code is not null")),
    )

    id: Mapped[UuidKey]
    request_id: Mapped[UUID] = mapped_column(ForeignKey("service_request.id"), index=True)
    position: Mapped[int] = mapped_column(default=1)
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id"))
    cases: Mapped[list[str]]
    code: Mapped[str | None]
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"), index=True)
    competent_desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    state: Mapped[int] = mapped_column(default=1)
    sub_state: Mapped[int | None]  # of a boundary-free dossier, between the desk that received it and the competent one
    channel: Mapped[str] = mapped_column(default="3")  # how it was handed in: 1 in person, 2 online, 3 by post
    return_form: Mapped[str] = mapped_column(default="1")  # how the result goes back: 0 in person, 1 by post
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partner.id"))  # the agency that told us of it
    sent_on_at: Mapped[datetime | None]  # scanned and sent on to the competent desk: from here it owns the due date
    seen_state: Mapped[int | None]  # what the one-stop exchange says, when it was last asked
    seen_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    due_on: Mapped[date | None]
    result_title: Mapped[str | None]
    result_ready_at: Mapped[datetime | None]
    request: Mapped[ServiceRequest] = relationship(back_populates="dossiers")
    procedure: Mapped[Procedure] = relationship()
    desk: Mapped[Desk] = relationship(foreign_keys=[desk_id])
    competent_desk: Mapped[Desk] = relationship(foreign_keys=[competent_desk_id])
