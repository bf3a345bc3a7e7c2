"""What the matrix of access asks: each rule with the ids of one office, as everybody who has no business there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.domain.identity import Role
from app.models import Base
from app.web.auth import Access, access_of
from tests.app.web.api.good_calls import GOOD
from tests.app.web.test_odd_input import _names
from tests.app.web.whole_office import CANARIES, WholeOffice

PLACE: Final = re.compile(r"<(?:[^<>]*:)?(\w+)>")
PUBLIC: Final[Mapping[str, str]] = {
    "procedures/code": "", "thu-tuc/code": "", "to-roi.pdf/code": "", "xa-phuong/code": "", "callbacks/name": "vnpost",
    "messages/name": "esms", "am-thanh/name": "vi-home.mp3", "tieng/code": "jra", "giup-nop-truc-tuyen/code": "",
    "ket-noi/name": "vnpost", "static/filename": "app.css", "buu-ta/name": "x", "part": "tuyen",
}  # fmt: skip
"""Places in an address that name nobody's object, with what is put there."""
FIELDS: Final[Mapping[str, str]] = {
    # ids, by the name that `WholeOffice.known` has for them
    "chon": "applicant_id", "claims": "claim_id", "codes": "parcel",
    "errand_ids": "route_errand", "events": "event_id", "ma": "reference",
    "office_ids": "office_id", "parcel": "sealed_parcel", "parcel_code": "parcel", "party": "party", "slot": "slot",
    "reference": "reference", "help": "help", "tuyen": "route_id", "unit": "unit", "other_name": "username", "username": "username",
    "destination": "party", "courier_id": "courier_id", "dossier_code": "dossiers/code", "code": "tui/code", "phone": "phone",
    "dossier": "dossiers/code", "don-vi": "unit", "ben": "party", "corrects": "hand_in_id", "office_id": "office_id",
    "dossier_id": "dossier_id", "den": "party", "surprise_id": "surprise_id", "yeu_cau": "reference",
    "stop": "stop_id", "errand": "errand_id",
}  # fmt: skip
PLAIN: Final[Mapping[str, str]] = {
    "taken_over_by": "", "other": "1", "shift": "1", "at": "1", "seen": "1:1",
    "again": "x", "before": "x", "nhap": "", "shown": "x", "browser": "", "turn": "off", "pin": "keep", "csrf_token": "x",
    "current": "x", "kept": "x", "remember": "1", "phone_proof": "counter",
    "desk": "", "office": "", "role": "office_manager",
    "amount": "1", "cash_reason": "short", "paid_to": "desk", "postage": "26000", "slip_number": "1", "state_fee": "0",
    "close_reason": "looked_into", "reopen_reason": "late_facts",
    "act": "move", "active": "1", "address": "Thôn 1", "ai": "x", "alone": "1", "answer": "x", "assignment": "home",
    "xep": "han", "tu-thang": "9", "den-thang": "12", "lau-hon": "40", "het": "", "can-chu-y": "1", "chieu": "in",
    "channel": "sms",
    "consent": "1", "count": "1",
    "deny_reason": "", "direction": "out", "discount": "none", "do": "dismiss", "email": "",
    "due_on": "2026-12-09", "elsewhere": "", "ends": "17:00", "executed_by": "own",
    "fewer": "1", "from": "2026-11-01", "helper_name": "", "how": "insert", "id_kind": "CCCD", "id_last4": "0000", "keep_unknown": "1",
    "kind": "damaged", "landmark": "", "lang": "vi", "language": "vi", "lat": "13.9", "legal_basis": "số 1", "lines": "1",
    "lon": "108", "ly-do": "", "n": "0", "name": "x", "ngay": "2026-12-01", "noi": "vnpost", "note": "x", "operation": "thu-1",
    "other_password": "x", "owner_id_last4": "",
    "password": "x", "phan": "phieu", "procedure": "", "q": "thử", "reason": "lost", "recounted": "1",
    "receiver_name": "Trần Thị Thử", "receiver_relation": "self", "receiver_role": "Kế toán",
    "relation": "family", "remove": "0", "resolution": "x", "revision": "1",
    "find": "1", "half": "morning", "handed_over": "1", "help_outcome": "absent", "result_by": "post",
    "scope": "chosen", "seal": "SEAL-1", "seal_number": "SEAL-1", "seal_whole": "1", "seconds": "1", "sheets": "1", "sign": "own",
    "slip": "1", "papers": "1", "step": "look", "ma": "", "position_checked": "1",
    "starts": "07:00", "state": "x", "sua": "1", "thieu": "1", "tiep": "/", "to": "2026-12-31", "trang": "1", "verdict": "x",
    "survey_answer": "good", "survey_reason": "", "complaint_kind": "delay", "complaint": "Đến muộn", "voice_road": "telephone",
    "complaint_route": "desk", "complaint_answer": "x", "case_step": "called", "case_note": "x", "case_fault": "", "case_amount": "",
    "written_at": "", "deed": "elsewhere", "charge_id": "", "bank_reference": "FT1",
    "title": "Giấy kết quả thử", "weekdays": "1", "who": "self", "why": "x", "outcome": "", "works": "1", "xa": "",
    "call_result": "not_reached", "booked_reference": "", "tongue": "jra", "vehicle": "", "trips": "1", "reload": "15",
    "word_proof": "called_back",
}  # fmt: skip
"""Fields of forms that name no object, filled so that as much as possible goes through."""


