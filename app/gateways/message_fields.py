"""What all that carry text messages have in their tables."""

from __future__ import annotations

from typing import Any, TypedDict

from app.gateways.link_fields import AmountField, FlagField, SecretLink
from app.gateways.message_links import LOW_BALANCE, SMS_PRICE


class SmsSchema(SecretLink):
    low_balance = AmountField(load_default=LOW_BALANCE)
    price = AmountField(load_default=SMS_PRICE)
    accents = FlagField(load_default=False)
    without_links = FlagField(load_default=False)


class _AsSms(TypedDict):
    low_balance: int
    price: int
    accents: bool
    links: bool


def sms_in(found: dict[str, Any]) -> _AsSms:
    """Takes what `SmsSchema` read out of `found`."""
    return {
        "low_balance": found.pop("low_balance"),
        "price": found.pop("price"),
        "accents": found.pop("accents"),
        "links": not found.pop("without_links"),
    }
