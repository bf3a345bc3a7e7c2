"""What no client of ours sends: every rule of the application is asked with it, and none fails. A new rule is asked by itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import BadRequest
from werkzeug.routing import Rule

from app.domain.identity import Role
from app.unit_of_work import UnitOfWork
from app.web.auth import access_of
from app.web.limits import limiter
from app.web.odd_input import DEEPEST, check_json
from tests.factories import make_staff, make_world
from tests.factories.agency import make_agency
from tests.factories.phone import hashed, make_device
from tests.repository.sources import written

DIGITS = "9" * 4301  # one more than Python reads into a number
NUMBERS = (str(2**31), DIGITS, "²")
WORDS = ("%00", "%FF%FE", "%0d%0aX:1", "%F0%9F%98%80", DIGITS, "..%2f..%2fetc", "%ED%A0%80")
KEY = "a key of an agency"
TOKENS = {"phone": "ta", "phone_upload": "tu"}
OPEN = frozenset({"public", "phone_sign_in"})  # whoever asks is heard
UUIDS = (str(UUID(int=0)), str(UUID(int=2**128 - 1)))
TYPED = (
    "²",
    "-1",
    "99999999999999999999",
    DIGITS,
    "1e400",
    "NaN",
    "0001-01-01",
    "9999-12-31",
    "\r\nX: 1",
    "\0",
    "😀" * 60,
)
BODIES = (
    b"[" * 50_000, b'{"a":' * 40 + b"1" + b"}" * 40, b'{"n":' + DIGITS.encode() + b"}", b'{"a":"\\ud83d"}', b'{"\\udc00":1}',
    b"\xef\xbb\xbf{}", b"\xff", b'{"a":"\\u0000"}', b"null", b"[[]]", b"1e999", b"",
)  # fmt: skip


READ = re.compile(r"(?:args|form|values)\.(?:get|getlist)\(\s*\"([\w-]+)\"|form\[\"([\w-]+)\"\]")


def _names(module: str) -> tuple[str, ...]:
    """Every field that some view of this room asks for, as the sources say; a room is a folder, or a file of its own."""
    return _names_in("/".join(module.split(".")[:3]))


@cache
def _names_in(room: str) -> tuple[str, ...]:
    sources = [path.read_text() for path in written(".py", under="app/web") if room in str(path)]
    return tuple(sorted({name for source in sources for pair in READ.findall(source) for name in pair if name}))


@cache
def _encoded(names: tuple[str, ...], typed: str) -> str:
    """Once a room: some are half a megabyte, and each rule of the room is asked with all of them."""
    return urlencode(dict.fromkeys(names, typed))


def _paths(rule: Rule) -> Iterator[str]:
    """The address with each odd value at every place, and with ordinary ones."""
    places = re.findall(r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>", rule.rule)
    for number in range(
        max([1, *({"int": len(NUMBERS), "uuid": len(UUIDS)}.get(kind, len(WORDS)) for kind in places)])
    ):
        odd = {"int": NUMBERS, "uuid": UUIDS}
        values = iter([odd.get(kind, WORDS) for kind in places])
        yield re.sub(r"<[^>]+>", lambda _, n=number, v=values: (given := next(v))[n % len(given)], rule.rule)  # type: ignore[misc]  # mypy infers no lambda with a default


def _failing(client: FlaskClient, method: str, path: str, **given: Any) -> str | None:
    try:
        status = client.open(path, method=method, **given).status_code
    except Exception as failure:  # noqa: BLE001 (whatever it is, it would have been a 500)
        return f"{method} {path[:90]} {str(given)[:120]}: {type(failure).__name__} {str(failure)[:120]}"
    return f"{method} {path[:90]} {str(given)[:120]}: {status}" if status == 500 else None


def _asked(
    client: FlaskClient, rule: Rule, headers: dict[str, str], typed_in: Sequence[str], bodies: Sequence[bytes]
) -> Iterator[str | None]:
    paths, names = list(_paths(rule)), _names(client.application.view_functions[rule.endpoint].__module__)
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
        yield from (_failing(client, method, path, headers=headers) for path in paths)
        for typed in typed_in if names else ():
            fields, form = _encoded(names, typed), {"content_type": "application/x-www-form-urlencoded"}
            given = {"query_string": fields} if method == "GET" else {"data": fields, **form}
            yield _failing(client, method, paths[-1], headers=headers, **given)
        if method != "GET":
            told = headers | {"Content-Type": "application/json", "Idempotency-Key": "key-of-tests", "If-Match": '"²"'}
            yield from (_failing(client, method, paths[-1], headers=told, data=raw) for raw in bodies)


@pytest.fixture
def unlimited() -> Iterator[None]:
    limiter.enabled = False
    yield
    limiter.enabled = True


def _headers(rule: Rule, audience: str) -> dict[str, str]:
    if not rule.rule.startswith("/api/v1/"):
        return {}
    return {"Authorization": f"Bearer {TOKENS.get(audience, KEY)}"}


@pytest.mark.usefixtures("unlimited")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("known", [False, True], ids=["a stranger", "who may open it"])
def test_no_rule_fails(flask_app: Flask, session: UnitOfWork, client: FlaskClient, *, known: bool) -> None:
    admin, world = make_staff(session, Role.ADMIN), make_world(session)
    make_agency(session, world.desk, KEY)
    make_device(session, world.courier, access_hash=hashed(TOKENS["phone"]), upload_hash=hashed(TOKENS["phone_upload"]))
    failed = []
    for number, rule in enumerate(flask_app.url_map.iter_rules()):
        access = access_of_rule(flask_app, rule)
        if known:  # again for each: one of them is the way out
            with client.session_transaction() as cookie:
                cookie.update(
                    {"staff": admin.id, "epoch": admin.session_epoch, "phone": "0900000123", "asked": "0900000123"}
                )
        typed_in: Sequence[str] = TYPED
        bodies: Sequence[bytes] = BODIES
        if not known and access not in OPEN:  # shut out before anything is read, whatever the rule: each has its turn
            typed_in = (TYPED[number % len(TYPED)],)
        if typed_in is not TYPED or not rule.rule.startswith(
            "/api/v1/"
        ):  # a page reads forms: no view sees what this is
            bodies = (BODIES[number % len(BODIES)],)
        failed += [
            one for one in _asked(client, rule, _headers(rule, access) if known else {}, typed_in, bodies) if one
        ]
    assert failed == []


def access_of_rule(app: Flask, rule: Rule) -> str:
    with app.app_context():
        access = access_of(rule.endpoint)
    assert access is not None
    return access.audience


@pytest.mark.parametrize("raw", BODIES[:8])
def test_odd_json_is_refused(raw: bytes) -> None:
    with pytest.raises(BadRequest):
        check_json(raw)


def test_json_may_be_as_deep_as_is_said_and_no_deeper() -> None:
    check_json(b"[" * DEEPEST + b"]" * DEEPEST)
    with pytest.raises(BadRequest):
        check_json(b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1))


def test_whole_emoji_in_escapes_are_welcome() -> None:
    check_json(json.dumps({"note": "😀 Nguyễn"}).encode())


def test_fifty_thousand_brackets_are_a_problem_of_the_client(client: FlaskClient) -> None:
    answer = client.post("/api/v1/courier/sign-in", data=b"[" * 50_000, content_type="application/json")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


def test_a_row_that_can_not_be_leads_nowhere(client: FlaskClient) -> None:
    for number in ("99999999999", DIGITS, "2147483648"):
        assert client.get(f"/demo/ngay-hom-sau/{number}").status_code == 404


def test_no_other_method_is_offered_for_a_row_that_can_not_be(client: FlaskClient) -> None:
    for number in ("2147483648", DIGITS):
        assert client.delete(f"/api/v1/subscriptions/{number}").status_code == 401  # a key first, then: not found