@dataclass(frozen=True)
class Caller:
    """Somebody who asks: by a browser, or with a token."""

    name: str
    client: FlaskClient
    role: Role | None = None
    token: str = ""


@dataclass(frozen=True)
class Asked:
    """One call of one rule. `owned`: its address names an object of the office."""

    rule: str
    method: str
    path: str
    owned: bool
    given: Mapping[str, Any] = field(default_factory=dict)

    def by(self, caller: Caller) -> TestResponse:
        given = dict(self.given)
        if caller.token:
            given["headers"] = {**given.get("headers", {}), "Authorization": f"Bearer {caller.token}"}
        return caller.client.open(self.path, method=self.method, **given)

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


def access_to(app: Flask, rule: Rule) -> Access:
    with app.app_context():
        access = access_of(rule.endpoint)
    assert access is not None, rule
    return access


def kind_of(rule: str, name: str) -> list[str]:
    """What an address calls this place, the closest name first: `buu-cuc/buu-gui/code`, `buu-gui/code`, `code`."""
    before = re.split(rf"<(?:[^<>]*:)?{name}>", rule)[0].strip("/").split("/")
    before = [part for part in before if not part.startswith("<")]
    after = rule.rpartition("/")[2]
    return [*("/".join([*before[-n:], name]) for n in (2, 1)), f"{after}/{name}", name]


def value_of(office: WholeOffice, rule: str, name: str, tokens: Mapping[str, str]) -> tuple[str, bool]:
    """What is put there, and whether it is the office's own."""
    for kind in kind_of(rule, name):
        if kind in PUBLIC:
            return PUBLIC[kind] or _public(office, kind), False
        if kind in office.known:
            return office.known[kind], True
        if kind in tokens:
            return tokens[kind], True
    raise AssertionError(
        f"{rule}: nobody has said what <{name}> is. Give the whole office (tests/app/web/whole_office.py) an object that it "
        f"names, under one of {kind_of(rule, name)}; or, where it names nobody's object, write it into PUBLIC of "
        "tests/app/web/matrix.py."
    )


def _public(office: WholeOffice, kind: str) -> str:
    return office.world.unit.code if kind.startswith("xa-phuong") else office.world.procedure.code


