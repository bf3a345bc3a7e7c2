"""Where the signed-in person stands: a desk, or a post office's counter; and the other side's signature."""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.custody import Holder, Party
from app.domain.errors import DomainError
from app.models import Courier, Errand, StaffAccount
from app.services.desks.confirmations import side_of_account
from app.services.staff import access
from app.web.auth import current_staff
from app.web.errors import by_field
from app.web.session import now, transaction

desk_bp = Blueprint("desks", __name__, url_prefix="/mot-cua")
counter_bp = Blueprint("counter", __name__, url_prefix="/buu-cuc")

# what the services call a field, and what it is called on these forms
FIELDS: Mapping[str, str] = {
    "parcel_codes": "codes",
    "parcel_code": "",
    "bag_code": "",
    "confirmed_by": "other_name",
    "giver": "direction",
    "taker": "direction",
}


def own_desk() -> int:
    """Raise `account_without_desk` for an account that belongs to none (an administrator)."""
    desk_id = current_staff().desk_id
    if desk_id is None:
        raise DomainError("account_without_desk", kind="forbidden")
    return desk_id


def own_office() -> int:
    """Raise `account_without_office` for an account that belongs to none."""
    office_id = current_staff().office_id
    if office_id is None:
        raise DomainError("account_without_office", kind="forbidden")
    return office_id


def own_errand(session: Session, errand_id: UUID) -> Errand:
    """An errand that this account's office serves. Raises `not_found`."""
    errand = session.get(Errand, errand_id)
    if errand is None or errand.office_id != own_office():
        raise DomainError("not_found", kind="not_found")
    return errand


def here() -> Party:
    """The holder for which the signed-in person answers."""
    account = current_staff()
    if account.desk_id is not None:
        return Party(Holder.DESK, str(account.desk_id))
    return Party(Holder.OFFICE_SAFE, str(own_office()))


def couriers_here(session: Session) -> list[Party]:
    """The couriers of the own office; none at a desk."""
    office_id = current_staff().office_id
    mine = select(Courier.id).where(Courier.office_id == office_id).order_by(Courier.id)
    return [] if office_id is None else [Party(Holder.COURIER, str(number)) for number in session.scalars(mine)]


def scanned_codes() -> tuple[str, ...]:
    """Codes as scanned: a line each, or with blanks and commas between; each once."""
    typed = re.split(r"[\s,;]+", request.form.get("codes", "").upper())
    return tuple(dict.fromkeys(code for code in typed if code))


def other_side() -> StaffAccount:
    """Who signs for the other side on this screen: a name and a password of their own.

    In a transaction of its own, since a wrong password is counted even when nothing else happens.
    Raises the refusals of `sign_in_staff`, at the fields of this form.
    """
    with transaction() as session:
        found = access.sign_in_staff(
            session, request.form.get("other_name", "")[:200], request.form.get("other_password", "")[:200], now()
        )
    if isinstance(found, DomainError):
        found.field = "other_password"
        raise found
    return found


def party_of(session: Session, account: StaffAccount) -> Party:
    """For which holder the other side signs: a courier's bag, an office's safe, a desk.

    Raises `other_side_holds_nothing`.
    """
    party = side_of_account(session, account)
    if party is None:
        raise DomainError("other_side_holds_nothing", kind="invalid", field="other_name")
    return party


def errors_here(refusal: DomainError) -> dict[str, str]:
    """Field of this form → sentence."""
    return {FIELDS.get(field, field): sentence for field, sentence in by_field(refusal).items()}


def errors_of_scan(refusal: DomainError) -> dict[str, str]:
    """The same on a form where codes are scanned: a malformed one is corrected there."""
    return {field or "codes": sentence for field, sentence in errors_here(refusal).items()}
