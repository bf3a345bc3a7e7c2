"""One operation while it is applied: who tells it, when it happened, and what a person will have to look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from app.clock import local_day
from app.config import Keys
from app.domain.acts import ActPayload, Collected, Delivered
from app.domain.custody import Act, EventKind, Holder, Party
from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.domain.from_phone import FromPhone
from app.domain.operation import Header, OperationKind
from app.domain.signing import UNSIGNED
from app.models import Claim, Device, Errand, FileUse, Operation
from app.services.custody import chains, unknown_scans
from app.services.custody.standing import ActOfPhone, StandingFacts
from app.services.sync.known import PictureShown
from app.unit_of_work import UnitOfWork

STANDS: Final = frozenset(
    {
        "amended_late",
        "amended_outcome",
        "code_not_confirmed",
        "code_tried_often",
        "envelope_not_scanned",
        "receiver_not_named",
        "receiver_unnamed",
        "slot_gone",
        UNSIGNED,
    }
)
"""Reviews that change nothing about the operation: it is applied, and somebody looks at it besides."""

REVIEW_OF: Final[Mapping[str, str]] = {
    "dossier_already_collected": "already_collected",
    "nothing_to_collect": "already_collected",
    "parcel_code_used": "label_used",
    "parcel_code_malformed": "label_used",
    "seal_used": "seal_used",
    "already_sealed": "seal_used",
    "seal_number_malformed": "seal_used",
    "parcel_unknown": "parcel_unknown",
    "parcels_left": "parcels_left",
    "parcel_of_other_errand": "wrong_envelope",
    "not_the_holder": "not_the_holder",
    "handover_refused": "not_the_holder",
    "handover_to_oneself": "not_the_holder",
    "papers_due_first": "papers_due_not_collected",
    "receiver_missing": "proof_missing",
    "receiver_unnamed": "receiver_unnamed",
    "relation_unknown": "proof_missing",
    "id_needed": "proof_missing",
    "seal_not_whole": "proof_missing",
    "evidence_missing": "evidence_missing",
    "outcome_unknown": "evidence_missing",
    "not_found": "not_your_errand",
    "dossier_not_of_errand": "not_your_errand",
    "not_your_route": "plan_changed",
    "nothing_to_deliver": "plan_changed",
    "route_not_published": "plan_changed",
    "route_other_day": "plan_changed",
    "run_unfinished": "run_unfinished",
    "pin_too_far": "pin_too_far",
}
DONE_ALREADY: Final = {
    OperationKind.COLLECTED: "already_collected",
    OperationKind.DELIVERED: "already_delivered",
}


@dataclass(frozen=True, slots=True)
class Review:
    """What a person has to look at; `params` fill the courier's sentence."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class OperationContext:
    work: UnitOfWork
    device: Device
    header: Header
    occurred_at: datetime  # by our clock
    steady: bool  # the clock can be trusted with a legal interval
    now: datetime
    keys: Keys
    facts: StandingFacts
    ended: bool  # told of a time after the phone was signed out, as far as anybody can know
    planned: Mapping[UUID, Sequence[tuple[int, date]]]  # errand → couriers and days of the plans in force
    taken: Mapping[UUID, Operation]  # of this batch, so far
    told: Mapping[UUID, ActPayload] = field(default_factory=dict)  # what the operations of this batch say
    reviews: list[Review] = field(default_factory=list)
    parcel: str | None = None
    errand: Errand | None = None
    late: bool = False  # the strict form has refused it: write it down as a fact, and say what was wrong
    uses: list[FileUse] = field(default_factory=list)  # what its files prove
    paid: list[dict[str, Any]] = field(default_factory=list)  # charges that its receipt pays
    claims: list[Claim] = field(default_factory=list)  # what of it its teller has no standing for
    confirmed_by: str = ""  # the person who has confirmed the claim: it is written with both names
    receipts: Callable[[], Sequence[tuple[int, int]]] = tuple  # numbers set aside for this phone
    shown: Callable[[str], Sequence[PictureShown]] = lambda _: ()  # which acts have shown a picture before
    unproved: bool = False  # the phone's signature is missing or wrong: nobody's word, so all of it is claimed
    carrier: str | None = None  # who fed it in, where no signature says that it is the courier's own

    @property
    def courier_id(self) -> int:
        return self.device.courier_id

    @property
    def office_id(self) -> int:
        return self.device.courier.office_id

    @property
    def by(self) -> str:
        told = self.carrier or f"courier:{self.courier_id}"
        return f"{told}+{self.confirmed_by}" if self.confirmed_by else told

    @cached_property
    def teller(self) -> ActOfPhone:
        return ActOfPhone(self.facts, self.header.seq, self.occurred_at, self.ended or self.unproved)

    def foreign_codes(self) -> set[str]:
        """Of other offices, told without standing within the hour, this act's among them."""
        mine = {claim.code for claim in self.claims if claim.elsewhere and claim.parcel_id is not None}
        return self.facts.told_of(self.now) | mine

    @property
    def me(self) -> Party:
        return Party(Holder.COURIER, str(self.courier_id))

    @property
    def operation_id(self) -> str:
        return str(self.header.op_id)

    @property
    def errand_id(self) -> UUID:
        """Of kinds that happen at a door. Raises `operation_malformed` for an operation without one."""
        if self.header.errand_id is None:
            raise DomainError("operation_malformed", kind="invalid", faults=[("errand_id", "")])
        return self.header.errand_id

    def look(self, code: str, **params: Any) -> None:
        """Ask for a person, once a code."""
        if all(review.code != code for review in self.reviews):
            self.reviews.append(Review(code, params))

    def look_at(self, refused: Sequence[DomainError]) -> None:
        for refusal in refused:
            self.look(self._review_of(refusal), **refusal.params)

    def _review_of(self, refusal: DomainError) -> str:
        if refusal.code == "errand_step_refused":
            return self._closed(refusal.params.get("current"))
        return REVIEW_OF.get(refusal.code, "papers_differ")

    def _closed(self, state: object) -> str:
        if state is ErrandState.CANCELLED:
            return "errand_cancelled"
        if state is ErrandState.REQUESTED:
            return "errand_moved"
        return DONE_ALREADY.get(self.header.kind, "already_closed") if state is ErrandState.DONE else "already_closed"

    def phone(self, said: ActPayload) -> FromPhone:
        files = {file.kind.value: file.sha256 for file in said.files}
        here = FromPhone(str(self.device.id), self.header.seq, files)
        if not isinstance(said, Collected | Delivered):
            return here
        signed = {name: getattr(said, name) for name in ("thumbprint", "witness", "read_aloud", "signed_with")}
        return replace(here, **signed)

    def act(self, kind: EventKind, giver: Party, taker: Party) -> Act:
        return Act(
            kind,
            giver,
            taker,
            occurred_at=self.occurred_at,
            now=self.now,
            by=self.by,
            operation_id=self.operation_id,
            device=str(self.device.id),
            seq=self.header.seq,
            late=True,
        )

    def scanned(self, codes: Sequence[str], act: Act) -> None:
        """A scan is a physical fact: into the chain of each envelope, or kept until somebody knows it."""
        locked, unknown = chains.lock_known(self.work, codes)
        for chain in locked:
            self.look_at(chains.record(self.work, chain, act))
        for code in unknown:
            self.stray(code, act)

    def stray(self, code: str, act: Act) -> None:
        unknown_scans.keep(self.work, code, act, self.office_id, ended=self.ended)
        self.look("parcel_unknown", parcel=code)

    def check_planned(self, errand: Errand) -> None:
        """Is this door this courier's today? It stands however it is; a person looks when not."""
        day = local_day(self.occurred_at)
        planned = self.planned.get(errand.id, ())
        if (self.courier_id, day) in planned:
            return
        moved = bool(planned) or (errand.slot is not None and errand.slot.day != day)
        self.look("errand_moved" if moved and errand.office_id == self.office_id else "not_your_errand")
