"""An operator of text messages is given each text in the form that costs least: without accents, and no longer than two segments."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from integrations.messages.channel import Balance, Callback, MessageChannel, Outcome, OutgoingMessage, Report
from integrations.messages.text import segments, unaccented

MOST_SEGMENTS: Final = 2


@dataclass(frozen=True, slots=True)
class SmsForm:
    """How texts leave. `accents`: as written, which costs more than double. `links`: with their link, where it still fits."""

    accents: bool = False
    links: bool = True

    def of(self, text: str, link: str = "") -> str:
        """The text as it is sent. Every text of ours is complete without the `link` that it ends with."""
        worded = text if self.accents else unaccented(text)
        if link and worded.endswith(link) and not (self.links and segments(worded).count <= MOST_SEGMENTS):
            return worded.removesuffix(link).rstrip()
        return worded


@dataclass(frozen=True, slots=True)
class ShortSms:
    """`operator`, which sees no other form of a text than `form`."""

    operator: MessageChannel
    form: SmsForm

    @property
    def name(self) -> str:
        return self.operator.name

    @property
    def drops_repeats(self) -> bool:
        return self.operator.drops_repeats

    @property
    def reports(self) -> bool:
        return self.operator.reports

    @property
    def signs(self) -> bool:
        return self.operator.signs

    @property
    def tells_credit(self) -> bool:
        return self.operator.tells_credit

    def carries(self, template: str) -> bool:
        return self.operator.carries(template)

    def send(self, message: OutgoingMessage) -> Outcome:
        return self.operator.send(replace(message, text=self.form.of(message.text, message.params.get("link", ""))))

    def state(self, operator_id: str) -> Report | None:
        return self.operator.state(operator_id)

    def read_callback(self, callback: Callback) -> Report | None:
        return self.operator.read_callback(callback)

    def balance(self) -> Balance | None:
        return self.operator.balance()
