"""Somebody who types a name and a password, all three steps in the test's session."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.models import StaffAccount
from app.services.staff import passwords, sign_in
from app.services.staff.sign_in import SignInAttempt
from tests.factories.times import KEYS, NOW


def sign_in_staff(
    session: Session, username: str, password: str, now: datetime = NOW, address: str = "192.0.2.1", browser: str = ""
) -> StaffAccount | DomainError:
    attempt = SignInAttempt(username, password, address, now, browser or None)
    try:
        who = sign_in.look(session, attempt, KEYS)
    except DomainError as refusal:
        return refusal
    right = passwords.matches(who.password_hash, password, known=who.known)
    return sign_in.settle(session, attempt, who, right=right)
