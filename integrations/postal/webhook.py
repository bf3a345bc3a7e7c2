"""MyVNPost's webhook: believe nothing before the signature, and of the rest only what it covers (docs/domain.md §5, C).

The signature is over `"MYVNP" + sendDate + itemCode + status` of the first item, so a forger who holds one true message
may put items of his own behind it. Items after the first come back with `proven=False` and an id of their own: a reason
to read again, no fact. Of the first, only `item_code`, `code` and the time are signed: find the order by `item_code`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from integrations.errors import BadAnswer, Rejected
from integrations.postal.codes import MYVNPOST_STATES
from integrations.postal.order import TrackingEvent, Unreadable
from integrations.reading import Fields, json_of, moment
from integrations.unknown import look_up

SERVICE: Final = "MyVNPost webhook"
PREFIX: Final = "MYVNP"
LEAST_BITS: Final = 2048


class BadSignature(Rejected):
    """Nobody we know signed this: answer 401 and store nothing."""

    def __init__(self, reason: str) -> None:
        super().__init__(SERVICE, reason, code="401")


@dataclass(frozen=True, slots=True)
class WebhookBody:
    """What a webhook said; `sent_at` is None when its form is unknown to us (the signature covers it as written)."""

    sent_at: datetime | None
    events: tuple[TrackingEvent, ...]
    unreadable: tuple[Unreadable, ...]


def public_key(text: str) -> rsa.RSAPublicKey:
    """Load the operator's key, PEM or the bare base64 of its documents; raise ValueError unless RSA of ≥ 2048 bits."""
    try:
        plain = text.strip()
        pem = plain.startswith("-----")
        key = (
            serialization.load_pem_public_key(plain.encode())
            if pem
            else serialization.load_der_public_key(base64.b64decode(plain, validate=True))
        )
    except (ValueError, binascii.Error):
        raise ValueError("webhook key: neither PEM nor base64 of a public key") from None
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < LEAST_BITS:
        raise ValueError(f"webhook key: must be RSA of at least {LEAST_BITS} bits")
    return key


def read_webhook(raw: bytes, keys: Sequence[rsa.RSAPublicKey]) -> WebhookBody:
    """Return what a webhook tells; `keys` may be two while one replaces the other, and none refuses everything.

    Raises BadSignature (answer 401, for all items) or BadAnswer (answer 400; `raw` is the body).
    """
    message = Fields.of(SERVICE, json_of(SERVICE, raw), raw)
    items = message.rows("data")
    if not items:
        raise message.bad("data", "is empty")
    _verify(message, items[0], keys)
    sent = message.text("sendDate")
    read = [_line(item, sent, proven=index == 0) for index, item in enumerate(items)]
    return WebhookBody(
        moment(sent),
        tuple(one for one in read if isinstance(one, TrackingEvent)),
        tuple(one for one in read if isinstance(one, Unreadable)),
    )


def _verify(message: Fields, first: Fields, keys: Sequence[rsa.RSAPublicKey]) -> None:
    try:
        signed = (
            PREFIX + _as_written(message, "sendDate") + _as_written(first, "itemCode") + _as_written(first, "status")
        )
        signature = base64.b64decode(message.text("signature"), validate=True)
    except (BadAnswer, binascii.Error, ValueError):
        raise BadSignature("the signature or what it covers is missing") from None
    if not any(_signed_by(key, signature, signed.encode()) for key in keys):
        raise BadSignature("no key of ours fits the signature")


def _as_written(fields: Fields, name: str) -> str:
    value = fields.values.get(name.casefold())
    return value if isinstance(value, str) else fields.text(name)


def _signed_by(key: rsa.RSAPublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _line(item: Fields, sent: str, *, proven: bool) -> TrackingEvent | Unreadable:
    try:
        code, status = item.text("itemCode"), item.text("status")
        return TrackingEvent(
            event_id=f"{'' if proven else 'hint/'}{code}/{status}/{sent}",
            order_number=item.maybe_text("saleOrderCode"),
            item_code=code,
            code=status,
            meaning=look_up(MYVNPOST_STATES, status),
            occurred_at=moment(sent),
            carrier_id=item.maybe_text("originalId") or item.maybe_text("orderHdrID"),
            words=item.maybe_text("statusName"),
            proven=proven,
        )
    except BadAnswer as error:
        return Unreadable(sent, error.reason, item.as_told())
