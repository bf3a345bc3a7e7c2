"""A half-filled booking, sealed in a cookie of its tab for an hour: going back loses nothing, and the server keeps no stranger's
data (`app.web.tabs`).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, cast

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app.clock import local_day
from app.domain.commands import ApplicantGiven, BookVisit, DossierGiven, PlaceGiven, QuoteVisit
from app.domain.errand import ErrandKind, ProofKind, RequestKind
from app.domain.identity import ApplicantKind, Channel, PhoneNumber, PhoneProof, Role
from app.domain.tariff import Discount
from app.domain.tongue import Tongue
from app.domain.wording import UNSAID, Tidy
from app.models import Errand, StaffAccount
from app.web import signed_in, tabs
from app.web.auth import signed_in_staff
from app.web.i18n import gettext as _
from app.web.session import now

MOST_DOSSIERS = 8
DRAFT, BOOKED, PROMISED = "draft", "booked", "call_promised"  # what a tab keeps: one of them
ASSISTING = (Role.COUNTER, Role.OFFICE_MANAGER, Role.COURIER, Role.COORDINATOR)

# the pages in their order; several share one step of the progress line
PAGES = (
    "procedure", "cases", "dossiers", "commune", "address", "person", "contact", "helper", "code", "slot", "confirm",
)  # fmt: skip
STEP_OF: Mapping[str, int] = {
    "procedure": 1, "cases": 1, "dossiers": 1, "commune": 2, "address": 2, "person": 3, "contact": 3,
    "helper": 3, "code": 3, "slot": 4, "confirm": 5,
}  # fmt: skip


@dataclass(slots=True)
class DossierDraft:
    procedure: str
    cases: list[str] = field(default_factory=list)
    code: str = ""
    answered: bool = False
    owner_id_last4: str = ""  # for the exchange to compare, where one is joined

    def given(self) -> DossierGiven:
        return DossierGiven(self.procedure, tuple(self.cases), self.code or None, self.owner_id_last4 or None)


@dataclass(slots=True)
class Draft:
    kind: RequestKind = RequestKind.SEND
    token: str = ""
    dossiers: list[DossierDraft] = field(default_factory=list)
    typed: str = ""  # the commune as the citizen writes it
    unit: str = ""
    former: Tidy = UNSAID
    address: Tidy = UNSAID
    landmark: Tidy = UNSAID
    lon: float | None = None
    lat: float | None = None
    who: ApplicantKind = ApplicantKind.PERSON
    name: Tidy = UNSAID
    discount: Discount = Discount.NONE
    phone: PhoneNumber | None = None
    email: str | None = None
    channel: Channel = Channel.SMS
    spoken: str = ""  # language of messages
    tongue: Tongue | None = None  # spoken at home
    helper: Tidy = UNSAID
    helper_phone: PhoneNumber | None = None
    proved: PhoneNumber | None = None  # the number whose code was typed, or that was proved before
    phone_proof: PhoneProof = PhoneProof.NONE
    asked: PhoneNumber | None = None  # a code is on its way to it
    slot: int | None = None
    assisted: bool = False  # set by the staff's page alone; the cookie is sealed
    wish: int | None = None  # the call in which staff ask the questions
    slip: bool = True  # an assisted booking leaves its hand-over code on paper, unless a message is preferred

    @property
    def receives_only(self) -> bool:
        return self.kind is RequestKind.RECEIVE

    @property
    def steps(self) -> int:
        return 4 if self.receives_only else 5

    def step(self, page: str) -> int:
        return min(STEP_OF[page], self.steps)

    def done(self, page: str) -> bool:
        return {
            "procedure": bool(self.dossiers),
            "cases": all(dossier.answered for dossier in self.dossiers),
            "commune": bool(self.unit),
            "address": bool(self.address),
            "person": bool(self.name),
            "contact": bool(self.phone or self.channel in {Channel.HELPER, Channel.NONE}),
            "helper": self.channel is not Channel.HELPER or bool(self.helper and self.helper_phone),
            "code": self.reached is None or self.code_typed,
            "slot": self.receives_only or self.slot is not None,
        }.get(page, True)

    def first_open(self, before: str) -> str | None:
        """The first page ahead of `before` that still waits for an answer."""
        return next((page for page in PAGES[: PAGES.index(before)] if not self.done(page)), None)

    def after(self, page: str) -> str:
        """What needs no answer of this citizen is not shown: a number that is proved, a helper who is none."""
        passed = {
            "contact": self.is_known,
            "helper": self.channel is not Channel.HELPER,
            "code": self.done("code"),
            "slot": self.receives_only,
        }
        return next(one for one in PAGES[PAGES.index(page) + 1 :] if not passed.get(one))

    def before(self, page: str) -> str:
        """The page behind the link back."""
        passed = {
            "contact": self.is_known,
            "helper": self.channel is not Channel.HELPER,
            "code": True,
            "slot": self.receives_only,
        }
        return next(one for one in PAGES[PAGES.index(page) - 1 :: -1] if not passed.get(one))

    @property
    def reached(self) -> PhoneNumber | None:
        """Who is written to or called."""
        if self.channel is Channel.NONE:
            return None
        return self.helper_phone if self.channel is Channel.HELPER else self.phone

    @property
    def code_typed(self) -> bool:
        """Staff who ask the questions vouch themselves."""
        return self.assisted or self.reached == self.proved

    @property
    def is_known(self) -> bool:
        """Signed in or remembered: the number is not asked for."""
        known = self.phone_proof in {PhoneProof.REMEMBERED, PhoneProof.SIGNED_IN}
        return known and self.phone is not None and self.phone == self.proved

    @property
    def proof(self) -> ProofKind:
        on_paper = self.assisted and (self.slip or self.channel is Channel.NONE)
        return ProofKind.SLIP if on_paper else ProofKind.CODE

    def quote(self) -> QuoteVisit:
        dossiers = tuple(dossier.given() for dossier in self.dossiers)
        return QuoteVisit(self.kind, self.unit, dossiers, local_day(now()), self.discount)

    def visit(self, *, consent: bool, language: str, again: bool = False) -> BookVisit:
        staff = assistant() if self.assisted else None
        return BookVisit(
            kind=self.kind,
            applicant=ApplicantGiven(self.who, self.name, self.phone, email=self.email),
            place=PlaceGiven(
                self.unit,
                self.address,
                self.landmark,
                self.former,
                self.lon,
                self.lat,
                pin_confirmed=self.lon is not None,
            ),
            dossiers=tuple(dossier.given() for dossier in self.dossiers),
            slot_id=self.slot,
            channel=self.channel,
            language=self.spoken or language,
            consent=consent,
            now=now(),
            by=f"staff:{staff.id}" if staff else "citizen:web",
            staff_id=staff.id if staff else None,
            proof=self.proof,
            discount=self.discount,
            helper_name=self.helper or None,
            helper_phone=self.helper_phone,
            hold=self.token,
            external_ref=self.token,
            phone_proof=self.phone_proof if self.assisted or self.reached == self.proved else PhoneProof.NONE,
            tongue=self.tongue,
            again=again,
        )

    def save(self) -> None:
        tabs.keep({DRAFT: self.as_kept()})

    def as_kept(self) -> dict[str, Any]:
        """Only what differs from an empty form travels in the cookie."""
        empty = asdict(Draft())
        return {key: value for key, value in asdict(self).items() if value != empty[key]}


def _read(kept: Mapping[str, Any]) -> Draft:
    draft = Draft(**{**kept, "dossiers": [DossierDraft(**dossier) for dossier in kept.get("dossiers", ())]})
    draft.kind, draft.who = RequestKind(draft.kind), ApplicantKind(draft.who)
    draft.discount, draft.channel = Discount(draft.discount), Channel(draft.channel)
    draft.phone_proof = PhoneProof(draft.phone_proof)
    draft.tongue = Tongue(draft.tongue) if draft.tongue else None
    return draft


def kept_draft() -> Draft | None:
    kept = (tabs.read() or {}).get(DRAFT)
    return _read(cast("Mapping[str, Any]", kept)) if kept else None


def booked_here() -> str:
    """The link of what was booked in this tab; else empty."""
    return str((tabs.read() or {}).get(BOOKED, ""))


def note_booked(token: str) -> None:
    """Nothing of the form is left but the link of its request."""
    tabs.keep({BOOKED: token})


def call_promised_here() -> tuple[int, float] | None:
    """The office that calls whoever gave up the form of this tab, and by when; None: nobody is called."""
    promised = (tabs.read() or {}).get(PROMISED)
    return (int(promised[0]), float(promised[1])) if promised else None


def note_call_promised(office_id: int, due: float) -> None:
    """Nothing of the form is left, the number least of all."""
    tabs.keep({PROMISED: [office_id, due]})


def assistant() -> StaffAccount | None:
    """The signed-in account that may book for somebody else."""
    account = signed_in_staff()
    return account if account is not None and account.role in {*ASSISTING, Role.ADMIN} else None


def slip_errand(errands: Iterable[Errand]) -> Errand | None:
    """The delivery whose code is printed instead of sent."""
    slips = (one for one in errands if one.kind is ErrandKind.DELIVER and one.proof is ProofKind.SLIP)
    return next(slips, None)


def draft_for(page: str) -> Draft:
    """The draft, when everything ahead of this page is answered; else the browser is sent where an answer is missing."""
    draft = kept_draft()
    if draft is None:
        abort(redirect(_where_it_went()))
    if draft.assisted and assistant() is None and signed_in.begun_session() is not None:  # the screen is locked
        abort(redirect(url_for("staff.lock_page", tiep=request.full_path.rstrip("?"))))
    if draft.assisted and assistant() is None:
        forget()
        abort(redirect(url_for("staff.sign_in_page")))
    missing = draft.first_open(page)
    if missing:
        abort(redirect(url_for(f"citizens.{missing}_page")))
    return draft


def _where_it_went() -> str:
    """A tab whose form is gone says so: booked already, given up, or left for longer than an hour."""
    if booked_here():
        return url_for("citizens.booked_page")
    if tabs.here():
        flash(_("Phần đang điền ở trang này đã xong, đã bỏ, hoặc để quá lâu nên được xóa. Xin bắt đầu lại."), "wait")
    return url_for("citizens.start_booking")


def go_on(draft: Draft, page: str) -> Response:
    """Save and open the next page, or the summary when the citizen came from there to correct one answer."""
    draft.save()
    wanted = "confirm" if request.args.get("sua") and not draft.first_open("confirm") else draft.after(page)
    return redirect(url_for(f"citizens.{wanted}_page"), 303)


def forget() -> None:
    tabs.forget()


def start(kind: RequestKind, *, assisted: bool = False) -> Draft:
    """A form that is empty, in a tab of its own."""
    tabs.begin()
    draft = Draft(kind, secrets.token_urlsafe(12), assisted=assisted)
    draft.save()
    return draft
