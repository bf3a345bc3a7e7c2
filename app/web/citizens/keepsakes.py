"""What a citizen takes along: the visit for a calendar, the request as a sheet with a QR, the signed list of an envelope, a picture.

A link may lie in many hands, so it gives the sheets that name nobody; list and pictures ask for the telephone first.
"""

from __future__ import annotations

from uuid import UUID

from flask import Response
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.errors import DomainError
from app.domain.parcel import ParcelPurpose
from app.models import ServiceRequest
from app.queries.tracking import payments, requests
from app.services.documents import calendar_entry, money_confirmation, request_sheet, slip
from app.services.evidence import viewing
from app.web.auth import citizen, current_citizen_phone, public
from app.web.citizens import tracked
from app.web.citizens.blueprint import bp
from app.web.citizens.tracking import secret_address
from app.web.files import sent
from app.web.limits import links, looks
from app.web.pdf import pdf
from app.web.session import language, now, settings, transaction

SIGNED = frozenset({ParcelPurpose.DOSSIER, ParcelPurpose.SUPPLEMENT, ParcelPurpose.PAPERS_DUE})
"""Envelopes that are closed at the door: their list is signed there."""


@bp.get("/theo-doi/<token>/lich-hen/<uuid:errand_id>")
@public
@links
@secret_address
def calendar_file(token: str, errand_id: UUID) -> ResponseReturnValue:
    with transaction() as session:
        row = requests.by_token(session, token, now())
        promised = [one for one in requests.errands_of(session, row) if one.state in tracked.PROMISED]
        errand = next((one for one in promised if one.id == errand_id), None)
        if errand is None:
            raise DomainError("not_found", kind="not_found")
        entry = calendar_entry.render(errand, now(), language())
    name = f'attachment; filename="{row.reference}.ics"'
    return Response(entry, mimetype="text/calendar", headers={"Content-Disposition": name})


@bp.get("/theo-doi/<token>/phieu-yeu-cau.pdf")
@public
@links
@looks
@secret_address
def request_sheet_file(token: str) -> ResponseReturnValue:
    with transaction() as session:
        row = requests.by_token(session, token, now())
        visits = [one for one in requests.errands_of(session, row) if one.state in tracked.AHEAD]
        day, prices = local_day(now()), tracked.prices(session, row)
        sheet = request_sheet.render(row, visits, prices, settings().base_url, day, language())
    return pdf(sheet, row.reference)


@bp.get("/theo-doi/<token>/xac-nhan-thu-tien/<path:number>")
@public
@links
@looks
@secret_address
def money_confirmation_file(token: str, number: str) -> ResponseReturnValue:
    """Of a payment at the door or over the bank. `number` as on the page: a second use of one has a stroke in it."""
    with transaction() as session:
        return _confirmation(session, requests.by_token(session, token, now()), number)


@bp.get("/yeu-cau/<reference>/xac-nhan-thu-tien/<path:number>")
@citizen
@looks
def my_money_confirmation_file(reference: str, number: str) -> ResponseReturnValue:
    """The same for whoever signs in with the telephone of the request: the link runs out, accounts are kept longer."""
    with transaction() as session:
        row = requests.by_phone_and_code(session, current_citizen_phone(), reference)
        return _confirmation(session, row, number)


def _confirmation(session: Session, row: ServiceRequest, number: str) -> ResponseReturnValue:
    payment = next((one for one in payments.payments_of(session, row) if one.number == number), None)
    if payment is None:
        raise DomainError("not_found", kind="not_found")
    sheet = money_confirmation.render(row, payment, local_day(now()), language())
    return pdf(sheet, f"xac-nhan-{number.replace('/', '-')}")


@bp.get("/yeu-cau/<reference>/anh/<sha256>")
@citizen
@looks
def picture_file(reference: str, sha256: str) -> ResponseReturnValue:
    """What the courier photographed at this door; the look is written down before a byte goes out."""
    with transaction() as session:
        row = requests.by_phone_and_code(session, current_citizen_phone(), reference)
        errand_ids = [errand.id for errand in requests.errands_of(session, row)]
        found = viewing.look_as_citizen(session, sha256, errand_ids, f"citizen:{row.id}", now())
    return sent(found)


@bp.get("/yeu-cau/<reference>/phieu-gui/<parcel_code>")
@citizen
@looks
def signed_list_file(reference: str, parcel_code: str) -> ResponseReturnValue:
    with transaction() as session:
        row = requests.by_phone_and_code(session, current_citizen_phone(), reference)
        parcel = next((one for one in requests.parcels_of(session, row) if one.code == parcel_code), None)
        if parcel is None or parcel.purpose not in SIGNED:
            raise DomainError("not_found", kind="not_found")
        return pdf(slip.render(session, parcel, settings().base_url, language()), f"phieu-gui-{parcel.code}")
