"""The account for postage, and its statement as a webhook (SePay's form): believed only with the key that was agreed."""

from __future__ import annotations

import hmac
import json
from datetime import datetime

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app.clock import LOCAL
from app.config import Settings
from app.domain.bank import WITHOUT_REFERENCE, BankAccount, Incoming
from app.domain.errors import DomainError
from app.gateways.link_parts import secret_of
from app.gateways.links_file import links_file

MOST = 1_000_000_000_000
WHEN = "%Y-%m-%d %H:%M:%S"


class StatementWebhookSchema(Schema):
    """What we read of it; whatever else they add is theirs."""

    id = fields.Integer(required=True, validate=validate.Range(min=1))
    transactionDate = fields.NaiveDateTime(required=True, format=WHEN)  # noqa: N815 - their name
    accountNumber = fields.String(required=True, validate=validate.Length(1, 30))  # noqa: N815 - their name
    content = fields.String(load_default="", allow_none=True)
    transferType = fields.String(required=True, validate=validate.OneOf(["in", "out"]))  # noqa: N815 - their name
    transferAmount = fields.Integer(required=True, validate=validate.Range(min=1, max=MOST))  # noqa: N815 - their name
    referenceCode = fields.String(load_default="", allow_none=True, validate=validate.Length(max=60))  # noqa: N815 - their name


def bank_account(settings: Settings) -> BankAccount | None:
    """None: nothing is joined, so it is cash alone."""
    link = links_file(settings).bank
    return link.account if link is not None else None


def statement_webhook(settings: Settings, authorization: str, raw: bytes) -> Incoming | None:
    """One line of the statement; None: money that went out.

    Raises `callback_unknown` (no account, or no key), `callback_signature` (not their key) and `callback_unreadable`.
    """
    link = links_file(settings).bank
    if link is None or link.webhook_key_file is None:
        raise DomainError("callback_unknown", kind="not_found")
    expected = f"Apikey {secret_of(link.webhook_key_file)()}"
    if not hmac.compare_digest(authorization.strip().encode(), expected.encode()):
        raise DomainError("callback_signature", kind="forbidden")
    try:
        found = StatementWebhookSchema(unknown=EXCLUDE).load(json.loads(raw))
    except (ValidationError, ValueError, RecursionError):
        raise DomainError("callback_unreadable", kind="invalid") from None
    if found["transferType"] == "out":
        return None
    at: datetime = found["transactionDate"]
    return Incoming(
        source="webhook",
        account=found["accountNumber"],
        reference=(found["referenceCode"] or "").strip() or f"{WITHOUT_REFERENCE}{found['id']}",
        amount=found["transferAmount"],
        words=found["content"] or "",
        booked_at=at.replace(tzinfo=LOCAL),
        operator_id=str(found["id"]),
    )
