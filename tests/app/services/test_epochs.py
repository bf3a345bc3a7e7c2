"""A database that came back from a copy: whoever was let in there may have been shut out since."""

from __future__ import annotations

from sqlalchemy import func, select

from app.models import SignInSession
from app.services import installation
from app.services.staff import devices, sessions
from app.services.staff.sessions import SignInPlace
from app.unit_of_work import UnitOfWork
from tests.factories import KEYS, NOW, make_courier
from tests.factories.phone import UPLOAD, make_device


def test_everybody_signs_in_anew_and_phones_still_bring_home_what_they_hold(session: UnitOfWork) -> None:
    sessions.begin_citizen(session, "0900000045", SignInPlace("Chrome", NOW), KEYS)
    device = make_device(session, make_courier(session))
    before = device.upload_hash
    installation.begin_epoch(session, NOW)
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(SignInSession)) == 0
    assert device.access_hash is None
    assert device.upload_hash == before
    assert devices.by_access(session, UPLOAD, NOW) is None
