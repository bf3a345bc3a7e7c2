"""Role × office × address × ids in bodies: every rule of the application is asked with one office's ids, as everybody who has no
business there. A new rule is asked by itself; one that names an object of a new kind says what to add.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import time, timedelta
from typing import Final

import pytest
from flask import Flask
from sqlalchemy import update

from app.clock import at
from app.domain.identity import Role
from app.models import Device, StaffAccount
from app.services.staff.sessions import SignInPlace, begin_citizen, begin_staff
from app.unit_of_work import UnitOfWork
from app.web.auth import Access
from app.web.limits import limiter
from app.web.session import WebContext
from app.web.signed_in import CITIZEN, STAFF
from tests.app.web.api.good_calls import ACCESS, AGENCY_KEY, UPLOAD
from tests.app.web.conftest import lent
from tests.app.web.matrix import Asked, Caller, Rows, guessed, questions, read_in, rows, value_of
from tests.app.web.whole_office import PHONE, WholeOffice, make_whole_office
from tests.factories import DAY, make_courier, make_partner, make_staff, make_world
from tests.factories.agency import make_agency
from tests.factories.phone import hashed, make_device

TODAY = DAY + timedelta(days=3)
KEYS_OF_OTHERS = ("a key of another agency", "a key of a plain partner")
OPEN: Final = {
    "GET /api/v1/courier/files/<sha256>": "how much of a picture has come, known by its content: whoever knows it has it",
    "PUT /api/v1/courier/files/<sha256>": "a picture is stored once, whichever phone brings it",
}
"""Calls with an office's id that others may make, with the reason."""
FOR_ANYBODY: Final = {
    "POST /api/v1/service-requests": "any program with a key books at any office",
    "POST /api/v1/dossiers": "an agency books for a household wherever it lives",
}
"""Calls that write into an office by what they are for."""
LEAST_READING, LEAST_WRITING = 8, 25  # rules that show the names, and that change a row, to whom they may: 9 and 28
GUARDED_BY_NOBODY: Final = frozenset({"public", "signed", "phone_sign_in"})
NO_CONTROL: Final = {
    "/demo/ngay-hom-sau/<int:planning_id>": "a demonstration only; test_demo",
    "/demo/ngay-hom-sau/<int:planning_id>/tien-do": "a demonstration only; test_demo",
    "/yeu-cau/<reference>/anh/<sha256>": "of a visit that failed at that request's own door; test_files",
    "/theo-doi/<token>/xac-nhan-thu-tien/<path:number>": "of that request's own money; test_confirmations",
    "/yeu-cau/<reference>/xac-nhan-thu-tien/<path:number>": "of that request's own money; test_confirmations",
    "/yeu-cau/<reference>/phieu-gui/<parcel_code>": "of that request's own envelope; test_keepsakes",
    "/mot-cua/ngay-hen/<uuid:dossier_id>/da-xem": "waits for a date that was moved twice; test_due_dates, with another desk",
}
"""Rules that let nobody in as the office stands here, and where the right one is let in."""


@pytest.fixture
def flask_app(one_app: Flask, session: UnitOfWork) -> Iterator[Flask]:
    with lent(one_app, session, at(TODAY, time(8, 30))) as app:
        app.config["WTF_CSRF_ENABLED"] = False
        limiter.enabled = False
        yield app
        limiter.enabled = True


@pytest.fixture
def office(flask_app: Flask, session: UnitOfWork) -> WholeOffice:
    with flask_app.app_context():
        made = make_whole_office(session, flask_app)
    session.execute(update(Device).values(access_until=at(TODAY, time(20))))
    session.expire_all()
    return made


def at_the_browser(app: Flask, session: UnitOfWork, account: StaffAccount) -> Caller:
    web: WebContext = app.extensions["tannha"]
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie[STAFF] = begin_staff(session, account, SignInPlace("Chrome", web.clock.wall()), web.keys)
    return Caller(f"{account.role} {account.username}", client, Role(account.role))


