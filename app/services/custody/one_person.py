"""An office where one person is courier, counter and everything: between bag and safe one signature is enough, and is marked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.models import Courier, Office, OnePerson
from app.services import audit


def name_one_person(session: Session, courier_id: int, by: str, now: datetime) -> Office:
    """From now on this courier is the whole office, and whoever was is it no longer. Raises `not_found`."""
    courier = session.get(Courier, courier_id)
    if courier is None or not courier.active or courier.staff_account_id is None:
        raise DomainError("not_found", kind="not_found")
    office = _held(session, courier.office_id)
    if office.one_person is None or office.one_person.courier_id != courier.id:
        _end(session, office, now)
        session.add(OnePerson(office_id=office.id, courier_id=courier.id, since=now))
        office.one_person_since = now
        _written(session, office)
        audit.record(session, by, "office.one_person", "office", office.id, now, alone=True, courier=courier.id)
    return office


def end_one_person(session: Session, office_id: int, by: str, now: datetime) -> Office:
    """Two work there again; what was signed before stays as it was. Raises `not_found`."""
    office = _held(session, office_id)
    if office.one_person is not None:
        _end(session, office, now)
        office.one_person_since = None
        _written(session, office)
        audit.record(session, by, "office.one_person", "office", office.id, now, alone=False)
    return office


def _held(session: Session, office_id: int) -> Office:
    """Two who decide at once decide one after the other."""
    office = session.get(Office, office_id, with_for_update=True, populate_existing=True)
    if office is None:
        raise DomainError("not_found", kind="not_found")
    session.expire(office, ["one_person"])
    return office


def _end(session: Session, office: Office, now: datetime) -> None:
    if office.one_person is not None:
        office.one_person.until = now
        session.flush()  # before the next one: an office has one at a time


def _written(session: Session, office: Office) -> None:
    session.flush()
    session.expire(office, ["one_person"])
