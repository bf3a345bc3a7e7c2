"""What an operation's payload says, by kind: the frozen facts that schemas make of an opened box."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from app.domain.amendment import AmendableField
from app.domain.cash import Cash
from app.domain.commands import PaperTicked
from app.domain.custody import Party
from app.domain.operation import FileKind, OperationKind, Posted
from app.domain.tariff import ChargeKind


@dataclass(frozen=True, slots=True)
class Fix:
    """Where the phone was, in whole numbers: millionths of a degree, metres, seconds since it was measured."""

    lon_e6: int
    lat_e6: int
    accuracy_m: int
    age_s: int

    @property
    def position(self) -> tuple[float, float]:
        return self.lon_e6 / 1_000_000, self.lat_e6 / 1_000_000


@dataclass(frozen=True, slots=True)
class FileGiven:
    kind: FileKind
    sha256: str


@dataclass(frozen=True, slots=True)
class ReceiptGiven:
    """Money taken at the door: a number of the phone's block, its parts in đồng."""

    number: str
    parts: tuple[tuple[ChargeKind, int], ...]
    official: str | None = None  # the number of the state's own receipt, where one was given


@dataclass(frozen=True, slots=True, kw_only=True)
class ActPayload:
    """What every payload holds besides its own facts."""

    fix: Fix | None = None
    files: tuple[FileGiven, ...] = ()

    def shown(self) -> frozenset[FileKind]:
        return frozenset(file.kind for file in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted(ActPayload):
    route_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded(ActPayload):
    route_id: int
    bag: tuple[str, ...]
    cash: int
    purses: Cash | None = None  # an app of before tells the sum alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected(ActPayload):
    dossier_id: UUID
    procedure_version: str  # "code@version", as the phone showed it
    cases: tuple[str, ...]
    papers: Mapping[int, PaperTicked]
    in_part: bool
    label: str
    seal: str
    slips_signed: bool
    thumbprint: bool
    read_aloud: bool = False  # slip and consent, to who cannot read; earlier apps do not tell
    witness: str | None
    receipt: ReceiptGiven | None
    signed_with: UUID | None = None  # the act before at this door, whose signature stands for this one, too


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered(ActPayload):
    receiver_name: str
    receiver_relation: str
    receiver_role: str = ""  # of who receives for an organisation; earlier apps name nobody
    id_kind: str
    id_last4: str
    code: str | None
    code_tries: int = 0  # how many codes the phone put to its check of two digits; earlier apps do not tell
    seal_whole: bool
    parcels: tuple[str, ...]
    scanned: bool  # each of them, at the door
    thumbprint: bool
    read_aloud: bool = False  # slip and consent, to who cannot read; earlier apps do not tell
    witness: str | None
    receipt: ReceiptGiven | None
    signed_with: UUID | None = None  # as above


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDone(ActPayload):
    outcome: str
    evidence: Mapping[str, str]
    calls: tuple[datetime, ...]  # by the phone's clock
    consent: bool


class WhomCalled(StrEnum):
    """Which of the errand's telephones: the number itself is said nowhere."""

    APPLICANT = "applicant"
    HELPER = "helper"


@dataclass(frozen=True, slots=True, kw_only=True)
class Called(ActPayload):
    whom: WhomCalled


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver(ActPayload):
    parcels: tuple[str, ...]
    giver: Party
    taker: Party
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StopAdded(ActPayload):
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reordered(ActPayload):
    route_id: int
    stops: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PinCorrected(ActPayload):
    place_id: UUID
    lon_e6: int
    lat_e6: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentSeen(ActPayload):
    incident: str
    parcel: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended(ActPayload):
    amends: UUID  # an earlier operation
    why: str
    changes: Mapping[AmendableField, str]


PHYSICAL = frozenset(
    {
        OperationKind.COLLECTED,
        OperationKind.DELIVERED,
        OperationKind.NOT_DONE,
        OperationKind.HANDED_OVER,
        OperationKind.INCIDENT,
        OperationKind.AMENDED,
    }
)
"""What happened at a door or a counter cannot be refused, only looked at."""


class OperationReader(Protocol):
    """Reads JSON of the wire. Raises `operation_malformed` with `faults`: [(field, sentence)]."""

    def header(self, raw: object, device_id: UUID) -> Posted: ...

    def payload(self, kind: OperationKind, plain: bytes) -> ActPayload: ...