def a_citizen(app: Flask, session: UnitOfWork, phone: str) -> Caller:
    web: WebContext = app.extensions["tannha"]
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie[CITIZEN] = begin_citizen(session, phone, SignInPlace("Chrome", web.clock.wall()), web.keys)
    return Caller("a citizen", client)


def strangers(app: Flask, session: UnitOfWork) -> list[Caller]:
    """Everybody of another office, of no office, and with keys and phones of others."""
    there = make_world(session)
    make_agency(session, there.desk, KEYS_OF_OTHERS[0])
    make_partner(session, KEYS_OF_OTHERS[1])
    courier = make_courier(session, office=there.office)
    far = {"access_until": at(TODAY, time(20))}
    make_device(session, there.courier, access_hash=hashed("sa"), upload_hash=hashed("su"), **far)
    make_device(
        session, courier, access_hash=hashed("ra"), upload_hash=hashed("ru"), revoked_at=at(DAY, time(7)), **far
    )
    accounts = [
        session.get_one(StaffAccount, there.courier.staff_account_id),
        there.counter,
        there.clerk,
        make_staff(session, Role.OFFICE_MANAGER, office=there.office),
        make_staff(session, Role.COORDINATOR, office=there.office),
        make_staff(session, Role.OFFICE_MANAGER),  # of no office: sees none
    ]
    tokens = {"another agency": KEYS_OF_OTHERS[0], "a plain partner": KEYS_OF_OTHERS[1], "a phone's access": "sa",
              "a phone's upload": "su", "a revoked phone's access": "ra", "a revoked phone's upload": "ru"}  # fmt: skip
    return [
        Caller("nobody", app.test_client()),
        a_citizen(app, session, "0900555111"),
        *(at_the_browser(app, session, account) for account in accounts),
        *(Caller(name, app.test_client(), token=token) for name, token in tokens.items()),
    ]


Questions = Sequence[tuple[Asked, Access]]


def put_to(caller: Caller, all_of_them: Questions) -> Questions:
    """A program asks the API; a browser everything else, and the API without a key, too.

    Staff is asked where its role has a right: that it is kept out elsewhere, whatever its office, is asked below.
    """
    if caller.role is not None:
        return [pair for pair in all_of_them if has_a_right(caller, pair[1]) or pair[1].audience in GUARDED_BY_NOBODY]
    return [pair for pair in all_of_them if not caller.token or pair[0].rule.startswith("/api/v1/")]


def wrong_answers(session: UnitOfWork, caller: Caller, asked: Questions, office_rows: Rows) -> Iterator[str]:
    """What this caller read or moved of the office; whatever was done is undone behind it."""
    for question, _ in asked:
        answer = question.by(caller)
        if answer.status_code >= 500:
            yield f"{caller.name}: {question}: {answer.status_code}"
        if words := read_in(answer):
            yield f"{caller.name}: {question}: read {words}"
        if question.owned and 200 <= answer.status_code < 300 and str(question) not in OPEN:
            yield f"{caller.name}: {question}: {answer.status_code}"
    yield from (f"{caller.name}: {effect}" for effect in effects(office_rows, rows(session)))


def effects(office_rows: Rows, after: Rows) -> list[str]:
    """Rows of the office that are no longer what they were, and new ones that name what is the office's."""
    changed = [f"{table} {row[:150]} is changed" for table, row in office_rows - after]
    ids = {found for _, row in office_rows for found in OWN_IDS.findall(row)}
    new = [(table, row) for table, row in after - office_rows if table not in KEPT_ALWAYS]
    return changed + [f"{table} {row[:200]} is new" for table, row in new if ids & set(OWN_IDS.findall(row))]


OWN_IDS: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[A-Z]{2}\d{9}VN")
KEPT_ALWAYS: Final = frozenset({"audit_event"})  # who tried it may be written down


