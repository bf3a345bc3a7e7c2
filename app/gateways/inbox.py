"""What a carrier's client read, as the services take it; and its webhook, believed only behind its signature."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from app.config import Settings, SettingsError
from app.domain.errors import DomainError
from app.gateways.links_file import links_file
from app.services.inbox.carrier_events import CarrierEvent
from app.text_files import NoText, read_text
from integrations.errors import BadAnswer
from integrations.unknown import Unknown

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    from integrations.postal import TrackingEvent, Unreadable


def carrier_webhook(settings: Settings, name: str, raw: bytes) -> list[CarrierEvent]:
    """The lines of a webhook of this carrier.

    Raises `callback_unknown` (no such carrier, or none that signs), `callback_signature` (401: nothing of it is kept) and
    `callback_unreadable` (400).
    """
    from integrations.postal import BadSignature, read_webhook

    link = links_file(settings).carriers.get(name)
    if link is None or not link.webhook_key_files:
        raise DomainError("callback_unknown", kind="not_found")
    try:
        found = read_webhook(raw, [_key(path) for path in link.webhook_key_files])
    except BadSignature:
        raise DomainError("callback_signature", kind="forbidden") from None
    except BadAnswer:
        raise DomainError("callback_unreadable", kind="invalid") from None
    return list(told(found.events, found.unreadable))


def _key(path: Path) -> RSAPublicKey:
    from integrations.postal import public_key

    try:
        return public_key(read_text(path))
    except NoText as fault:
        raise SettingsError(f"TANNHA_LINKS: webhook key {path.name} {fault}.") from None
    except ValueError as error:
        raise SettingsError(f"TANNHA_LINKS: webhook key {path.name}: {error}.") from None


def told(events: Iterable[TrackingEvent], unreadable: Iterable[Unreadable]) -> Iterator[CarrierEvent]:
    """The client's lines as the services take them; a repeated event keeps its id, so that it stays one."""
    for event in events:
        meaning = None if isinstance(event.meaning, Unknown) else event.meaning
        yield CarrierEvent(
            event_id=event.event_id,
            kind="carrier_event",
            order_number=event.order_number,
            item_code=event.item_code,
            code=event.code,
            milestone=meaning.milestone.value if meaning else None,
            final=meaning.final if meaning else False,
            occurred_at=event.occurred_at,
            proven=event.proven,
            carrier_id=event.carrier_id,
        )
    for line in unreadable:
        yield CarrierEvent(
            event_id=f"unreadable/{line.about}/{hash_of(line.raw)}",
            kind="unreadable",
            order_number=None,
            item_code=None,
            code=None,
            milestone=None,
            final=False,
            occurred_at=None,
            reason=line.reason,
            raw=line.raw,
        )


def meaning_of(settings: Settings, name: str, code: str) -> tuple[str, bool] | None:
    """(milestone, final) of a carrier's code by the table as it is now; None: it is in none."""
    from integrations.postal import MYVNPOST_STATES, tracking_table

    link = links_file(settings).carriers.get(name)
    if link is None:
        return None
    try:
        table = MYVNPOST_STATES if link.interface == "C" else tracking_table(link.tracking_codes)
    except ValueError as error:
        raise SettingsError(f"TANNHA_LINKS: carriers.{name}.tracking_codes_file: {error}.") from None
    meaning = table.get(code)
    return None if meaning is None else (meaning.milestone.value, meaning.final)


def hash_of(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:16]
