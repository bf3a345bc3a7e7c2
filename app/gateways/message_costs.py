"""What messages cost before they are sent: segments and đồng at the operator's price, the longest texts reckoned with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from app.config import Settings
from app.gateways.links_file import links_file
from app.gateways.message_links import SMS_PRICE, SmsLink
from app.gateways.messages import sms_operator
from app.texts.message_examples import SHORT_PART, longest
from integrations.messages import Segments, SmsForm, segments


@dataclass(frozen=True, slots=True)
class MessageCost:
    """`messages` text messages: at most so many `segments`, and đồng."""

    messages: int
    segments: int
    dong: int


@dataclass(frozen=True, slots=True)
class SmsTerms:
    """What the chosen operator of text messages is given, and what it takes for a segment."""

    form: SmsForm
    price: int
    sender: str = ""


def sms_terms(settings: Settings) -> SmsTerms:
    link = links_file(settings).messages.get(sms_operator(settings))
    if not isinstance(link, SmsLink):
        return SmsTerms(SmsForm(), SMS_PRICE)
    return SmsTerms(SmsForm(link.accents, link.links), link.price, link.sender)


def cost_of(settings: Settings, counts: Mapping[tuple[str, str], int]) -> MessageCost:
    """Of so many messages by template and language. Who has Zalo costs less."""
    terms = sms_terms(settings)
    paid = sum(
        count * longest_segments(terms.form, settings.base_url, name, language).count
        for (name, language), count in counts.items()
    )
    return MessageCost(sum(counts.values()), paid, paid * terms.price)


@lru_cache(maxsize=512)
def longest_segments(form: SmsForm, base_url: str, name: str, language: str) -> Segments:
    """What one message takes with values as long as they come."""
    link = f"{base_url}/t/{SHORT_PART}"
    return segments(form.of(longest(name, language, link), link))
