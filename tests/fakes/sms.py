"""An SMS operator that remembers what it was given, and fails when a test says so."""

from __future__ import annotations

from dataclasses import dataclass, field

from integrations.errors import IntegrationError
from integrations.sms import SentSms, SmsMessage


@dataclass
class FakeSms:
    """`sent` in order; `failures` are raised first, one a call."""

    sent: list[SmsMessage] = field(default_factory=list)
    failures: list[IntegrationError] = field(default_factory=list)

    def send(self, message: SmsMessage) -> SentSms:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(message)
        return SentSms(message.reference, f"fake-{len(self.sent)}", 1)

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.sent]
