"""The second signature by a second hand: asked for on a screen, given by a phone's own key, an own session, or (marked) a password.

What is asked is tried out first, so that whoever signs signs something that can be carried out; it is carried out with the
signature, in one transaction, once.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.countersigning import (
    ANSWERS,
    LIVES,
    MOST_CODES,
    SignedBy,
    SigningAct,
    countersign_text,
    heads_digest,
)
from app.domain.custody import Holder, Party, canonical_time, digest
from app.domain.errors import DomainError
from app.models import Countersignature, Device, Parcel, SigningInvitation, StaffAccount
from app.queries.custody.apart import reset_lately
from app.queries.custody.one_person import stands_alone
from app.queries.custody.parties import names_of
from app.queries.custody.phone_keys import load_key, signed_text
from app.services.desks.confirmations import side_of_account, sides_of_account
from app.services.desks.signed_acts import ACTS, TRIED_OUT, Done, Form, TwoSides, perform
from app.unit_of_work import UnitOfWork

PHONE_GONE: Final = "countersign_phone"


@dataclass(frozen=True, slots=True)
class Asked:
    """One side has counted; `other` None: anybody who belongs to the place may watch."""

    act: SigningAct
    form: Form
    here: Party
    other: Party | None
    by: str
    now: datetime


@dataclass(frozen=True, slots=True)
class SecondHand:
    """Who signs, for which holder, by which hand."""

    by: str
    side: Party
    account_id: int | None
    signed_by: SignedBy
    device_id: UUID | None = None
    signature: bytes | None = None


def invite(work: UnitOfWork, asked: Asked) -> SigningInvitation:
    """Raises what the act itself would raise: nobody is asked to sign what can't be done."""
    _try_out(work, asked)
    number = secrets.token_hex(8)
    invitation = SigningInvitation(
        id=number,
        act=asked.act,
        holder=asked.here.holder,
        holder_id=asked.here.id,
        other_holder=asked.other.holder if asked.other else None,
        other_id=asked.other.id if asked.other else None,
        said=_said(work, asked, number),
        form=dict(asked.form),
        asked_by=asked.by,
        asked_at=asked.now,
        expires_at=asked.now + LIVES,
    )
    work.add(invitation)
    work.flush()
    return invitation


def _try_out(work: UnitOfWork, asked: Asked) -> None:
    """Carried out and taken back."""
    point = work.begin_nested()
    try:
        perform(work, asked.act, asked.form, TwoSides(asked.here, asked.by, asked.other, TRIED_OUT, asked.now))
    finally:
        point.rollback()


def _said(session: Session, asked: Asked, number: str) -> dict[str, Any]:
    act = ACTS[asked.act]
    codes = sorted(act.codes(session, asked.form))
    place = names_of(session, [asked.here])[asked.here]
    return {
        "id": number,
        "nonce": secrets.token_hex(12),
        "until": canonical_time(asked.now + LIVES),
        "act": asked.act.value,
        "place": [asked.here.holder.value, asked.here.id],
        "place_name": place,
        "other": [asked.other.holder.value, asked.other.id] if asked.other else None,
        "n": len(codes),
        "codes": codes[:MOST_CODES] if len(codes) <= MOST_CODES else [],
        "heads": _heads(session, codes),
        "operation": asked.form["operation"],
        **act.facts(asked.form),
    }


def _heads(session: Session, codes: list[str]) -> str:
    rows = session.execute(select(Parcel.code, Parcel.event_no, Parcel.head_hash).where(Parcel.code.in_(codes)))
    known = {row.code: (row.event_no, row.head_hash) for row in rows}
    return heads_digest([(code, *known.get(code, (0, ""))) for code in codes])


# -- answered


def answer_by_phone(work: UnitOfWork, device_id: UUID, number: str, signature: bytes, now: datetime) -> Done | None:
    """The courier's own phone has signed what the screen said. None: this phone has answered before.

    Raises `invitation_gone`, `countersign_phone` (signed out, or without a key), `countersign_unproved`, and what the act raises.
    """
    invitation = _locked(work, number)
    device = work.get(Device, device_id)
    if device is None or device.revoked_at is not None or device.key is None:
        raise DomainError(PHONE_GONE, kind="forbidden")
    key = load_key(device.key.public_key)
    if key is None or not signed_text(key, countersign_text(invitation.said, device_id), signature):
        raise DomainError("countersign_unproved", kind="forbidden")
    answer = SecondHand(
        by=f"courier:{device.courier_id}",
        side=Party(Holder.COURIER, str(device.courier_id)),
        account_id=device.courier.staff_account_id,
        signed_by=SignedBy.PHONE,
        device_id=device_id,
        signature=signature,
    )
    if invitation.answered_by == answer.by:
        return None
    return _carry_out(work, invitation, answer, now)


def answer_by_code(work: UnitOfWork, text: str, now: datetime) -> Done | None:
    """What a phone without a network shows, read by the camera or the scanner of the first side's machine."""
    number, device, signature = _read_answer(text)
    return answer_by_phone(work, device, number, signature, now)


