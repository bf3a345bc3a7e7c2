"""A promoted secret ends nobody's second factor: authenticators are written again, printed codes open until they are used."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import delete

from app.config import Settings, load_keys
from app.domain.identity import Role
from app.models import KnownSecret, SecondFactorCode
from app.services import rotation
from app.services.booking.rebooking import CARD_LIVES
from app.services.staff import second_factor
from app.unit_of_work import UnitOfWork
from tests.factories import NOW, make_staff

OLD, NEW = "o" * 40, "n" * 40


def of(secrets: str) -> Settings:
    return Settings(environment="test", secret_key=secrets, files_key=secrets, signing_key="s" * 40)


BEFORE, DURING, AFTER = (load_keys(of(secrets)) for secrets in (OLD, f"{OLD},*{NEW}", NEW))


def test_an_authenticator_opens_after_its_key_was_dropped(session: UnitOfWork) -> None:
    account, secret = make_staff(session, Role.COORDINATOR), second_factor.new_secret()
    app = pyotp.TOTP(secret)
    second_factor.enrol(session, account, secret, app.at(NOW), NOW, BEFORE)
    assert rotation.reclose_secrets(session, DURING) == 1
    assert rotation.reclose_secrets(session, DURING) == 0
    later = NOW + timedelta(minutes=5)
    assert second_factor.check(session, account, app.at(later), later, AFTER)


@pytest.mark.parametrize("kind", ["recovery", "card"])
def test_a_printed_code_opens_while_its_secret_is_in_the_list_and_keeps_it_there(
    session: UnitOfWork, kind: str
) -> None:
    account, secret = make_staff(session, Role.COORDINATOR), second_factor.new_secret()
    if kind == "card":
        codes = second_factor.print_card(session, account, NOW, BEFORE)
    else:
        codes = second_factor.enrol(session, account, secret, pyotp.TOTP(secret).at(NOW), NOW, BEFORE)
    promoted = NOW + timedelta(hours=1)
    session.add(KnownSecret(kind="web", fingerprint="0" * 16, seen_at=NOW, current=False, retired_at=promoted))
    session.flush()
    late = promoted + CARD_LIVES + timedelta(days=1)
    assert len(rotation.release(session, DURING, late, files_done=True)) == 1
    assert second_factor.check(session, account, codes[0], promoted, DURING)
    session.execute(delete(SecondFactorCode))
    assert rotation.release(session, DURING, late, files_done=True) == []
