"""Take in by hand what a phone still held: the package that the phone made, an answer an operation."""

from __future__ import annotations

import time
from collections.abc import Callable

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.models import Device
from app.schemas.operations import WireReader
from app.services.rescue import Package, Rescue, Rescued
from app.texts import say
from app.texts.phones import RESCUED
from app.web.auth import check_office, staff_actor
from app.web.coordinators.blueprint import bp, coordinating
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import keys, language, now, transaction

WITHIN_S = 10.0  # of one press of the button


def _clock_of(seconds: float) -> Callable[[], bool]:
    until = time.monotonic() + seconds
    return lambda: time.monotonic() < until


@bp.get("/cuu-ho")
@coordinating
def rescue_page() -> ResponseReturnValue:
    return _page({}, None)


@bp.post("/cuu-ho")
@coordinating
def rescue_action() -> ResponseReturnValue:
    file = request.files.get("file")
    if file is None or not file.filename:
        return _page({"file": _("Xin chọn tệp .zip do máy của bưu tá tạo ra.")}, None), 422
    try:
        with file.stream, transaction() as session:
            package = Package.open(file.stream)
            _check_offices(session, package)
            done = Rescue(session, WireReader(), keys(), now(), staff_actor(), _clock_of(WITHIN_S)).bring_home(package)
    except DomainError as refusal:
        return _page(by_field(refusal), None), 422
    return _page({}, done)


def _check_offices(session: Session, package: Package) -> None:
    """A manager brings home the phones of the own office; an unknown phone is refused by the service."""
    for device_id in package.operations:
        device = session.get(Device, device_id)
        if device is not None:
            check_office(device.courier.office_id)


def _page(errors: dict[str, str], done: Rescued | None) -> str:
    return render_template(
        "coordinators/rescue.html",
        errors=errors,
        done=done,
        result=lambda answer: say(RESCUED[answer["result"]], language()),
    )
