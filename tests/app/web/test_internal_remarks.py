"""What staff writes for staff stays there: every remark's column is filled, and nothing that a citizen or a partner reads has it.

A new column for words is filled by itself; one that is written for the citizen says so in `FOR_THE_CITIZEN`.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import time
from html import unescape
from typing import Any, Final
from uuid import UUID

import pytest
from flask import Flask, url_for
from pypdf import PdfReader
from sqlalchemy import Column, Engine, Text, cast, literal, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.clock import at
from app.models import Errand, ServiceRequest
from app.models.base import Base
from app.queries.tracking import requests
from app.unit_of_work import UnitOfWork
from app.web.limits import limiter
from tests.app.web.api.good_calls import AGENCY_KEY
from tests.app.web.conftest import lent
from tests.app.web.matrix import Caller, questions, rows
from tests.app.web.test_matrix import TODAY, a_citizen, has_a_right, of_the_office
from tests.app.web.whole_office import CANARIES, PHONE, WholeOffice, make_whole_office
from tests.conftest import rolled_back

CANARY: Final = CANARIES[7]
WORDS: Final = re.compile(r"(^|_)(note|reason|remark|said|comment|detail|error|answer|words?)$")
FOR_THE_CITIZEN: Final[Mapping[str, str]] = {
    "refusal.reason": "why the agency refuses, said to the citizen",
    "complaint.said": "the citizen's own words",
    "complaint.answer": "the answer to them",
    "procedure.presence_note": "as published",
    "bank_line.words": "what the payer wrote",
    "claim.word": "a word out of a list",
    "countersignature.said": "ids and counts that are signed, of no request",
    "signing_invitation.said": "ids and counts that are signed, of no request",
}
TO_A_PARTNER: Final = (
    f"{CANARY} outbox_message.reason",  # a code: why a delivery to this partner itself waits
)
FILLED: Final = 14  # columns that a row of the whole office has
READ: Final = {"text/html": 50, "application/json": 5, "application/pdf": 12, "text/calendar": 3}  # answers really read
DEEDS: Final = {
    "POST /buu-cuc/su-co",
    "POST /buu-cuc/tin-bao/<int:claim_id>",
    "POST /dieu-phoi/lan-den/<int:attempt_id>/sua",
    "POST /mot-cua/xac-nhan/<int:event_id>/khong-thay",
}  # where staff types for staff, as the whole office stands
TYPED: Final = f"{CANARY} vừa gõ"


@pytest.fixture
def session(owner_engine: Engine) -> Iterator[UnitOfWork]:
    """One that may fill rows that are only added to; everything is rolled back at the end."""
    with rolled_back(owner_engine) as owner:
        yield owner


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
        return make_whole_office(session, flask_app)


def remarks() -> list[Column[Any]]:
    return [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if WORDS.search(column.name) and isinstance(column.type, (Text, JSONB)) and str(column) not in FOR_THE_CITIZEN
    ]


def fill(session: Session) -> int:
    """Our own remark into every remark of every row, whatever state it is in; how many columns took it."""
    taken = 0
    for column in remarks():
        said = f"{CANARY} {column}"
        value = cast({"said": said}, JSONB) if isinstance(column.type, JSONB) else said
        session.execute(text(f'alter table "{column.table.name}" disable trigger user'))  # what is only added to, too
        found = session.scalars(update(column.table).values({column.name: value}).returning(literal(1))).all()
        taken += bool(found)
    session.expire_all()
    return taken


def addresses(app: Flask, session: UnitOfWork, office: WholeOffice) -> Iterator[tuple[str, str]]:
    """What a link, the owner's telephone or a partner's key opens, with who asks: of every request there is."""
    for asked, access in questions(app, office, office.tokens):
        if asked.method == "GET" and asked.owned and access.audience in {"public", "citizen", "partner"}:
            yield access.audience, asked.path
    shared = {"token", "reference", "errand_id", "dossier_id", "parcel_code"}
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("citizens.") and "GET" in (rule.methods or ()) and set() < rule.arguments <= shared
    ]
    with app.test_request_context():
        for errand in {one.request_id: one for one in session.scalars(select(Errand).order_by(Errand.id))}.values():
            parcels = requests.parcels_of(session, errand.request)
            given: dict[str, Any] = {
                "token": errand.request.tracking_token,
                "reference": errand.request.reference,
                "errand_id": errand.id,
                "dossier_id": errand.dossiers[0].id,
                "parcel_code": parcels[0].code if parcels else None,
            }
            for rule in rules:
                if all(given[name] for name in rule.arguments):
                    yield "citizen", url_for(rule.endpoint, **{name: given[name] for name in rule.arguments})


def told(answer: TestResponse) -> str:
    """What is read: the words of a PDF, of a calendar entry with its long lines joined, of a page."""
    if answer.mimetype == "application/pdf":
        return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    if answer.is_json:
        return json.dumps(answer.json, ensure_ascii=False)
    return unescape(answer.get_data(as_text=True).replace("\r\n ", "")) if answer.mimetype in READ else ""


@pytest.mark.timeout(60)
def test_what_staff_writes_for_staff_is_on_no_page_of_a_citizen_nor_in_an_answer_to_a_partner(
    flask_app: Flask, session: UnitOfWork, office: WholeOffice
) -> None:
    assert fill(session) >= FILLED
    callers = {
        "public": Caller("public", flask_app.test_client()),
        "citizen": a_citizen(flask_app, session, PHONE),
        "partner": Caller("partner", flask_app.test_client(), token=AGENCY_KEY),
    }
    read: Counter[str] = Counter()
    wrong = []
    for who, path in dict.fromkeys(addresses(flask_app, session, office)):
        caller = callers[who]
        headers = {"Authorization": f"Bearer {caller.token}"} if caller.token else {}
        answer = caller.client.get(path, headers=headers)
        words = " ".join(told(answer).split())
        for theirs in TO_A_PARTNER if caller.token else ():
            words = words.replace(theirs, "")
        read[str(answer.mimetype)] += answer.status_code == 200
        wrong += [f"{who} {path}: {words[at : at + 60]}" for at in [words.find(CANARY)] if at >= 0]
    assert wrong == []
    assert all(read[kind] >= least for kind, least in READ.items()), read


def test_a_remark_that_would_be_shown_is_found(flask_app: Flask, session: UnitOfWork, office: WholeOffice) -> None:
    """In words of each kind: so that the silence above is one."""
    row = session.scalars(select(ServiceRequest).where(ServiceRequest.reference == office.known["reference"])).one()
    visit = session.get_one(Errand, UUID(office.known["errand_id"]))
    session.get_one(ServiceRequest, UUID(office.scene.request_id)).dossiers[0].procedure.name = CANARY
    row.dossiers[0].procedure.name = visit.office.name = CANARY
    session.flush()
    page, key = f"/theo-doi/{row.tracking_token}", {"Authorization": f"Bearer {AGENCY_KEY}"}
    for path in (page, f"{page}/phieu-yeu-cau.pdf", f"/api/v1/service-requests/{office.scene.request_id}"):
        answer = flask_app.test_client().get(path, headers=key)
        assert CANARY in " ".join(told(answer).split()), path


@pytest.mark.timeout(60)
def test_what_staff_types_beside_a_deed_is_kept_and_goes_into_no_message(
    flask_app: Flask, session: UnitOfWork, office: WholeOffice
) -> None:
    callers = of_the_office(flask_app, session, office)
    kept = set()
    for asked, access in questions(flask_app, office, office.tokens):
        if str(asked) not in DEEDS:
            continue
        typed = replace(asked, given={"data": {**asked.given["data"], "note": TYPED}})
        caller = next(one for one in callers if has_a_right(one, access))
        with session.begin_nested() as undone:
            typed.by(caller)
            session.expire_all()
            written = {table for table, row in rows(session) if TYPED in row}
            undone.rollback()
        session.expire_all()
        kept |= {str(asked)} if written else set()
        assert not written & {"message", "outbox_message"}, asked
    assert kept == DEEDS
