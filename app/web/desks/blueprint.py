"""Where the signed-in person stands: a desk, or a post office's counter; and the other side's signature."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Final, Literal, cast
from uuid import UUID

from flask import Blueprint, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.custody import Holder, Party
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.domain.parcel import split_codes
from app.models import Courier, Desk, Errand, Parcel, StaffAccount
from app.queries.desks import holdings
from app.queries.reference.units import office_beside
from app.services.desks.confirmations import side_of_account
from app.services.staff import resets
from app.web.auth import View, current_staff, staff
from app.web.coordinators.blueprint import bp as coordinators_bp
from app.web.coordinators.blueprint import coordinating
from app.web.errors import by_field
from app.web.password_check import check_own_password, check_password
from app.web.session import transaction, wall

desk_bp = Blueprint("desks", __name__, url_prefix="/mot-cua")
counter_bp = Blueprint("counter", __name__, url_prefix="/buu-cuc")


@dataclass(frozen=True, slots=True)
class Side:
    """From where a page is opened: the path it begins with, and who of them may."""

    blueprint: Blueprint
    rule: Callable[[View], View]

    def opened_to(self, *roles: Role) -> Side:
        """The same side, to fewer of its people."""
        return Side(self.blueprint, staff(*roles))


DESK: Final = Side(desk_bp, staff(Role.DESK_CLERK))  # /mot-cua…
COUNTER: Final = Side(counter_bp, staff(Role.COUNTER, Role.OFFICE_MANAGER))  # /buu-cuc…
COORDINATION: Final = Side(coordinators_bp, coordinating)  # /dieu-phoi…


def opened_from(method: Literal["GET", "POST"], path: str, *sides: Side) -> Callable[[View], View]:
    """One page under the same path and endpoint of several sides, each with its own access rule.

    Inside, `url_for(".bags_page")` stays on the side from which the page was opened.
    """

    def register(view: View) -> View:
        for side in sides:
            side.blueprint.add_url_rule(path, view.__name__, side.rule(_copy(view)), methods=[method])
        return view

    return register


def both_sides(method: Literal["GET", "POST"], path: str) -> Callable[[View], View]:
    """`/mot-cua<path>` to the desk's clerks and `/buu-cuc<path>` to the counter's people."""
    return opened_from(method, path, DESK, COUNTER)


def _copy(view: View) -> View:
    """A function of its own, since it bears the rule of one side."""

    @wraps(view)
    def opened(*args: object, **kwargs: object) -> object:
        return view(*args, **kwargs)

    return cast("View", opened)


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


def named(party: Party) -> str:
    """As a form names a holder: `courier:7`."""
    return f"{party.holder.value}:{party.id}"


def safe_beside(session: Session, desk: Desk) -> str | None:
    """None: no office looks after this desk yet; whom to hand to is then chosen on the page."""
    office = office_beside(session, desk)
    return named(Party(Holder.OFFICE_SAFE, str(office.id))) if office else None


def couriers_here(session: Session) -> list[Party]:
    """The couriers of the own office; none at a desk."""
    office_id = current_staff().office_id
    mine = select(Courier.id).where(Courier.office_id == office_id).order_by(Courier.id)
    return [] if office_id is None else [Party(Holder.COURIER, str(number)) for number in session.scalars(mine)]


def find_own_parcel(session: Session, code: str) -> Parcel | None:
    """The envelope with this code, if it passed through here or through a courier of here; others are nobody's business."""
    for party in (here(), *couriers_here(session)):
        parcel = holdings.known_to(session, party, code)
        if parcel is not None:
            return parcel
    return None


def scanned_codes() -> tuple[str, ...]:
    """Codes as scanned: a line each, or with blanks and commas between; each once."""
    return tuple(dict.fromkeys(split_codes(request.form.get("codes", ""))))


def other_side() -> StaffAccount:
    """Who signs for the other side on this screen: a name and a password of their own.

    In transactions of its own, since a wrong password is counted even when nothing else happens.
    Raises the refusals of `check_password`, at the fields of this form.
    """
    try:
        found = check_password(request.form.get("other_name", ""), request.form.get("other_password", ""))
    except DomainError as refusal:
        found = refusal
    if isinstance(found, DomainError):
        found.field = "other_password"
        raise found
    check_own_password(found)
    with transaction() as session:
        resets.check_apart(session, current_staff().id, found.id, wall())
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
