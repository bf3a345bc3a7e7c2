"""The frozen commands that schemas make and services take.

`by` is the actor: `staff:12`, `courier:3`, `citizen:<request>`, `partner:1`, `system`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypedDict
from uuid import UUID

from app.domain.checklist import Tick
from app.domain.custody import Party
from app.domain.errand import ProofKind, RequestKind
from app.domain.errors import DomainError
from app.domain.from_phone import FromPhone
from app.domain.identity import ApplicantKind, Channel, PhoneNumber, PhoneProof, Role
from app.domain.parcel import PaperForm
from app.domain.tariff import Discount
from app.domain.timetable import Timetable
from app.domain.tongue import Tongue
from app.domain.wording import UNSAID, Tidy


@dataclass(frozen=True, slots=True)
class AllowedBrowser:
    """A browser that allowed notices, as it tells of itself, and the public key of ours that it allowed."""

    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)
    server_key: str


@dataclass(frozen=True, slots=True)
class ApplicantGiven:
    kind: ApplicantKind
    name: Tidy
    phone: PhoneNumber | None  # None only when a helper or nobody is reached instead
    faults: tuple[DomainError, ...] = ()  # what could not be read: said with all that the rules find
    email: str | None = None  # of whoever wants letters, too


@dataclass(frozen=True, slots=True)
class PlaceGiven:
    unit_code: str
    address: Tidy
    landmark: Tidy = UNSAID
    former_name: Tidy = UNSAID
    lon: float | None = None  # None: the unit's own point, marked as such
    lat: float | None = None
    pin_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class DossierGiven:
    """What to send (a procedure and its case) or which result to receive (its code)."""

    procedure_code: str
    cases: tuple[str, ...] = ()
    code: str | None = None
    owner_id_last4: str | None = None  # of the owner's number, for the exchange to compare


@dataclass(frozen=True, slots=True)
class BookVisit:
    kind: RequestKind
    applicant: ApplicantGiven
    place: PlaceGiven
    dossiers: tuple[DossierGiven, ...]
    slot_id: int | None  # None only for `receive`: the visit is arranged when the result is ready
    channel: Channel
    language: str
    consent: bool
    now: datetime
    by: str
    proof: ProofKind = ProofKind.CODE
    discount: Discount = Discount.NONE
    helper_name: Tidy | None = None
    helper_phone: PhoneNumber | None = None
    hold: str | None = None  # the form's hold on the slot
    staff_id: int | None = None  # assisted booking
    partner_id: int | None = None
    external_ref: str | None = None
    faults: tuple[DomainError, ...] = ()  # as the applicant's
    phone_proof: PhoneProof = (
        PhoneProof.NONE
    )  # as the page knows it; of a partner's or staff's booking see `contact.proof_of`
    tongue: Tongue | None = None  # spoken at home
    again: bool = False  # the same visit is booked already, and one more is meant

    @property
    def reached(self) -> PhoneNumber | None:
        """The telephone that is written to or called: the citizen's own or the helper's."""
        return self.helper_phone if self.channel is Channel.HELPER else self.applicant.phone


@dataclass(frozen=True, slots=True)
class QuoteVisit:
    kind: RequestKind
    unit_code: str
    dossiers: tuple[DossierGiven, ...]
    day: date
    discount: Discount = Discount.NONE


@dataclass(frozen=True, slots=True)
class CancelErrand:
    errand_id: UUID
    by: str
    now: datetime
    reason: str = ""
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class RescheduleErrand:
    errand_id: UUID
    slot_id: int
    by: str
    now: datetime
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class PaperTicked:
    tick: Tick
    form: PaperForm = PaperForm.ORIGINAL
    count: int = 1


class DoorAct(TypedDict):
    """What every act at a door tells: whose, which, when and where. The fields of that name of the three commands."""

    courier_id: int
    operation_id: str
    occurred_at: datetime
    now: datetime
    by: str
    fix: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class CollectDossier:
    """The courier counted, ticked exactly the published lines, closed the envelope and took it."""

    errand_id: UUID
    dossier_id: UUID
    cases: tuple[str, ...]
    papers: Mapping[int, PaperTicked]  # by line of the published list
    parcel_code: str | None  # S10 label; None: the next of the roll
    seal_number: str
    courier_id: int
    operation_id: str
    occurred_at: datetime
    now: datetime
    by: str
    taken_in_part: bool = False
    fix: tuple[float, float] | None = None
    phone: FromPhone | None = None


@dataclass(frozen=True, slots=True)
class HandOver:
    """Parcels change hands between two staffed places; both sides confirm."""

    parcel_codes: tuple[str, ...]
    giver: Party
    taker: Party
    operation_id: str
    occurred_at: datetime
    now: datetime
    by: str
    confirmed_by: str = ""  # the other side's actor
    marks: tuple[str, ...] = ()  # of the second signature, for the events
    phone: FromPhone | None = None


@dataclass(frozen=True, slots=True)
class CloseBag:
    """Envelopes of one safe or desk go into one bag, under one seal; `confirmed_by` watched it being closed."""

    parcel_codes: tuple[str, ...]
    origin: Party
    destination: Party
    seal_number: str
    operation_id: str
    now: datetime
    by: str
    confirmed_by: str
    marks: tuple[str, ...] = ()  # of the second signature, for the events


@dataclass(frozen=True, slots=True)
class OpenBag:
    """A bag is opened where it was bound for: is its seal whole, which envelopes were in it; `confirmed_by` watched."""

    bag_code: str
    here: Party
    found: tuple[str, ...]
    seal_whole: bool
    operation_id: str
    now: datetime
    by: str
    confirmed_by: str
    note: str = ""
    marks: tuple[str, ...] = ()  # of the second signature, for the events


@dataclass(frozen=True, slots=True)
class CountPapers:
    """The desk breaks the seal and counts against the signed list; `confirmed_by` is the post's side, who watched."""

    parcel_code: str
    counts: Mapping[int, int]  # paper line → counted
    desk_id: int
    dossier_code: str | None
    due_on: date | None
    operation_id: str
    now: datetime
    by: str
    confirmed_by: str = ""
    marks: tuple[str, ...] = ()  # of the second signature
    recounted: bool = False  # what differs was named, counted once more, and differs still


