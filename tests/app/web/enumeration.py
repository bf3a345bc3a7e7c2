"""What a stranger can count up, each with something that is known here and something that nobody has: pairs of the same call."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.models import ServiceRequest, SignInCode
from app.services.staff import access
from app.web.session import WebContext
from tests.app.web.citizens.walk import walk_to_person
from tests.factories import NOW, World, make_applicant, make_dossier, make_request
from tests.factories.custody import collected, make_road

STRANGER = "0900000321"


@dataclass(frozen=True)
class Asked:
    """The same call with something known and with something that nobody has: `call` takes what is typed."""

    call: Callable[[str], TestResponse]
    known: tuple[str, ...]
    unknown: Callable[[int], str]


def pairs(client: FlaskClient, session: Session, world: World, rows: int = 1) -> Mapping[str, Asked]:
    """`rows`: how many there are of each kind that is known."""
    requests = [_known(session, world, n) for n in range(rows)]
    phones = tuple(str(request.applicant.phone) for request in requests)
    parcels = [collected(session, make_road(session, world)).code for _ in range(min(rows, 20))]  # type: ignore[arg-type]  # a unit of work
    _prove_own_number(client, session)
    walk_to_person(client, world)
    booking = {"channel": "sms"}
    return {
        "link in a message": Asked(
            lambda token: client.get(f"/t/{token}"),
            tuple(str(request.tracking_token) for request in requests),
            lambda n: f"aaaaaaa{n:04d}",
        ),
        "reference, from another's telephone": _looked_up(
            client, tuple(request.reference for request in requests), lambda n: f"TN-Z{n:05d}"
        ),
        "dossier's code, from another's telephone": _looked_up(
            client, tuple(str(request.dossiers[0].code) for request in requests), lambda n: f"H21.65-261120-{n:05d}"
        ),
        "envelope's code, from another's telephone": _looked_up(
            client, tuple(parcels), lambda n: f"RT{n:08d}5VN"
        ),
        "telephone at sign-in": Asked(
            lambda phone: client.post("/xac-nhan-so", data={"phone": phone}), phones, lambda n: f"09117{n:05d}"
        ),
        "telephone at booking": Asked(
            lambda phone: client.post("/dat-lich/lien-lac?sua=1", data={**booking, "phone": phone}),
            phones,
            lambda n: f"09118{n:05d}",
        ),
    }  # fmt: skip


def _known(session: Session, world: World, n: int) -> ServiceRequest:
    """Booked last week by somebody who typed a code then."""
    applicant = make_applicant(session, phone=f"09127{n:05d}")
    request = make_request(session, applicant=applicant, unit=world.unit)
    make_dossier(session, request, code=f"H21.65-261119-{n:05d}", procedure=world.procedure, desk=world.desk)
    session.refresh(request)
    return request


def typed_before(session: Session, phone: str, keys: object) -> None:
    """Whoever is known here has typed a code once: the row stays."""
    mac = access.phone_mac(phone, keys)  # type: ignore[arg-type]  # the application's
    before = NOW - timedelta(days=7)
    session.add(SignInCode(phone_mac=mac, code_mac="x", expires_at=before, sent_times=[before], tries=1, client=None))
    session.flush()


def _looked_up(client: FlaskClient, known: tuple[str, ...], unknown: Callable[[int], str]) -> Asked:
    return Asked(lambda code: client.get(f"/yeu-cau/{code}"), known, unknown)


def _prove_own_number(client: FlaskClient, session: Session) -> None:
    client.post("/xac-nhan-so", data={"phone": STRANGER})
    web: WebContext = client.application.extensions["tannha"]
    row = access.code_row(session, STRANGER, web.keys)
    assert row is not None
    client.post("/xac-nhan-so/ma", data={"code": access.sign_in_code(row, STRANGER, web.keys)})


_MASKED = (r'name="csrf_token" value="[^"]*"', r'nonce="[^"]*"', r"\?nhap=\w+")


def told(answer: TestResponse, typed: str) -> tuple[int, str, str]:
    """Status, whither, and the page, without what was typed and what differs in every answer."""
    digits = typed[-3:]
    page = answer.text
    for pattern in _MASKED:
        page = re.sub(pattern, "", page)
    plain = page.replace(typed, "…")
    masked = re.sub(rf"\*+\s?{digits}|•+\s?{digits}", "…", plain)
    return answer.status_code, (answer.location or "").replace(typed, "…"), masked