@pytest.mark.timeout(900)
def test_nobody_reads_or_moves_what_is_another_office_s(
    flask_app: Flask, session: UnitOfWork, office: WholeOffice
) -> None:
    office_rows = rows(session)
    asked = [pair for pair in questions(flask_app, office, guessed(office)) if str(pair[0]) not in FOR_ANYBODY]
    wrong = []
    for caller in strangers(flask_app, session):
        with session.begin_nested() as undone:
            found = list(wrong_answers(session, caller, put_to(caller, asked), office_rows))
            undone.rollback()
        session.expire_all()
        wrong += found
    assert wrong == [], "\n".join(wrong)


def of_the_office(app: Flask, session: UnitOfWork, office: WholeOffice) -> list[Caller]:
    """Who works there, its citizen, its desk's program and its courier's phone, with the coordinators of all offices."""
    accounts = [
        office.world.counter,
        office.manager,
        office.world.clerk,
        office.courier,
        make_staff(session, Role.COORDINATOR),
    ]
    tokens = {"partner": AGENCY_KEY, "phone": ACCESS, "phone_upload": UPLOAD}
    return [
        *(at_the_browser(app, session, account) for account in (*accounts, make_staff(session, Role.ADMIN))),
        a_citizen(app, session, PHONE),
        Caller("public", app.test_client()),
        *(Caller(name, app.test_client(), token=token) for name, token in tokens.items()),
    ]


def has_a_right(caller: Caller, access: Access) -> bool:
    """Is this the kind of caller that the rule is for? (It may still be the wrong office's.)"""
    if caller.role is not None:
        return caller.role in access.roles
    if access.audience in GUARDED_BY_NOBODY:
        return caller.name == "public"
    return caller.name == ("a citizen" if access.audience == "citizen" else access.audience)


@pytest.mark.timeout(900)
def test_the_right_one_gets_in_everywhere(flask_app: Flask, session: UnitOfWork, office: WholeOffice) -> None:
    callers, kept_out, reading, writing = of_the_office(flask_app, session, office), [], 0, 0
    for question, access in questions(flask_app, office, office.tokens):
        if not question.owned or question.rule in NO_CONTROL:
            continue
        let_in = False
        for caller in (one for one in callers if has_a_right(one, access)):
            before = rows(session) if question.method != "GET" else frozenset()
            with session.begin_nested() as undone:
                answer = question.by(caller)
                let_in = let_in or answer.status_code not in {401, 403, 404}
                reading += bool(read_in(answer))
                writing += bool(before and rows(session) != before)
                undone.rollback()
            session.expire_all()
            if let_in:
                break
        if not let_in:
            kept_out.append(f"{question}: nobody is let in, so that nothing is proved by keeping strangers out")
    assert kept_out == [], "\n".join(kept_out)
    assert reading >= LEAST_READING
    assert writing >= LEAST_WRITING


@pytest.mark.timeout(900)
def test_nobody_of_the_same_office_goes_beyond_the_own_role(
    flask_app: Flask, session: UnitOfWork, office: WholeOffice
) -> None:
    callers, wrong = of_the_office(flask_app, session, office), []
    before = rows(session)
    for question, access in questions(flask_app, office, office.tokens):
        if access.audience in GUARDED_BY_NOBODY:
            continue
        for caller in callers:
            if has_a_right(caller, access):
                continue
            answer = question.by(caller)
            if answer.status_code not in {303, 401, 403} or read_in(answer):
                wrong.append(f"{caller.name}: {question}: {answer.status_code} {read_in(answer)}")
    wrong += effects(before, rows(session))
    assert wrong == [], "\n".join(wrong)


def test_a_rule_that_names_an_object_of_a_new_kind_says_what_to_add(flask_app: Flask, office: WholeOffice) -> None:
    with pytest.raises(AssertionError, match=r"nobody has said what <courier_round> is.*whole_office\.py"):
        value_of(office, "/dieu-phoi/vong/<int:courier_round>", "courier_round", office.tokens)


def test_a_secret_token_is_the_right_one_s_alone(office: WholeOffice) -> None:
    assert office.tokens.keys() == guessed(office).keys()
    assert not set(office.tokens.values()) & set(guessed(office).values())
