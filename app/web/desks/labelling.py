"""Labels to stick on envelopes: sheets of fresh codes for the roll, and the labels of envelopes that have a code already."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.domain.parcel import parse_s10, split_codes
from app.domain.wording import whole_number
from app.models import Parcel
from app.services.desks import labels
from app.services.documents import label
from app.web.auth import staff_actor
from app.web.desks.blueprint import both_sides, find_own_parcel, here
from app.web.errors import by_field, status_of
from app.web.pdf import pdf
from app.web.session import now, transaction


@both_sides("GET", "/nhan")
def labels_page() -> ResponseReturnValue:
    return _page({})


@both_sides("POST", "/nhan/to-nhan.pdf")
def print_sheets_action() -> ResponseReturnValue:
    """The paper travels through all offices: its words are Vietnamese, whatever the page speaks."""
    try:
        with transaction() as session:
            sheets = whole_number(request.form.get("sheets", ""))
            codes = labels.print_sheets(session, sheets, here(), staff_actor(), now())
    except DomainError as refusal:
        return _page(by_field(refusal)), status_of(refusal)
    return pdf(label.render_sheets(codes), f"to-nhan-{codes[0]}")


@both_sides("POST", "/nhan/mot-nhan.pdf")
def print_label_action() -> ResponseReturnValue:
    """One label, or a label each of what has just been packed."""
    try:
        with transaction() as session:
            typed = split_codes(request.form.get("parcel_code", "")) or [""]
            parcels = [labels.print_again(session, _own(session, one), staff_actor(), now()) for one in typed]
            return pdf(label.render(session, parcels), f"nhan-{parcels[0].code}")
    except DomainError as refusal:
        return _page(by_field(refusal)), status_of(refusal)


def _own(session: Session, typed: str) -> Parcel:
    """Raises `parcel_code_malformed`, and `parcel_unknown` for the envelope of another place as for none at all."""
    code = parse_s10(typed)
    parcel = find_own_parcel(session, code)
    if parcel is None:
        raise DomainError("parcel_unknown", kind="not_found", field="parcel_code", parcel=code)
    return parcel


def _page(errors: dict[str, str]) -> str:
    given = {"sheets": "1"} | request.form.to_dict()
    return render_template(
        "desks/labels.html", given=given, a_sheet=labels.A_SHEET, most=labels.SHEETS_AT_ONCE, errors=errors
    )