def form_of(office: WholeOffice, module: str) -> dict[str, Any]:
    """Every field that a view of this room reads: where it may be an id, the office's own."""
    form: dict[str, Any] = {}
    known = {**office.known, "phone": CANARIES[1]}
    for name in _names(module):
        if name in FIELDS:
            form[name] = known[FIELDS[name]]
        elif name in PLAIN:
            form[name] = PLAIN[name]
        else:
            raise AssertionError(
                f"a view of {module} reads the field {name!r}: say in FIELDS of tests/app/web/matrix.py which object of the "
                "office its id is, or in PLAIN what is typed into it where it is no id."
            )
    return form


def questions(app: Flask, office: WholeOffice, tokens: Mapping[str, str]) -> Iterator[tuple[Asked, Access]]:
    """Every rule of the application with this office's ids in its address and its body."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        access, names = access_to(app, rule), PLACE.findall(rule.rule)
        values = {name: value_of(office, rule.rule, name, tokens) for name in names}
        path = PLACE.sub(lambda place, v=values: v[place[1]][0], rule.rule)  # type: ignore[misc]  # mypy infers no lambda with a default
        owned = any(own for _, own in values.values())
        module = app.view_functions[rule.endpoint].__module__
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Asked(rule.rule, method, path, owned, _given(office, rule.rule, method, module)), access


def _given(office: WholeOffice, rule: str, method: str, module: str) -> dict[str, Any]:
    if not rule.startswith("/api/v1/"):
        form = form_of(office, module)
        return {"data": form} if method == "POST" else {"query_string": form if "q" not in form else {"q": "Canh"}}
    wanted = f"{method} " + PLACE.sub(r"{\1}", rule)
    if wanted in UNTOLD:
        return {}
    if wanted not in GOOD:
        raise AssertionError(
            f"{wanted}: write its good call into tests/app/web/api/good_calls.py, or a reason into UNTOLD."
        )
    call = GOOD[wanted](office.scene)
    body = (
        {"data": call["body"]}
        if isinstance(call.get("body"), bytes)
        else {"json": call["body"]}
        if "body" in call
        else {}
    )
    headers = {name: value for name, value in call.get("headers", {}).items() if name != "Authorization"}
    return {"headers": headers, "query_string": call.get("query", {}), **body}


UNTOLD: Final = frozenset(
    {
        "GET /api/v1/openapi.json",
        "POST /api/v1/callbacks/{name}",
        "POST /api/v1/callbacks/messages/{name}",
        "GET /api/v1/callbacks/messages/{name}/{part}",
        "POST /api/v1/callbacks/messages/{name}/{part}",
        "POST /api/v1/callbacks/statement/sepay",
    }
)  # no id; signed, tried in tests/app/web/callbacks


# -- what there is of the office

Rows = frozenset[tuple[str, str]]
OF_THE_MACHINE: Final = frozenset({"limit_count", "sign_in_session"})


def rows(session: Session, but: frozenset[str] = OF_THE_MACHINE) -> Rows:
    """Every row of every table, jobs too."""
    session.flush()
    tables = [name for name in (*Base.metadata.tables, "procrastinate_jobs") if name not in but]
    query = " union all ".join(f"select '{name}', row_to_json(t)::text from \"{name}\" t" for name in tables)
    return frozenset((table, row) for table, row in session.execute(text(query)))


def guessed(office: WholeOffice) -> dict[str, str]:
    """Secret tokens as somebody has them who was given none: one letter is another, and not the last, whose lowest bits
    are nobody's in base64.
    """
    return {name: token[:-6] + ("a" if token[-6] != "a" else "b") + token[-5:] for name, token in office.tokens.items()}


def read_in(answer: TestResponse) -> list[str]:
    """What nobody of another office may read, and stands in this answer."""
    data = (
        json.dumps(answer.json, ensure_ascii=False).encode() if answer.is_json else answer.data
    )  # else \u escapes hide
    return [word for word in CANARIES if word.encode() in data]