def _read_answer(text: str) -> tuple[str, UUID, bytes]:
    """Raises `answer_malformed`."""
    try:
        number, device, signature = text.strip().removeprefix(ANSWERS.strip()).split()
        return number, UUID(device), base64.b64decode(signature, validate=True)
    except (ValueError, binascii.Error):
        raise DomainError("answer_malformed", kind="invalid", field="answer") from None


def answer_here(work: UnitOfWork, number: str, account: StaffAccount, now: datetime) -> Done:
    """Signed in on a machine of its own, the other side says yes. Raises as `answer_by_phone`, and `other_side_holds_nothing`."""
    invitation = _locked(work, number)
    return _carry_out(work, invitation, _of_account(work, account, SignedBy.SESSION, _asked_side(invitation)), now)


def sign_on_one_screen(work: UnitOfWork, asked: Asked, account: StaffAccount) -> Done:
    """The password was typed on the first side's keyboard: done at once, and marked as what it is."""
    answer = _of_account(work, account, SignedBy.PASSWORD, asked.other)
    if asked.other not in {None, answer.side}:
        raise DomainError("other_side_not_chosen", kind="invalid", field="confirmed_by")
    said = _said(work, replace(asked, other=answer.side), secrets.token_hex(8))
    return _perform(work, asked, said, answer)


def sign_alone(work: UnitOfWork, asked: Asked) -> Done:
    """Who is the whole office signs once, and it is marked.

    Raises `not_alone` for anybody else, anywhere else, and at an opening; `other_side_not_chosen` where somebody else's bag is
    the other side: then there are two.
    """
    alone = stands_alone(work, int(asked.by.partition(":")[2]))
    if alone is None or asked.here != Party(Holder.OFFICE_SAFE, str(alone.office_id)):
        raise DomainError("not_alone", kind="forbidden")
    side = Party(Holder.COURIER, str(alone.courier_id))
    if asked.other not in {None, side}:
        raise DomainError("other_side_not_chosen", kind="invalid", field="confirmed_by")
    said = _said(work, replace(asked, other=side), secrets.token_hex(8))
    return _perform(work, asked, said, SecondHand(f"courier:{alone.courier_id}", side, None, SignedBy.ONE_PERSON))


def _of_account(session: Session, account: StaffAccount, signed_by: SignedBy, asked: Party | None) -> SecondHand:
    """For the side that is asked, if the account answers for it."""
    side = asked if asked in sides_of_account(session, account) else side_of_account(session, account)
    if side is None:
        raise DomainError("other_side_holds_nothing", kind="invalid", field="confirmed_by")
    return SecondHand(f"staff:{account.id}", side, account.id, signed_by)


def _locked(work: UnitOfWork, number: str) -> SigningInvitation:
    """Before any envelope: two answers at once are one."""
    wanted = select(SigningInvitation).where(SigningInvitation.id == number).with_for_update()
    invitation = work.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if invitation is None:
        raise DomainError("invitation_gone", kind="gone")
    return invitation


def _carry_out(work: UnitOfWork, invitation: SigningInvitation, answer: SecondHand, now: datetime) -> Done:
    if invitation.answered_at is not None or now > invitation.expires_at:
        raise DomainError("invitation_gone", kind="gone")
    other = _asked_side(invitation)
    if other not in {None, answer.side}:
        raise DomainError("invitation_for_others", kind="forbidden")
    here = Party(invitation.holder, invitation.holder_id)
    asked = Asked(invitation.act, invitation.form, here, other, invitation.asked_by, now)
    codes = sorted(ACTS[asked.act].codes(work, asked.form))
    if _heads(work, codes) != invitation.said["heads"]:
        raise DomainError("invitation_overtaken")
    invitation.answered_at, invitation.answered_by = now, answer.by
    return _perform(work, asked, invitation.said, answer)


def _asked_side(invitation: SigningInvitation) -> Party | None:
    return Party(invitation.other_holder, invitation.other_id) if invitation.other_holder is not None else None


def _perform(work: UnitOfWork, asked: Asked, said: Mapping[str, Any], answer: SecondHand) -> Done:
    _check_apart(work, asked, answer)
    kept = Countersignature(
        signed_by=answer.signed_by,
        by=answer.by,
        holder=asked.here.holder,
        holder_id=asked.here.id,
        device_id=answer.device_id,
        said=dict(said),
        signature=answer.signature,
        at=asked.now,
    )
    kept.mark = digest(kept.fields())
    sides = TwoSides(asked.here, asked.by, answer.side, answer.by, asked.now, (kept.mark,), answer.signed_by)
    done = perform(work, asked.act, asked.form, sides)
    work.add(kept)
    work.flush()
    return done


def _check_apart(session: Session, asked: Asked, answer: SecondHand) -> None:
    """Two hands are two people: not one account twice, nor one who has just given the other a password."""
    asker = int(asked.by.partition(":")[2])
    if answer.account_id == asker:
        raise DomainError("confirmation_by_oneself", kind="invalid", field="confirmed_by")
    if answer.account_id is not None and reset_lately(session, asker, answer.account_id, asked.now):
        raise DomainError("reset_lately", kind="forbidden", field="confirmed_by")
