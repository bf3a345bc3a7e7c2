"""What every call of an agency's software has in common: whose desk it speaks for, and one answer a key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from flask import Response, jsonify, request

from app.domain.agency import Caller
from app.domain.errors import DomainError
from app.services import idempotency
from app.services.evidence import vault
from app.unit_of_work import UnitOfWork
from app.web.auth import current_partner
from app.web.session import keys, now, transaction

IDEMPOTENCY: Final = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "schema": {"type": "string", "minLength": 8, "maxLength": 200},
    "example": "0191f1c2-5f0e-7b7a-9d1e-3f2f8f0a1b2c",
    "description": "One of your own for each new call, such as a UUID; a repeated key gets the stored answer.",
}


@dataclass(frozen=True, slots=True)
class Answered:
    """What is said to a call, and said again to its repetition; `secret` is kept encrypted."""

    status: int
    body: dict[str, Any]
    location: str | None = None
    secret: str | None = None

    def response(self) -> Response:
        response = jsonify(self.body if self.secret is None else self.body | {"secret": self.secret})
        response.status_code = self.status
        if self.location is not None:
            response.headers["Location"] = self.location
        return response


def caller(key: str = "") -> Caller:
    """The desk that this key speaks for. Raises `agency_key_needed` for a key of no desk."""
    partner = current_partner()
    if partner.desk_id is None:
        raise DomainError("agency_key_needed", kind="forbidden")
    return Caller(partner.id, partner.desk_id, now(), key)


def once(act: Callable[[UnitOfWork, Caller], Answered]) -> Answered:
    """Do it in one transaction, or repeat what was answered to the same `Idempotency-Key`."""
    key = request.headers.get("Idempotency-Key", "")
    calling = caller(key)
    return once_of(calling.partner_id, request.get_json(), lambda session: act(session, calling))


def once_of(partner_id: int, payload: object, act: Callable[[UnitOfWork], Answered]) -> Answered:
    """The same for any partner; `payload` tells two calls with one key apart."""
    key, owner = request.headers.get("Idempotency-Key", ""), f"partner:{partner_id}"
    with transaction() as session:
        stored = idempotency.begin(session, partner_id, key, payload, now())
        if stored is not None and stored.body is not None:
            kept = stored.body
            secret = vault.open_secret(keys(), owner, kept["secret"]) if kept.get("secret") else None
            return Answered(stored.status or 200, kept["body"], kept["location"], secret)
        answered = act(session)
        kept = {"body": answered.body, "location": answered.location}
        if answered.secret is not None:
            kept["secret"] = vault.close_secret(keys(), owner, answered.secret)
        idempotency.finish(session, partner_id, key, answered.status, kept)
    return answered
