"""A secret is a list: one is appended everywhere, then promoted. Nothing that was given out before stops working."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import session as cookie
from flask_wtf.csrf import generate_csrf, validate_csrf
from sqlalchemy.orm import Session

from app.clock import Clock
from app.config import SECRETS, Keys, SecretList, Settings, SettingsError, load_keys
from app.domain.errand import ErrandKind, ProofKind
from app.domain.errors import DomainError
from app.domain.identity import Role, parse_phone
from app.factory import create_app
from app.services.booking.rebooking import card_token, read_card
from app.services.evidence import sealed, vault
from app.services.messaging import handover_codes
from app.services.staff import access, resets, sessions, sign_in
from app.unit_of_work import UnitOfWork
from app.web.cookies import CookieSeal
from tests.factories import NOW, make_errand, make_staff
from tests.fakes.no_database import NoDatabase

SINGLE = Settings(secret_key="web one", signing_key="sign one", files_key="files one")
APPENDED = Settings(secret_key="web one,web two", signing_key="sign one,sign two", files_key="files one,files two")
PROMOTED = Settings(secret_key="web one,*web two", signing_key="sign one,*sign two", files_key="files one,*files two")
DROPPED = Settings(secret_key="web two", signing_key="sign two", files_key="files two")
OLD, BETWEEN, NEW, ALONE = (load_keys(settings) for settings in (SINGLE, APPENDED, PROMOTED, DROPPED))


def test_appending_changes_nothing_that_is_written_and_promoting_all_of_it() -> None:
    uses = ("web", "pepper", "signing", "phones", "files", "secrets")
    for use in uses:
        assert getattr(OLD, use) == getattr(BETWEEN, use)
        assert getattr(NEW, use) == getattr(ALONE, use) != getattr(OLD, use)
    assert len({NEW.pepper, NEW.signing, NEW.phones, NEW.files, NEW.secrets}) == 5  # each use has a key of its own


def test_a_list_lies_in_a_setting_or_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a,b\n*c\n")
    read = SecretList.read(f"file:{tmp_path}/keys", "TANNHA_SECRET_KEY")
    assert (read.values, read.current, read.newest, read.others) == (("a,b", "c"), "c", "c", ("a,b",))
    assert SecretList.read(read.text, "x").values == read.values
    assert SecretList.read("one, two,*three", "x").others == ("one", "two")
    for wrong in ("*one,*two", "one,*"):
        with pytest.raises(SettingsError, match="star"):
            SecretList.read(wrong, "TANNHA_SECRET_KEY")
    with pytest.raises(SettingsError, match=r"TANNHA_FILES_KEY.*nowhere"):
        SecretList.read(f"file:{tmp_path}/nowhere", "TANNHA_FILES_KEY")


@pytest.mark.parametrize("value", ["plain", "with space ", "with,comma", "*star", "ends\n"])
def test_what_one_value_opened_before_there_were_lists_still_opens(value: str, tmp_path: Path) -> None:
    place = SECRETS[2]
    before = SecretList((value,), value)
    now = SecretList.read(value, place.variable)
    assert value in (now.current, *now.others)
    if "," not in value:
        assert now == before


def rotated() -> list[Keys]:
    return [OLD, BETWEEN, NEW]


@pytest.mark.parametrize("keys", rotated())
def test_a_code_on_the_road_is_the_same_code_and_is_taken(session: UnitOfWork, keys: Keys) -> None:
    errand = make_errand(session, kind=ErrandKind.DELIVER)
    code = handover_codes.issue(session, errand, ProofKind.CODE, NOW, OLD)

    assert handover_codes.issue(session, errand, ProofKind.CODE, NOW, keys) == code  # a second print
    assert handover_codes.confirm(session, errand.id, code, NOW, keys)
    later = make_errand(session, kind=ErrandKind.DELIVER)
    assert handover_codes.confirm(
        session, later.id, handover_codes.issue(session, later, ProofKind.CODE, NOW, keys), NOW, keys
    )


@pytest.mark.parametrize("keys", rotated())
def test_a_sign_in_code_outlives_the_promotion(session: UnitOfWork, keys: Keys) -> None:
    phone = parse_phone("0900000042")
    access.send_sign_in_code(session, phone, NOW, OLD)
    row = access.code_row(session, phone, keys)
    assert row is not None
    code = access.sign_in_code(row, phone, keys)
    assert code == access.sign_in_code(row, phone, OLD)
    assert access.check_sign_in_code(session, phone, code, NOW, keys) is None
    for tries in range(2):  # those of the hour are still counted
        access.send_sign_in_code(session, phone, NOW + timedelta(minutes=tries), keys)
    with pytest.raises(DomainError, match="too_many_codes"):
        access.send_sign_in_code(session, phone, NOW + timedelta(minutes=3), keys)


def test_links_cookies_boxes_files_and_words_outlive_it(session: Session) -> None:
    errand = make_errand(session)
    token = card_token(OLD.web, [errand.id], NOW.date())
    cookie = CookieSeal(*OLD.webs).dumps({"staff": 1})
    box = sealed.seal(sealed.public_point(OLD), "op:1", b"said")
    sha256 = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"  # of "foo"
    file, secret = vault.close(OLD, sha256, b"foo"), vault.close_secret(OLD, "link:1", "whsec")

    for keys in (BETWEEN, NEW):
        assert read_card(session, keys.webs, token, NOW).errands[0].id == errand.id
        assert CookieSeal(*keys.webs).loads(cookie) == {"staff": 1}
        assert sealed.open_sealed(keys, "op:1", box) == b"said"
        assert vault.open_closed(keys, sha256, file) == b"foo"
        assert vault.open_secret(keys, "link:1", secret) == "whsec"
        assert keys.greeting == OLD.greeting  # what a household was told yesterday evening
    with pytest.raises(DomainError, match="box_unreadable"):
        sealed.open_sealed(ALONE, "op:1", box)
    with pytest.raises(DomainError, match="file_forged"):
        vault.open_closed(ALONE, sha256, file)


@pytest.mark.parametrize("keys", rotated())
def test_whoever_is_signed_in_stays_so_and_his_browser_stays_known(session: UnitOfWork, keys: Keys) -> None:
    place, phone = sessions.SignInPlace("Chrome · Windows", NOW), "0900000043"
    account = make_staff(session, Role.COUNTER)
    staff = sessions.begin_staff(session, account, place, OLD)
    citizen = sessions.begin_citizen(session, phone, place, OLD)
    sign_in.note_known(session, account, "browser", NOW, OLD)

    assert sessions.find_staff(session, staff, NOW, keys) is not None
    found = sessions.find_citizen(session, citizen, NOW, keys)
    assert found is not None
    assert found[1] == phone
    assert [row.id for row in sessions.of_citizen(session, phone, NOW, keys)] == [found[0].id]
    assert sign_in.is_known_browser(session, "browser", NOW, keys)
    sessions.end(session, citizen, NOW, keys)
    assert sessions.find_citizen(session, citizen, NOW, OLD) is None


@pytest.mark.parametrize("keys", rotated())
def test_a_link_for_a_new_password_outlives_it(session: UnitOfWork, keys: Keys) -> None:
    account, manager = make_staff(session, Role.COORDINATOR), make_staff(session, Role.ADMIN)
    link = resets.make(session, account, manager, NOW, OLD)
    assert resets.account_of(session, link, NOW, keys).id == account.id


@pytest.mark.parametrize("keys", [BETWEEN, NEW])
def test_a_cookie_of_before_there_were_rows_opens_no_session_twice(session: UnitOfWork, keys: Keys) -> None:
    for one in (OLD, keys):
        token = sessions.former_token("what that cookie held", one)
        sessions.begin_citizen(session, "0900000044", sessions.SignInPlace("Chrome", NOW, token), one)
        assert (sessions.find_citizen(session, token, NOW, one) is None) == (one is keys)
        sessions.end(session, token, NOW, one)


def test_a_form_that_lay_open_is_taken_after_it() -> None:
    before, after, dropped = (
        create_app(settings, database=NoDatabase(), clock=Clock(fixed=NOW)) for settings in (SINGLE, PROMOTED, DROPPED)
    )
    with before.test_request_context():
        token, kept = generate_csrf(), cookie["csrf_token"]
    with after.test_request_context():
        cookie["csrf_token"] = kept
        validate_csrf(token)
    with dropped.test_request_context():
        cookie["csrf_token"] = kept
        with pytest.raises(ValueError, match="CSRF"):
            validate_csrf(token)


def test_what_is_written_after_the_promotion_needs_the_new_one_alone(session: Session) -> None:
    errand = make_errand(session)
    assert read_card(session, ALONE.webs, card_token(NEW.web, [errand.id], NOW.date()), NOW).errands
    assert CookieSeal(*ALONE.webs).loads(CookieSeal(*NEW.webs).dumps({"a": 1})) == {"a": 1}
    assert sealed.open_sealed(ALONE, "op:1", sealed.seal(sealed.public_point(NEW), "op:1", b"x")) == b"x"
    assert vault.open_secret(ALONE, "o", vault.close_secret(NEW, "o", "s")) == "s"
    assert replace(NEW, other_webs=()).webs == ALONE.webs
