"""What an agency's software tells us, as frozen commands. `desk_id`: the desk that the key speaks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.domain.commands import ApplicantGiven, PlaceGiven
from app.domain.identity import Channel
from app.domain.pickup import PickupWish
from app.domain.tongue import Tongue
from app.domain.wording import Tidy


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose key it is, when it called, and the name it gave its call (`Idempotency-Key`)."""

    partner_id: int
    desk_id: int
    now: datetime
    key: str = ""

    @property
    def by(self) -> str:
        return f"partner:{self.partner_id}"

    @property
    def binding(self) -> bool:
        """Has what it tells happened, whatever a rule of ours says of it?"""
        return False


@dataclass(frozen=True, slots=True)
class DossierTold:
    """`POST /api/v1/dossiers`: a dossier of the desk, and what the citizen wishes of the post."""

    code: str
    procedure_code: str
    cases: tuple[str, ...]
    state: int
    sub_state: int | None
    channel: str  # KenhThucHien
    return_form: str  # HinhThuc
    received_at: datetime
    due_on: date | None
    competent_desk: str | None  # a desk's code; None: the desk of the key
    applicant: ApplicantGiven
    place: PlaceGiven | None
    wish: PickupWish | None
    language: str
    tongue: Tongue | None  # spoken at home; kept with the consent alone
    reach: Channel
    consent: bool


@dataclass(frozen=True, slots=True)
class StateTold:
    """`POST /api/v1/dossiers/{code}/states`; `at`: when it happened there."""

    code: str
    state: int
    sub_state: int | None
    at: datetime
    due_on: date | None


@dataclass(frozen=True, slots=True)
class ResultTold:
    """`POST /api/v1/results`; with a seal number its envelope is packed."""

    dossier_code: str
    title: Tidy
    at: datetime
    seal_number: str | None
    parcel_code: str | None


@dataclass(frozen=True, slots=True)
class DeskAnswer:
    """What a clerk says on the desk's screen: the dossier is refused, or `lines` of the published list are wanted too.

    `reason` and `legal_basis` are told to the citizen.
    """

    dossier_id: UUID
    desk_id: int
    reason: Tidy
    legal_basis: Tidy
    by: str
    now: datetime
    lines: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class AskRefusal:
    """`POST /api/v1/refusals`: `reason` is told to the citizen; `officer` decided."""

    dossier_code: str
    reason: Tidy
    officer: Tidy
    caller: Caller