@dataclass(frozen=True, slots=True)
class PackTransfer:
    """Papers are packed again for the desk that decides; `counts`: line → count, of papers that no envelope brought."""

    transfer_id: UUID
    desk_id: int
    seal_number: str
    operation_id: str
    now: datetime
    by: str
    parcel_code: str | None = None
    counts: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SaveRound:
    """A van's timetable as a coordinator typed it; `round_id` None: a new one."""

    round_id: int | None
    code: str
    name: str
    timetable: Timetable
    active: bool
    by: str
    now: datetime


@dataclass(frozen=True, slots=True)
class ResultReady:
    """The desk packs and seals a result for the post."""

    dossier: str  # dossier code, or the parcel code it came in
    title: str
    seal_number: str
    desk_id: int
    operation_id: str
    now: datetime
    by: str
    parcel_code: str | None = None


@dataclass(frozen=True, slots=True)
class DeliverResult:
    errand_id: UUID
    receiver_name: str
    receiver_relation: str  # self | family | authorised
    id_kind: str
    id_last4: str
    code: str | None
    seal_whole: bool
    courier_id: int | None  # None: given at the counter of `office_id`
    operation_id: str
    occurred_at: datetime
    now: datetime
    by: str
    fix: tuple[float, float] | None = None
    office_id: int | None = None
    parcels: tuple[str, ...] = ()  # as scanned at the door; none named: all of the errand
    receiver_role: str = ""  # of who receives for an organisation: "kế toán"
    code_tries: int = 0  # how many the phone put to its check of two digits
    phone: FromPhone | None = None


@dataclass(frozen=True, slots=True)
class RecordFailure:
    errand_id: UUID
    outcome: str
    evidence: Mapping[str, str]
    courier_id: int
    operation_id: str
    occurred_at: datetime
    now: datetime
    by: str
    fix: tuple[float, float] | None = None
    counted: bool = True  # False: the clock can't be trusted with a legal interval, so it is no invitation
    phone: FromPhone | None = None


@dataclass(frozen=True, slots=True)
class AskForPlan:
    day: date
    by: str
    now: datetime
    office_ids: tuple[int, ...] = ()
    assignment: str = "home"
    engine: str = "auto"
    seconds: int = 40  # of CPU, for a province
    seed: int = 0
    publish: bool = False
    balance_s: int | None = None  # by how much the working days of an office's couriers may differ


@dataclass(frozen=True, slots=True)
class InsertToday:
    """Put errands into the routes in force of their office today; `polish`: others may move where that pays."""

    office_id: int
    errand_ids: tuple[UUID, ...]
    by: str
    now: datetime
    polish: bool = False


@dataclass(frozen=True, slots=True)
class HandOnRoute:
    """A courier can't go on: the doors left on the route go to the others of the office."""

    route_id: int
    by: str
    now: datetime


@dataclass(frozen=True, slots=True)
class PublishPlan:
    plan_id: int
    by: str
    now: datetime
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class EditShift:
    courier_id: int
    day: date
    works: bool
    by: str
    now: datetime
    starts: str = "07:00"
    ends: str = "17:00"
    vehicle: str | None = None  # the code of a kind; None: as it is, the courier's own on a new day
    trips: int | None = None  # how often the bag is filled; None: as it is
    reload_min: int | None = None  # at the office between two trips; None: as it is


@dataclass(frozen=True, slots=True)
class SignInByClaims:
    """Somebody whom the province's sign-in has proved; `role` None: none of ours is among those it names."""

    identity: str  # "issuer|subject"
    name: str
    role: Role | None
    desk: str | None  # codes
    office: str | None
    now: datetime
